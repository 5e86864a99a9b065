/* Holds and offline copies, in words. */

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"

STORY(hold_set)
{
	long long ground = e->ground;
	char *text = e->path != NULL
		? render_format(_("set the hold %s (ground %lld) on %s"), story_text(e->name),
			  ground, e->path)
		: render_format(_("set the hold %s (ground %lld)"), story_text(e->name), ground);
	return story_joined(text, story_remark(e->reason));
}

STORY(hold_ask)
{
	return story_joined(
		render_format(_("asked for the release of the hold %s"), story_text(e->name)),
		story_remark(e->reason));
}

STORY(hold_release)
{
	return story_joined(render_format(_("released the hold %s"), story_text(e->name)),
		story_remark(e->reason));
}

STORY(copy_register)
{
	return render_format(_("registered the offline medium %s"), story_text(e->medium));
}

STORY(copy_item)
{
	return render_format(_("registered a copy of it on the medium %s"), story_text(e->medium));
}

STORY(copy_verified)
{
	if (e->passed)
		return render_format(
			_("read the medium %s again: every copy is intact"), story_text(e->medium));
	return render_format(_("read the medium %s again: FAILED (%lld missing, %lld damaged)"),
		story_text(e->medium), (long long)e->missing_count, (long long)e->damaged_count);
}
