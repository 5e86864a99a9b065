/* The numbers of the policy's section [settings].  The contract is in setting.h. */
#include "policy/setting.h"

#include <string.h>

#define N_(s) s         /* marks a text for translation by whoever shows it */

const struct setting_rule setting_rules[] = {
	{ "late-cutoff-days", 0, 365, 1, N_("days after the recording day by the end of which it should be deposited; later is a finding") },
	{ "offline-copy-check-months", 1, 120, 12, N_("months after which an offline copy should be read again") },
	{ "refusal-storm", 1, 1000000, 100, N_("refusals of one person in an hour from which on they are a finding") },
	{ "custodian-gap-days", 0, 365, 0, N_("days for which a unit may be without a custodian before that is a finding") },
	{ "reading-volume-items", 1, 1000000, 50, N_("items one person opens in a day from which on that is a finding") },
	{ "reading-hours-from", 0, 24, 7, N_("hour of the day from which on reading is usual") },
	{ "reading-hours-to", 0, 24, 20, N_("hour of the day until which reading is usual") },
};
const size_t setting_count = sizeof setting_rules / sizeof setting_rules[0];

const struct setting_rule *setting_find(const char *key)
{
	for (size_t i = 0; i < setting_count; i++)
		if (strcmp(setting_rules[i].key, key) == 0)
			return &setting_rules[i];
	return NULL;
}
