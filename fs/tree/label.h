/* The label of an item: its name, times, mode and other attributes.  It may be corrected while the
 * item is received or settles; the content never. */
#ifndef FS_TREE_LABEL_H
#define FS_TREE_LABEL_H

#include "fs/call/fs.h"

#define LABEL_KEEP UINT32_MAX

/* What setattr(2)-like calls want; fields that are not wanted are left at their "keep" values. */
struct label_change {
	bool set_mtime;
	int64_t mtime; /* ns */
	bool set_mode;
	uint32_t mode;     /* permission bits */
	bool set_owner;    /* accepted while receiving or settling, without effect */
	uint32_t uid, gid; /* LABEL_KEEP: not that one */
};

int label_change(struct call *c, const struct node *n, const struct label_change *want);

/* rename(2).  flags: RENAME_NOREPLACE, RENAME_EXCHANGE. */
int label_rename(struct call *c, const struct node *from, const char *name, const struct node *to,
	const char *new_name, unsigned flags);

/* unlink(2): a receiving item becomes incomplete, a settling one withdrawn, unless it is held. */
int label_unlink(struct call *c, const struct node *parent, const char *name);

/* value NULL: removes.  ENODATA where a removed one is not there. */
int label_xattr(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags);

#endif
