/* mkdir(2) and rmdir(2): of date and case folders (Art. 16, Q15).  All above them comes from the
 * register. */
#ifndef FS_TREE_FOLDER_H
#define FS_TREE_FOLDER_H

#include "fs/call/fs.h"

/* Makes one in `parent`, or refuses, which is recorded.  EEXIST. */
int folder_mkdir(struct call *c, const struct node *parent, const char *name, struct node *out);

/* Removes an empty one, or refuses.  ENOENT, ENOTDIR; ENOTEMPTY, which is not recorded. */
int folder_rmdir(struct call *c, const struct node *parent, const char *name);

#endif
