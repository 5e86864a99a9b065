/*
 * user.custody.hold.NAME and user.custody.holds.  Reading a hold gives "ground=1; by=NUMBER NAME;
 * at=…", then "; from=PATH" where it is set on a folder or case around, "; release-asked-by=…" once
 * somebody asked, and last "; reason=…", which may hold anything. Several of one name (set here and
 * around): a line each.
 */
#ifndef FS_ATTR_ATTR_HOLD_H
#define FS_ATTR_ATTR_HOLD_H

#include "fs/call/fs.h"

/* Whether a name (without "user.custody.") is of this file. */
bool attr_hold_names(const char *name);

/* The value, malloc'd.  ENODATA where there is no such hold. */
int attr_hold_get(
	struct call *c, const struct node *n, const char *name, char **value, size_t *len);

/*
 * Names to be listed (without "user.custody."): an item's own holds and those that cover it, only a
 * folder's own, so that copying a folder does not copy the holds around it. each: returns true to
 * go on.
 */
int attr_hold_list(
	struct call *c, const struct node *n, bool (*each)(void *arg, const char *name), void *arg);

/*
 * Sets ("ground=1; reason=…", or the very text that reading gives: the same again changes nothing,
 * another is EEXIST), or (value NULL) asks for its release.
 */
int attr_hold_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags);

#endif
