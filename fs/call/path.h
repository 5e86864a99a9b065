/* Paths for show: of records and of the daemon's log. */
#ifndef FS_CALL_PATH_H
#define FS_CALL_PATH_H

#include <stddef.h>

#include "fs/call/node.h"
#include "fs/store/base/sql.h"

/*
 * The path of a node, or of a name in it (name NULL: the node), as far as the catalog knows it; ""
 * above by-unit.  The name may be anything that somebody tried: bytes that are no UTF-8, and
 * control characters, are shown as "?", and a long one is cut between characters.
 */
void path_show(struct sql *db, const struct node *n, const char *name, char *out, size_t cap);

/* Replaces control characters by "?", so that a text that somebody chose stays one line; where
 * `ascii`, all that is beyond ASCII too. */
void path_mask(char *text, bool ascii);

#endif
