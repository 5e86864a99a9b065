/*
 * Deciding on disposals, and carrying them out.  Approved items go in turns of the committer, each
 * judged again, in order; the first that may not go stops it: that one and all after it stay.  An
 * item is on the ledger as disposed of, durably, before its bytes are touched.  An approval stays
 * valid until it is carried out: an interrupted one continues at the next call.
 */
#ifndef FS_ACT_DISPOSING_H
#define FS_ACT_DISPOSING_H

#include "fs/call/fs.h"
#include "fs/store/records/disposals.h"

struct disposing {
	int64_t id;
	const char *reason;  /* refusing needs one */
	enum reason why;     /* out: why it was refused, or why it stopped */
	int64_t item;        /* out: at which it stopped; 0 */
	struct disposal now; /* out: as it is now */
	size_t left;         /* out: items whose bytes could not be removed yet */
};

/*
 * Approving judges all its items first: where one may no longer go, the proposal stops, nothing is
 * disposed of, and `item` and `why` say which it was.  Approving again changes nothing.  Refusing
 * (by who may approve) and withdrawing (by the proposer) also call off the items that an approval
 * has not come to yet.
 */
int disposing_decide(struct call *c, struct disposing *d, enum disposal_act act);

/* Carries out a part, for a second or so: call it until the state is no longer DISPOSAL_APPROVED.
 * By the proposer, or who may approve. */
int disposing_execute(struct call *c, struct disposing *d);

#endif
