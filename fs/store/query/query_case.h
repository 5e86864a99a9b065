/* Cases, as the control file tells of them. */
#ifndef FS_STORE_QUERY_QUERY_CASE_H
#define FS_STORE_QUERY_QUERY_CASE_H

#include <jansson.h>

#include "fs/store/query/query.h"

/* Everything about a case, by its number or an alias, as an answer. */
int query_show_case(struct query *q, const char *number, json_t **answer);

#endif
