/* Prints a paged list: as a table page by page, or with --json as one document. */
#ifndef TOOLS_CMD_LIST_H
#define TOOLS_CMD_LIST_H

#include "tools/control/control.h"
#include "tools/text/table.h"

/* Takes over the request.  Complaints name kind->what.  Gives the exit status. */
int list_print(struct control *c, json_t *request, const struct table_kind *kind);

#endif
