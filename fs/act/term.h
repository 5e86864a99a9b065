/*
 * Lengthening how long an item, or all that lies in a folder now or later, is kept: by a class, or
 * until a date (promise 6: never shortening it).  The act judges, decides in the committer, records
 * its event or its refusal, and is durable when it returns.  The attributes
 * user.custody.{class,retain-until} and the command `custody set` are its faces.
 */
#ifndef FS_ACT_TERM_H
#define FS_ACT_TERM_H

#include "fs/call/fs.h"
#include "policy/scope.h"

struct term_act {
	struct node at;
	bool remove;       /* always refused (SHORTENS), even for those who may lengthen it */
	bool malformed;    /* the value cannot be read; judged after the right to set one */
	const char *class; /* NULL: a date */
	int64_t until;     /* ms */
	bool only_new, only_change;
	struct scope on; /* out: of a folder */
	enum reason why; /* out: the refusal, where the errno is one */
};

/* The whole store takes none (VALUE_BAD).  EEXIST, ENODATA: as only_new and only_change say; an
 * item always has both.  ENOENT: the item is not in sight.  ENOTSUP: no scope can express the
 * folder. */
int term_set(struct call *c, struct term_act *a);

#endif
