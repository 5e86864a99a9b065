/*
 * Setting holds, asking for their release, and releasing them (Art. 12, Q11).  Each act judges,
 * decides in the committer, records its event or its refusal, and is durable when it returns.  The
 * attributes user.custody.hold.* and the command `custody hold` are its faces.
 */
#ifndef FS_ACT_HOLD_H
#define FS_ACT_HOLD_H

#include "fs/call/fs.h"
#include "fs/store/records/holds.h"

struct hold_act {
	struct node at; /* the item, folder or case itself, not what covers it */
	const char *name;
	int ground;         /* setting */
	const char *reason; /* NULL: none; releasing takes one */
	struct scope on;    /* out: what `at` is as a scope */
	enum reason why;    /* out: the refusal, where the errno is one */
	struct held held;   /* out: as it was found, or set */
};

/* Where a hold would be: sets a->on.  ENOTSUP where nothing can be held; ENOENT. */
int hold_place(struct call *c, struct hold_act *a);

/* The same again changes nothing; another under that name: DIFFERS.  The whole store cannot be held
 * (VALUE_BAD).  Errors of hold_place() come first. */
int hold_set(struct call *c, struct hold_act *a);

/* Asked for already: the first asking counts.  NOT_FOUND. */
int hold_ask(struct call *c, struct hold_act *a);

int hold_release(struct call *c, struct hold_act *a);

#endif
