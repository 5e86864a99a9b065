/* What tree.c hands on where the folder is a view's; the subject has been found to browse. */
#ifndef FS_TREE_TREE_VIEW_H
#define FS_TREE_TREE_VIEW_H

#include "fs/tree/tree.h"

int tree_view_lookup(struct call *c, const struct node *parent, const char *name, struct node *out);
int tree_view_list(struct call *c, const struct node *folder, const char *after, int64_t skip,
	tree_each each, void *arg);

#endif
