/* Findings, in words. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_part.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

static char *finding_raise(const json_t *d)
{
	return render_format(_("finding %lld: %s"), get_number(d, "id", 0),
		words_for(WORDS_FINDING, get_text(d, "rule")));
}

static char *finding_settle(const json_t *d)
{
	const char *reason = get_text(d, "reason");
	if (reason == NULL || *reason == '\0')
		return render_format(_("finding %lld was put right"), get_number(d, "id", 0));
	return story_joined(render_format(_("settled finding %lld"), get_number(d, "id", 0)),
		story_remark(reason));
}

static char *findings_checked(const json_t *d)
{
	return render_format(_("the ledger was looked through for findings up to record %lld"),
		get_number(d, "upto", 0));
}

static char *register_service(const json_t *d)
{
	const char *to = get_text(d, "to");
	char *text = to != NULL
		? render_format(_("registered the device %s as out of service from %s to %s"),
			  story_text(d, "device"), story_text(d, "from"), to)
		: render_format(_("registered the device %s as out of service from %s on"),
			  story_text(d, "device"), story_text(d, "from"));
	return story_joined(text, story_remark(get_text(d, "note")));
}

static const struct story stories[] = {
	{ "finding.raise", finding_raise },
	{ "finding.settle", finding_settle },
	{ "findings.checked", findings_checked },
	{ "register.service", register_service },
};

const struct story_part story_findings = STORY_PART(stories);
