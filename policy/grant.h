/* Approval to read (Art. 15, Q14). */
#ifndef POLICY_GRANT_H
#define POLICY_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/person.h"
#include "policy/reason.h"

enum grant_state { GRANT_PENDING, GRANT_APPROVED, GRANT_DENIED, GRANT_REVOKED, GRANT_STATE_COUNT };

struct grant {
	int64_t id;        /* the request's number */
	int64_t applicant; /* person */
	enum grant_state state;
	int64_t from, to; /* instants: live while from <= now < to */
	int64_t opens;    /* number of opens approved; 0: any number */
	int64_t used;     /* opens so far */
};

/*
 * Whether a grant that covers the item lets `person` open it now.  EARLY: the wall clock is before
 * `from`.  OVER: the wall clock or the compliance clock has reached `to`, so that turning one back
 * does not prolong it.  Order of judgement: applicant (REASON_NO_GRANT), state (PENDING, DENIED,
 * REVOKED), time (EARLY, OVER), number of opens (USED).
 */
enum reason grant_allows(const struct grant *g, int64_t person, int64_t wall, int64_t clock);

/* The same for a descriptor that is open already: its own open is counted, so the number of opens
 * does not matter. */
enum reason grant_continues(const struct grant *g, int64_t person, int64_t wall, int64_t clock);

/*
 * Of two refusals, the one that tells the person more: from NO_GRANT over DENIED, OVER, USED,
 * REVOKED and PENDING to EARLY, and a refusal that is not about grants above them all.  REASON_NONE
 * is no refusal, so the other is returned: the answer allows only where both do.
 */
enum reason grant_more_telling(enum reason a, enum reason b);

/*
 * Whether `who` may decide on it: not the applicant, else REASON_SELF_APPROVAL whatever the roles
 * (judged first, as the graver attempt); role approver, else REASON_NO_ROLE; not the depositor of
 * what is asked for (own_deposit), else REASON_SELF_APPROVAL.
 */
enum reason grant_may_decide(const struct grant *g, const struct person *who, bool own_deposit);

const char *grant_state_name(enum grant_state s);     /* "pending", …; stable, for the ledger */
enum grant_state grant_state_parse(const char *name); /* GRANT_STATE_COUNT where unknown */

#endif
