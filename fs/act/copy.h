/*
 * Offline copies (Art. 12): registering what is on a medium, and how a reading of it ended.  Both
 * are for custodian, legal and admin, are decided in the committer, and are durable when they
 * return.  They concern no part of the tree, so the face records their refusals.  The commands
 * copy.register and copy.verified are their faces.
 */
#ifndef FS_ACT_COPY_H
#define FS_ACT_COPY_H

#include "fs/call/fs.h"
#include "fs/store/records/copies.h"

#define COPY_ITEMS_MOST 200 /* in one act: each is an event */

struct copy_act {
	const char *medium;
	enum copy_type type;  /* registering; COPY_TYPE_COUNT: malformed */
	const int64_t *items; /* registering */
	size_t count;
	struct copy_reading reading; /* reporting; a list that is NULL is malformed */
	enum reason why;             /* out: the refusal, where the errno is one */
	const char *at_fault;        /* out: which of the above, "medium"; NULL: none of them */
	struct copy copy;            /* out: as it is now */
};

/* Items that are on the medium already stay there.  DIFFERS: the medium is of another type;
 * NOT_FOUND: not all of them are sealed items; UNDIGESTED: a digest is not computed yet. */
int copy_register(struct call *c, struct copy_act *a);

/* NOT_FOUND: no such medium. */
int copy_report(struct call *c, struct copy_act *a);

#endif
