/* Policies in words. */

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"

STORY(policy_propose)
{
	return render_format(_("proposed the policy \"%s\" (proposal %lld)"), story_text(e->label),
		(long long)e->id);
}

STORY(policy_load)
{
	return render_format(
		_("agreed to proposal %lld: the policy \"%s\" is in force as version %lld"),
		(long long)e->id, story_text(e->label), (long long)e->version);
}

STORY(policy_refuse)
{
	return story_joined(render_format(_("refused policy proposal %lld"), (long long)e->id),
		story_remark(e->reason));
}
