/* The clock's events in words. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"

#define MS_PER_HOUR 3600000

STORY(clock_set)
{
	char *from = story_time(e->from, utc_offset), *to = story_time(e->to, utc_offset);
	char *text = render_format(_("set the clock from %s to %s"), from, to);
	free(from);
	free(to);
	return text;
}

STORY(clock_gap)
{
	double hours = (double)e->gap_ms / MS_PER_HOUR,
	       refused = (double)e->refused_ms / MS_PER_HOUR;
	if (refused > 0)
		return render_format(_("the store had been off for %.1f hours; the compliance "
				       "clock was not let follow for %.1f of them"),
			hours, refused);
	return render_format(
		_("the store had been off for %.1f hours; the compliance clock followed"), hours);
}

STORY(clock_jump)
{
	return render_format(_("the system's clock was moved by %+.1f hours; the compliance clock "
			       "did not follow"),
		(double)e->jump_ms / MS_PER_HOUR);
}

STORY(clock_propose)
{
	char *to = story_time(e->to, utc_offset);
	char *text = story_joined(
		render_format(_("proposed (number %lld) to put the clock forward to %s"),
			(long long)e->id, to),
		story_remark(e->reason));
	free(to);
	return text;
}

STORY(clock_refuse)
{
	return story_joined(render_format(_("refused proposal %lld to put the clock forward"),
				    (long long)e->id),
		story_remark(e->reason));
}
