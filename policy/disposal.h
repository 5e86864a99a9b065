/*
 * Whether the retention of an item lets it go (Art. 11, 12; Q9–Q11): one decision, asked by
 * unlink(2), by `why`, and by those who propose, approve and carry out a disposal.  It knows
 * nothing of who asks.  That disposal takes two people is judged separately, below.
 */
#ifndef POLICY_DISPOSAL_H
#define POLICY_DISPOSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/person.h"
#include "policy/reason.h"
#include "policy/term.h"

/*
 * now: ms of the compliance clock.  A hold is named before the term, because people set holds and
 * can release them: REASON_HELD, REASON_TERM_PERMANENT, REASON_TERM_OPEN, REASON_RETAINED;
 * REASON_NONE where nothing keeps it any more: it may be disposed of, by the procedure.
 */
enum reason disposal_allows(const struct term *t, bool held, int64_t now);

/* The same for somebody who would remove it alone: REASON_PROCEDURE in place of REASON_NONE. */
enum reason disposal_alone(const struct term *t, bool held, int64_t now);

/* The custodian of the item's unit proposes; what belongs to no unit (0), any custodian.  NOBODY,
 * NO_ROLE, NOT_CUSTODIAN. */
enum reason disposal_may_propose(const struct person *who, int64_t unit);

/*
 * Whether `who` may approve or refuse what `proposer` proposed.  SECOND_PERSON for the proposer,
 * whatever the roles (judged first); approver or legal, else NOBODY or NO_ROLE; OWN_RECORDING where
 * they recorded or deposited any of it (own): nobody decides on the disposal of their own
 * recordings.
 */
enum reason disposal_may_decide(const struct person *who, int64_t proposer, bool own);

enum disposal_state {
	DISPOSAL_PROPOSED,
	DISPOSAL_APPROVED, /* under way: its items go one after the other, each judged again */
	DISPOSAL_DONE,
	DISPOSAL_REFUSED,
	DISPOSAL_WITHDRAWN, /* by its proposer */
	DISPOSAL_STOPPED, /* something came between: a hold, a longer term; what was not disposed of
			     by then stays */
	DISPOSAL_STATE_COUNT
};

/* "proposed", …; stable, for the ledger. */
const char *disposal_state_name(enum disposal_state s);

/* Whether it still has an effect: its items cannot be in another proposal. */
bool disposal_state_open(enum disposal_state s);

/* What became of the bytes. */
enum erasure {
	ERASURE_PENDING,     /* on the ledger as disposed of; the bytes are next */
	ERASURE_REMOVED,     /* removed; the file system writes elsewhere what overwrites, or the
				overwriting failed */
	ERASURE_OVERWRITTEN, /* overwritten in place, and removed; a disk of flash gives no promise
				even so */
	ERASURE_ABSENT,      /* there were none */
	ERASURE_COUNT
};

const char *erasure_name(enum erasure e);     /* "removed", …; stable */
enum erasure erasure_parse(const char *name); /* ERASURE_COUNT where unknown */

#endif
