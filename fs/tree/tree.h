/* The tree: which folder or item a path leads to, who sees it, and what stat(2) says about it. */
#ifndef FS_TREE_TREE_H
#define FS_TREE_TREE_H

#include "fs/call/fs.h"
#include "policy/scope.h"

/* How long the kernel may keep an answer, seconds. */
struct tree_timeouts {
	double entry, attr;
};

/* The child of a folder by name, for this subject.  ENOENT where it is not there, or not for
 * them. */
int tree_lookup(struct call *c, const struct node *parent, const char *name, struct node *out);

/* Attributes.  ENOENT where it is out of sight. */
int tree_stat(struct call *c, const struct node *n, struct stat *out, struct tree_timeouts *keep);

/* Attributes of an item read already (of a listing). */
void tree_stat_item(
	struct call *c, const struct item *given, struct stat *out, struct tree_timeouts *keep);

/* Resolves "by-unit/…" (no slash before) to a node.  ENOENT, ENOTDIR. */
int tree_resolve(struct call *c, const char *path, struct node *out);

/*
 * The scope of a hold, a floor or a grant that is set on a node: an item; for a case's folder in
 * by-case, the case; else the part of the tree below it, which for the root and the tops of the
 * views is all of it (scope_whole()).  ENOTSUP where there is no such scope (a party's or a cause's
 * folder, .custody); ENOENT.
 */
int tree_scope(struct call *c, const struct node *n, struct scope *out);

/*
 * Lists a folder in order of names, from the one after `after` ("" to begin).  each: gets the
 * child's node, name, and (for items) its row; returns true to go on. skip: entries to pass over
 * first, for a listing that is resumed by number.
 */
typedef bool (*tree_each)(
	void *arg, const struct node *child, const char *name, const struct item *item);
int tree_list(struct call *c, const struct node *folder, const char *after, int64_t skip,
	tree_each each, void *arg);

#endif
