/*
 * Findings: irregularities that the product notices and keeps a register of (Q4–Q6, Q8, Q11,
 * Q16–Q18).  A finding stops nobody; it is settled by a person with a reason, or by the thing being
 * put right.
 */
#ifndef POLICY_FINDING_H
#define POLICY_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/person.h"
#include "policy/reason.h"

enum finding_rule {
	FINDING_LATE,        /* deposited after the cut-off (Art. 10, Q8) */
	FINDING_GAP,         /* sequence numbers of a device that skip (Art. 23(1), Q16) */
	FINDING_KIND,        /* the content is not of the kind that the name says (Q4) */
	FINDING_NAME,        /* another file came under a name that was taken (S1) */
	FINDING_SERVICE,     /* recorded while the device was out of service (Art. 20, Q18) */
	FINDING_UNCERTIFIED, /* recorded by somebody not certified on the day, and refused (Art. 7,
				Q5) */
	FINDING_CUSTODIAN,   /* a unit without a custodian (Art. 8, Q6) */
	FINDING_COPY,        /* held, and on no offline copy (Art. 12, Q11) */
	FINDING_CLOCK,       /* the system's clock was moved */
	FINDING_STORM,       /* a person met very many refusals in an hour */
	FINDING_INFORMED,    /* not said whether the other side was informed (Art. 18, Q17) */
	FINDING_RULE_COUNT
};

const char *finding_rule_name(enum finding_rule r);     /* "late"; stable */
enum finding_rule finding_rule_parse(const char *name); /* FINDING_RULE_COUNT where unknown */
const char *finding_rule_text(
	enum finding_rule r); /* an English msgid: what it means, and what to do */

/* Whether people who deposit may report it; all others are found by the daemon. */
bool finding_reported(enum finding_rule r);

/* Whether a deposit on the day `deposited` of what was recorded on the day `recorded` is late:
 * after the end of the cutoff-th day after it. */
bool finding_late(int32_t recorded, int32_t deposited, int64_t cutoff);

/* Settling: custodian, legal, inspector, admin.  REASON_NOBODY, REASON_NO_ROLE. */
enum reason finding_may_settle(const struct person *who);

#endif
