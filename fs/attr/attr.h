/* Extended attributes: user.custody.* (custodyfs(8)), and those that clients leave with a file
 * while they deposit it. */
#ifndef FS_ATTR_ATTR_H
#define FS_ATTR_ATTR_H

#include "fs/call/fs.h"

/* The value, malloc'd.  ENODATA, ENOTSUP, ENOENT. */
int attr_get(struct call *c, const struct node *n, const char *name, char **value, size_t *len);

/* NUL-separated names, malloc'd (NULL when none). */
int attr_list(struct call *c, const struct node *n, char **names, size_t *len);

/* value NULL: removes.  user.custody.*: those of the table of writable attributes in attr.c, each
 * set in a file of its own. */
int attr_set(struct call *c, const struct node *n, const char *name, const void *value, size_t len,
	int flags);

#endif
