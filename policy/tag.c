/* Tags.  The contract is in tag.h. */
#include "policy/tag.h"

#include <stdio.h>
#include <string.h>

#include "policy/role.h"

static const char *const tags[TAG_COUNT] = {
	[TAG_STAGE] = "stage", [TAG_INFORMED] = "informed", [TAG_IMPORTANT] = "important"
};

static const struct {
	const char *name, *chinese;
} stages[] = {
	{ "patrol", "日常巡查" },
	{ "investigation", "调查取证" },
	{ "questioning", "询问当事人" },
	{ "hearing", "行政听证" },
	{ "service", "文书送达" },
	{ "penalty", "行政处罚" },
	{ "compulsion", "行政强制" },
	{ "file-making", "案卷制作" },
};
#define STAGES (sizeof stages / sizeof stages[0])

static const struct {
	const char *word;
	bool yes;
} answers[] = { { "yes", true }, { "no", false }, { "是", true }, { "否", false } };

const char *tag_name(enum tag t)
{
	return (unsigned)t < TAG_COUNT ? tags[t] : "unknown";
}

enum tag tag_parse(const char *name)
{
	int t = 0;

	while (t < TAG_COUNT && strcmp(tags[t], name) != 0)
		t++;
	return (enum tag)t;
}

const char *tag_stage(size_t n)
{
	return n < STAGES ? stages[n].name : NULL;
}

int tag_stage_find(const char *stage)
{
	for (size_t i = 0; i < STAGES; i++)
		if (strcmp(stages[i].name, stage) == 0 || strcmp(stages[i].chinese, stage) == 0)
			return (int)i;
	return -1;
}

bool tag_stage_informs(const char *stage)
{
	return strcmp(stage, "penalty") == 0 || strcmp(stage, "compulsion") == 0 ||
		strcmp(stage, "questioning") == 0;
}

static bool yes_or_no(const char *value, char out[TAG_VALUE])
{
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (strcmp(answers[i].word, value) == 0) {
			snprintf(out, TAG_VALUE, "%s", answers[i].yes ? "yes" : "no");
			return true;
		}
	return false;
}

/* One to three digits of minutes, two of seconds. */
static bool offset_into(const char *value, char out[TAG_VALUE])
{
	size_t minutes = strspn(value, "0123456789");
	const char *s = value + minutes;
	unsigned m = 0;

	if (minutes < 1 || minutes > 3 || s[0] != ':' || strspn(s + 1, "0123456789") != 2 ||
		s[3] != '\0' || s[1] > '5')
		return false;
	for (size_t i = 0; i < minutes; i++)
		m = m * 10 + (unsigned)(value[i] - '0');
	snprintf(out, TAG_VALUE, "%02u:%s", m, s + 1);
	return true;
}

bool tag_value(enum tag t, const char *value, char out[TAG_VALUE])
{
	int stage;

	if (t == TAG_INFORMED)
		return yes_or_no(value, out) || offset_into(value, out);
	if (t == TAG_IMPORTANT)
		return yes_or_no(value, out);
	stage = t == TAG_STAGE ? tag_stage_find(value) : -1;
	if (stage < 0)
		return false;
	snprintf(out, TAG_VALUE, "%s", stages[stage].name);
	return true;
}

enum reason tag_may_set(const struct person *who, const struct tag_item *item)
{
	if (who->id == 0)
		return REASON_NOBODY;
	if (!(who->roles & (ROLE_OFFICER | ROLE_CUSTODIAN | ROLE_LEGAL)))
		return REASON_NO_ROLE;
	if ((who->roles & ROLE_LEGAL) || ((who->roles & ROLE_CUSTODIAN) && who->unit == item->unit))
		return REASON_NONE;
	return who->id == item->depositor || who->id == item->officer ? REASON_NONE
								      : REASON_NOT_YOURS;
}

static const char *const unrelated_names[UNRELATED_COUNT] = { [UNRELATED_NONE] = "",
	[UNRELATED_PROPOSED] = "proposed",
	[UNRELATED_YES] = "yes",
	[UNRELATED_NO] = "no" };

const char *unrelated_name(enum unrelated u)
{
	return (unsigned)u < UNRELATED_COUNT ? unrelated_names[u] : "unknown";
}

enum reason unrelated_may_propose(
	const struct person *who, const struct tag_item *item, enum unrelated now)
{
	enum reason why = who->id != 0 && (who->roles & ROLE_INSPECTOR) ? REASON_NONE
									: tag_may_set(who, item);

	if (why == REASON_NONE && (now == UNRELATED_PROPOSED || now == UNRELATED_YES))
		why = REASON_STATE;
	return why;
}

enum reason unrelated_may_decide(
	const struct person *who, const struct tag_item *item, enum unrelated now, int64_t proposer)
{
	if (who->id == 0)
		return REASON_NOBODY;
	if (now == UNRELATED_PROPOSED && who->id == proposer)
		return REASON_SECOND_PERSON;
	if (!(who->roles & (ROLE_APPROVER | ROLE_LEGAL)))
		return REASON_NO_ROLE;
	if (who->id == item->officer)
		return REASON_SELF_APPROVAL;
	return now == UNRELATED_PROPOSED ? REASON_NONE : REASON_STATE;
}
