/*
 * Setting holds, asking for their release, and releasing them (Art. 12, Q11): what the attributes
 * user.custody.hold.* and the command `custody hold` share.  Each is decided in the committer and
 * durable when it returns.  A refusal is an errno with why set; the caller records it.
 */
#ifndef FS_ACT_HOLD_H
#define FS_ACT_HOLD_H

#include "fs/call/fs.h"
#include "fs/store/records/holds.h"

struct hold_act {
	struct scope on; /* the item, folder or case itself, not what covers it */
	const char *name;
	int ground;         /* setting */
	const char *reason; /* NULL: none; releasing takes one */
	enum reason why;    /* out */
	struct held held;   /* out: as it was found, or set */
};

/* The same again changes nothing; another under that name: DIFFERS.  The whole store cannot be held
 * (VALUE_BAD). */
int hold_set(struct call *c, struct hold_act *a);

/* Asked for already: the first asking stands.  NOT_FOUND. */
int hold_ask(struct call *c, struct hold_act *a);

int hold_release(struct call *c, struct hold_act *a);

#endif
