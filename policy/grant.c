/* Approval to read.  The contract is in grant.h. */
#include "policy/grant.h"

#include <stddef.h>
#include <string.h>

#include "policy/role.h"

static const struct {
	const char *name;
	enum reason reason; /* what a grant in this state says to an open */
} states[GRANT_STATE_COUNT] = {
	[GRANT_PENDING] = { "pending", REASON_GRANT_PENDING },
	[GRANT_APPROVED] = { "approved", REASON_NONE },
	[GRANT_DENIED] = { "denied", REASON_GRANT_DENIED },
	[GRANT_REVOKED] = { "revoked", REASON_GRANT_REVOKED },
};

enum reason grant_continues(const struct grant *g, int64_t person, int64_t wall, int64_t clock)
{
	/* Person 0 is nobody, even if a damaged grant names it; an unknown state allows nothing. */
	if (person == 0 || g->applicant != person || (unsigned)g->state >= GRANT_STATE_COUNT)
		return REASON_NO_GRANT;
	if (states[g->state].reason != REASON_NONE)
		return states[g->state].reason;
	if (wall < g->from)
		return REASON_GRANT_EARLY;
	if (wall >= g->to || clock >= g->to)
		return REASON_GRANT_OVER;
	return REASON_NONE;
}

enum reason grant_allows(const struct grant *g, int64_t person, int64_t wall, int64_t clock)
{
	enum reason r = grant_continues(g, person, wall, clock);

	if (r == REASON_NONE && g->opens != 0 && g->used >= g->opens)
		return REASON_GRANT_USED;
	return r;
}

/* Most useful is a grant that will begin (wait for it), then one that is over, then that there was
 * none. */
static int telling(enum reason r)
{
	static const enum reason order[] = {
		REASON_NONE,
		REASON_NO_GRANT,
		REASON_GRANT_DENIED,
		REASON_GRANT_OVER,
		REASON_GRANT_USED,
		REASON_GRANT_REVOKED,
		REASON_GRANT_PENDING,
		REASON_GRANT_EARLY,
	};
	int n = sizeof order / sizeof order[0];
	int i = 0;

	while (i < n && order[i] != r)
		i++;
	return i;
}

enum reason grant_more_telling(enum reason a, enum reason b)
{
	return telling(b) > telling(a) ? b : a;
}

enum reason grant_may_decide(const struct grant *g, const struct person *who, bool own_deposit)
{
	if (who->id == g->applicant)
		return REASON_SELF_APPROVAL;
	if (who->id == 0 || !(who->roles & ROLE_APPROVER))
		return REASON_NO_ROLE;
	return own_deposit ? REASON_SELF_APPROVAL : REASON_NONE;
}

const char *grant_state_name(enum grant_state s)
{
	return (unsigned)s < GRANT_STATE_COUNT ? states[s].name : "unknown";
}

enum grant_state grant_state_parse(const char *name)
{
	int s = 0;

	while (s < GRANT_STATE_COUNT && strcmp(states[s].name, name) != 0)
		s++;
	return (enum grant_state)s;
}
