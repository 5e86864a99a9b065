/* The numbers of the policy's section [settings].  The contract is in setting.h. */
#include "policy/setting.h"

#include <string.h>

#define N_(s) s /* marks a text for translation; it is translated where it is shown */

const struct setting_rule setting_rules[] = {
	{ "late-cutoff-days", 0, 365, 1,
		N_("days after the recording day by the end of which it should be deposited; later "
		   "is a finding") },
	{ "offline-copy-check-months", 1, 120, 12,
		N_("months after which an offline copy should be read again") },
	{ "refusal-storm", 1, 1000000, 100,
		N_("refusals of one person in an hour from which on they are a finding") },
	{ "clock-step-days", 1, 366, 35,
		N_("days by which the compliance clock may follow the wall clock over gaps, in any "
		   "week of mounted time") },
};
const size_t setting_count = sizeof setting_rules / sizeof setting_rules[0];

const struct setting_rule *setting_find(const char *key)
{
	for (size_t i = 0; i < setting_count; i++)
		if (strcmp(setting_rules[i].key, key) == 0)
			return &setting_rules[i];
	return NULL;
}
