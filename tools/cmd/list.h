/* Printing a paged list: as a table a page at a time, or (--json) as one document. */
#ifndef TOOLS_CMD_LIST_H
#define TOOLS_CMD_LIST_H

#include "tools/control/control.h"
#include "tools/text/table.h"

/* Takes the request over.  kind->what: how refusals are told.  The command's exit status. */
int list_print(struct control *c, json_t *request, const struct table_kind *kind);

#endif
