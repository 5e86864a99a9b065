/* Cases, as the control file tells of them. */
#ifndef FS_STORE_QUERY_QUERY_CASE_H
#define FS_STORE_QUERY_QUERY_CASE_H

#include <jansson.h>

#include "fs/store/query/query.h"

/* The numbers of the item's cases, that of its folder first. */
json_t *query_case_numbers(struct sql *db, int64_t item);

/* Everything about a case, by its number or an alias, as an answer. */
int query_show_case(struct query *q, const char *number, json_t **answer);

#endif
