/*
 * Proposing what is to be disposed of (Art. 11, 12): items that are named, or all items of a unit
 * whose term has ended, or that are in a state.  By the unit's custodian.  Decided in the
 * committer, durable when it returns.  The command dispose.propose is its face.
 */
#ifndef FS_ACT_PROPOSING_H
#define FS_ACT_PROPOSING_H

#include "fs/call/fs.h"
#include "fs/store/records/disposals.h"

#define PROPOSING_CURSOR 48 /* bytes, NUL included */

/* What is proposed: paths and items, all of them in the state that is asked for; or, where none is
 * named, all that may go in that state, or whose term has ended. */
struct proposing {
	const char *const *paths;
	size_t path_count;
	const int64_t *items;
	size_t item_count;
	bool by_state; /* only what is in this state: INCOMPLETE or WITHDRAWN */
	enum item_state state;
	bool expired;
	const char *unit;   /* a code or a name: must be the proposer's own; NULL: not said */
	const char *reason; /* NULL: none */
	const char *cursor; /* where to continue collecting: `next` of the act before; NULL */

	enum reason why;             /* out: the refusal, where the errno is one */
	const char *at_fault;        /* out: which of the above, "paths"; NULL: none of them */
	int64_t item;                /* out: a named item that is refused; 0 */
	struct disposal now;         /* out: the proposal; id 0 where nothing may go */
	char next[PROPOSING_CURSOR]; /* out: "" where all was collected */
};

/*
 * Where a named item may not go, nothing is proposed: as disposals_judge(), and as
 * disposal_may_propose(); PROPOSED: another open proposal has it; STATE also where its depositor
 * has it open.  Such a refusal of an item is recorded; others are the face's to record.  What is
 * collected and may not go is passed over.
 */
int proposing_run(struct call *c, struct proposing *p);

#endif
