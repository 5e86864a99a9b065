/* user.custody.case: the cases of an item or a folder. */
#ifndef FS_ATTR_ATTR_CASE_H
#define FS_ATTR_ATTR_CASE_H

#include "fs/call/fs.h"

/* The numbers of an item's cases, its folder's first, comma separated; else the name of its folder.
 * Of a case's folder its number.  ENODATA. */
int attr_case_get(struct call *c, const struct node *n, char *out, size_t cap);

/*
 * Links an item, or all that lies in a folder now, to the case whose number (or alias) the value
 * is; value NULL: ends all links of it.  EACCES (no role; no such case), EINVAL, EPERM (what is not
 * sealed, or not in sight, has no cases).
 */
int attr_case_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags);

#endif
