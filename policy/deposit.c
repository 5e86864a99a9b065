/* Who may deposit where.  The contract is in deposit.h. */
#include "policy/deposit.h"

#include "policy/role.h"

/* Art. 8 and 10: the officer stores, or the person that the unit has named for it. */
static enum reason depositor_allowed(
	const struct person *who, const struct person *officer, int64_t unit)
{
	if (who->id == 0)
		return REASON_NOBODY;
	if ((who->roles & ROLE_CUSTODIAN) && unit != 0 && who->unit == unit)
		return REASON_NONE;
	if (who->id == officer->id)
		return who->roles & ROLE_OFFICER ? REASON_NONE : REASON_NO_ROLE;
	return who->roles & (ROLE_OFFICER | ROLE_CUSTODIAN) ? REASON_NOT_YOURS : REASON_NO_ROLE;
}

static bool certified_on(const struct person *officer, int32_t day)
{
	if (officer->certified_from == DAY_NONE || day < officer->certified_from)
		return false;
	return officer->certified_to == DAY_NONE || day <= officer->certified_to;
}

enum reason deposit_allowed(const struct person *who, const struct person *officer, int64_t unit,
	int32_t day, int32_t today)
{
	enum reason r = depositor_allowed(who, officer, unit);

	if (r != REASON_NONE)
		return r;
	if (!officer->formal)
		return REASON_NOT_FORMAL;
	if (!certified_on(officer, day))
		return REASON_NOT_CERTIFIED;
	if (day > today)
		return REASON_DATE_FUTURE;
	return REASON_NONE;
}
