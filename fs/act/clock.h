/*
 * The compliance clock: setting a test clock, and putting right a clock that lags, which takes an
 * administrator and the legal section (policy/clock.h).  Each act is decided in the committer and
 * is durable when it returns; the clock moves once that is on the ledger.  They concern no part of
 * the tree, so the face records their refusals.  The commands clock, clock.propose, clock.agree and
 * clock.refuse are their faces.
 */
#ifndef FS_ACT_CLOCK_H
#define FS_ACT_CLOCK_H

#include "fs/call/fs.h"
#include "fs/store/records/clocks.h"

struct clock_act {
	int64_t to;           /* setting, proposing: ms; INSTANT_NEVER: malformed */
	int64_t id;           /* the proposal to decide on */
	const char *reason;   /* proposing needs one; NULL: none */
	enum reason why;      /* out: the refusal, where the errno is one */
	const char *at_fault; /* out: which of the above, "to"; NULL: none of them */
};

/* CLOCK_FOLLOWS: not a test clock. */
int clock_set(struct call *c, struct clock_act *a);

/* CLOCK_FOLLOWS: back, past the wall clock, or for a test clock. */
int clock_propose(struct call *c, struct clock_act *a);

/* NOT_FOUND; as clock_may_agree(); STATE also where the clock has reached that time by itself: then
 * the proposal can only be refused. */
int clock_agree(struct call *c, struct clock_act *a);

int clock_refuse(struct call *c, struct clock_act *a);

#endif
