/* Whether the retention of an item lets it go.  The contract is in disposal.h. */
#include "policy/disposal.h"

#include <string.h>

#include "policy/role.h"

enum reason disposal_allows(const struct term *t, bool held, int64_t now)
{
	if (held)
		return REASON_HELD;
	if (t->permanent)
		return REASON_TERM_PERMANENT;
	if (term_pending(t))
		return REASON_TERM_OPEN;
	return term_locked(t, now) ? REASON_RETAINED : REASON_NONE;
}

enum reason disposal_alone(const struct term *t, bool held, int64_t now)
{
	enum reason why = disposal_allows(t, held, now);

	return why == REASON_NONE ? REASON_PROCEDURE : why;
}

enum reason disposal_may_propose(const struct person *who, int64_t unit)
{
	if (who->id == 0)
		return REASON_NOBODY;
	if (!(who->roles & ROLE_CUSTODIAN))
		return REASON_NO_ROLE;
	return unit == 0 || who->unit == unit ? REASON_NONE : REASON_NOT_CUSTODIAN;
}

enum reason disposal_may_decide(const struct person *who, int64_t proposer, bool own)
{
	if (who->id == 0)
		return REASON_NOBODY;
	if (who->id == proposer)
		return REASON_SECOND_PERSON;
	if (!(who->roles & (ROLE_APPROVER | ROLE_LEGAL)))
		return REASON_NO_ROLE;
	return own ? REASON_OWN_RECORDING : REASON_NONE;
}

static const char *const state_names[DISPOSAL_STATE_COUNT] = {
	[DISPOSAL_PROPOSED] = "proposed",
	[DISPOSAL_APPROVED] = "approved",
	[DISPOSAL_DONE] = "done",
	[DISPOSAL_REFUSED] = "refused",
	[DISPOSAL_WITHDRAWN] = "withdrawn",
	[DISPOSAL_STOPPED] = "stopped",
};

const char *disposal_state_name(enum disposal_state s)
{
	return (unsigned)s < DISPOSAL_STATE_COUNT ? state_names[s] : "unknown";
}

bool disposal_state_open(enum disposal_state s)
{
	return s == DISPOSAL_PROPOSED || s == DISPOSAL_APPROVED;
}

static const char *const erasure_names[ERASURE_COUNT] = {
	[ERASURE_PENDING] = "pending",
	[ERASURE_REMOVED] = "removed",
	[ERASURE_OVERWRITTEN] = "overwritten",
	[ERASURE_ABSENT] = "absent",
};

const char *erasure_name(enum erasure e)
{
	return (unsigned)e < ERASURE_COUNT ? erasure_names[e] : "unknown";
}

enum erasure erasure_parse(const char *name)
{
	int e = 0;

	while (e < ERASURE_COUNT && strcmp(erasure_names[e], name) != 0)
		e++;
	return (enum erasure)e;
}
