/* Findings in words. */

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

STORY(finding_raise)
{
	return render_format(
		_("finding %lld: %s"), (long long)e->id, words_for(WORDS_FINDING, e->rule));
}

STORY(finding_settle)
{
	if (e->reason == NULL || *e->reason == '\0')
		return render_format(_("finding %lld was put right"), (long long)e->id);
	return story_joined(render_format(_("settled finding %lld"), (long long)e->id),
		story_remark(e->reason));
}

STORY(findings_checked)
{
	return render_format(_("the ledger was looked through for findings up to record %lld"),
		(long long)e->upto);
}
