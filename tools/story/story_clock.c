/* The clock's events in words. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_part.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

static char *clock_set(const json_t *d)
{
	char *from = render_time(story_text(d, "from"), false),
	     *to = render_time(story_text(d, "to"), false);
	char *text = render_format(_("set the clock from %s to %s"), from, to);
	free(from);
	free(to);
	return text;
}

static char *clock_gap(const json_t *d)
{
	double hours = (double)get_number(d, "gap_ms", 0) / 3600000,
	       refused = (double)get_number(d, "refused_ms", 0) / 3600000;
	if (refused > 0)
		return render_format(_("the store had been off for %.1f hours; the compliance "
				       "clock was not let follow for %.1f of them"),
			hours, refused);
	return render_format(
		_("the store had been off for %.1f hours; the compliance clock followed"), hours);
}

static char *clock_jump(const json_t *d)
{
	double hours = (double)get_number(d, "jump_ms", 0) / 3600000;
	return render_format(_("the system's clock was moved by %+.1f hours; the compliance clock "
			       "did not follow"),
		hours);
}

static char *clock_propose(const json_t *d)
{
	char *to = render_time(story_text(d, "to"), false);
	char *text = story_joined(
		render_format(_("proposed (number %lld) to put the clock forward to %s"),
			get_number(d, "id", 0), to),
		story_remark(get_text(d, "reason")));
	free(to);
	return text;
}

static char *clock_refuse(const json_t *d)
{
	return story_joined(render_format(_("refused proposal %lld to put the clock forward"),
				    get_number(d, "id", 0)),
		story_remark(get_text(d, "reason")));
}

static const struct story stories[] = {
	{ "clock.set", clock_set },
	{ "clock.gap", clock_gap },
	{ "clock.jump", clock_jump },
	{ "clock.propose", clock_propose },
	{ "clock.refuse", clock_refuse },
};

const struct story_part story_clock = STORY_PART(stories);
