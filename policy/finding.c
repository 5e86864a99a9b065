/* Findings.  The contract is in finding.h. */
#include "policy/finding.h"

#include <string.h>

#include "policy/act.h"
#include "policy/role.h"

#define N_(s) s /* marks a sentence for translation; it is translated where it is shown */

static const struct {
	const char *name;
	bool reported;
	const char *text;
} rules[FINDING_RULE_COUNT] = {
	[FINDING_LATE] = { "late", false,
		N_("The recording was deposited later than it should have been (Art. 10). Ask the "
		   "officer why, and settle the finding with the reason.") },
	[FINDING_GAP] = { "gap", false,
		N_("Sequence numbers of the device are missing on that day (Art. 23(1)). Look on "
		   "the device for the recordings and deposit them, or settle the finding with the "
		   "reason why there are none.") },
	[FINDING_KIND] = { "kind-mismatch", true,
		N_("The content of the file is not of the kind that its name says. Have somebody "
		   "with an approval look at it.") },
	[FINDING_NAME] = { "name-conflict", true,
		N_("A file came with other content under a name that was taken; what was there "
		   "before was kept. Find out which of the two is the original, and deposit the "
		   "other under a name of its own if it is a recording.") },
	[FINDING_SERVICE] = { "out-of-service", false,
		N_("The recording bears a day on which its device was registered as out of service "
		   "(Art. 20). Check the date, and the register of repairs.") },
	[FINDING_UNCERTIFIED] = { "uncertified", false,
		N_("Somebody tried to deposit recordings of an officer who is not registered as "
		   "certified formal staff on that day (Art. 7). Correct the register, or find out "
		   "who made the recordings.") },
	[FINDING_CUSTODIAN] = { "no-custodian", false,
		N_("The unit has no custodian, and somebody has to be designated (Art. 8). "
		   "Register one.") },
	[FINDING_COPY] = { "no-offline-copy", false,
		N_("Material is held, and there is no offline copy of all of it that was found "
		   "whole (Art. 12). Make a copy on a disc or a drive, and register it.") },
	[FINDING_CLOCK] = { "clock", false,
		N_("The system's clock was moved; the compliance clock did not follow. Set the "
		   "system's clock right, and find out who moved it.") },
	[FINDING_STORM] = { "refusal-storm", false,
		N_("One person met very many refusals within an hour. Find out whether a program "
		   "ran wild, or somebody tried what they may not.") },
	[FINDING_INFORMED] = { "not-informed", false,
		N_("It is not said whether the other side was told beforehand that it is recorded "
		   "(Art. 18). Note it in the recording's attribute informed.") },
};

const char *finding_rule_name(enum finding_rule r)
{
	return (unsigned)r < FINDING_RULE_COUNT ? rules[r].name : "unknown";
}

enum finding_rule finding_rule_parse(const char *name)
{
	int r = 0;

	while (r < FINDING_RULE_COUNT && strcmp(rules[r].name, name) != 0)
		r++;
	return (enum finding_rule)r;
}

const char *finding_rule_text(enum finding_rule r)
{
	return (unsigned)r < FINDING_RULE_COUNT ? rules[r].text : "";
}

bool finding_reported(enum finding_rule r)
{
	return (unsigned)r < FINDING_RULE_COUNT && rules[r].reported;
}

bool finding_late(int32_t recorded, int32_t deposited, int64_t cutoff)
{
	return recorded != DAY_NONE && (int64_t)deposited - recorded > cutoff;
}

enum reason finding_may_settle(const struct person *who)
{
	return act_roles(who, ROLE_CUSTODIAN | ROLE_LEGAL | ROLE_INSPECTOR | ROLE_ADMIN);
}
