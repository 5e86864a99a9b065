/* Who may do what through `custody`.  The contract is in act.h. */
#include "policy/act.h"

#include "policy/role.h"

/* Any one of the roles is enough. */
static const unsigned may[ACT_COUNT] = {
	[ACT_BROWSE] = ROLE_ALL,
	[ACT_REQUEST] = ROLE_ALL,
	[ACT_REGISTER_CASE] = ROLE_OFFICER | ROLE_CUSTODIAN | ROLE_LEGAL,
	[ACT_DECIDE] = ROLE_APPROVER,
	[ACT_INCOMPLETE] = ROLE_CUSTODIAN | ROLE_APPROVER | ROLE_LEGAL | ROLE_ADMIN,
	[ACT_LEDGER] = ROLE_AUDITOR | ROLE_ADMIN,
	[ACT_REGISTER] = ROLE_ADMIN,
	[ACT_CLOCK] = ROLE_ADMIN,
	[ACT_COPY] = ROLE_CUSTODIAN | ROLE_LEGAL | ROLE_ADMIN,
	[ACT_DISPOSALS] = ROLE_CUSTODIAN | ROLE_APPROVER | ROLE_LEGAL | ROLE_AUDITOR | ROLE_ADMIN,
	[ACT_VERIFY] = ROLE_CUSTODIAN | ROLE_LEGAL | ROLE_INSPECTOR | ROLE_AUDITOR | ROLE_ADMIN,
	[ACT_RETAIN] = ROLE_CUSTODIAN | ROLE_LEGAL | ROLE_ADMIN,
	[ACT_POLICY] = ROLE_ADMIN,
	[ACT_FINDINGS] = ROLE_ALL & ~ROLE_OFFICER,
	[ACT_SERVICE] = ROLE_CUSTODIAN | ROLE_ADMIN,
	[ACT_POLICY_AGREE] = ROLE_LEGAL,
};

enum reason act_roles(const struct person *who, unsigned roles)
{
	if (who->id == 0)
		return REASON_NOBODY;
	return who->roles & roles ? REASON_NONE : REASON_NO_ROLE;
}

enum reason act_allowed(const struct person *who, enum act act)
{
	return act_roles(who, (unsigned)act < ACT_COUNT ? may[act] : 0);
}

enum reason act_second(const struct person *who, enum act act, int64_t first)
{
	if (who->id != 0 && who->id == first)
		return REASON_SECOND_PERSON;
	return act_allowed(who, act);
}
