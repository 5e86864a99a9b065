/* Who may deposit where (Art. 7, 8; Q5, Q6, Q15). */
#ifndef POLICY_DEPOSIT_H
#define POLICY_DEPOSIT_H

#include "policy/person.h"
#include "policy/reason.h"

/*
 * Whether `who` may deposit recordings that `officer` made on `day` with a device of `unit` (the
 * folder's unit).  `today` is the day now. who: that officer in role officer, or a custodian of
 * that unit; else REASON_NOBODY (no person), REASON_NO_ROLE (neither role at all, or the folder's
 * own officer without role officer) or REASON_NOT_YOURS. officer: formal staff and certified on the
 * day (both ends included), else REASON_NOT_FORMAL / REASON_NOT_CERTIFIED.  Someone who left later
 * stays valid for earlier recordings.  The day: not after today (REASON_DATE_FUTURE).  Judged in
 * this order: subject, officer, day.
 */
enum reason deposit_allowed(const struct person *who, const struct person *officer, int64_t unit,
	int32_t day, int32_t today);

#endif
