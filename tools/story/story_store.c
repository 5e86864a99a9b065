/* The store and its registers, in words. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

STORY(store_make)
{
	return story_plain(
		e->test_clock ? _("made this store, with a test clock") : _("made this store"));
}

STORY(store_mount)
{
	return render_format(_("the store was mounted (version %s)"), story_text(e->version));
}

STORY(store_unmount)
{
	return story_plain(_("the store was unmounted"));
}

STORY(store_recovered)
{
	return story_plain(
		_("the store was put in order after it had stopped without being unmounted"));
}

STORY(register_unit)
{
	return render_format(
		_("registered the unit %s %s"), story_text(e->code), story_text(e->name));
}

STORY(register_device)
{
	return render_format(_("registered the device %s"), story_text(e->serial));
}

STORY(register_person)
{
	char *roles = words_roles(e->roles);
	char *text = *roles != '\0' ? render_format(_("registered %s (%s): %s"),
					      story_text(e->name), story_text(e->number), roles)
				    : render_format(_("registered %s (%s), without a role"),
					      story_text(e->name), story_text(e->number));
	free(roles);
	return text;
}

STORY(register_service)
{
	char *from = story_day(e->from), *to = story_day(e->to);
	char *text = e->to != DAY_NONE
		? render_format(_("registered the device %s as out of service from %s to %s"),
			  story_text(e->device), from, to)
		: render_format(_("registered the device %s as out of service from %s on"),
			  story_text(e->device), from);
	free(from);
	free(to);
	return story_joined(text, story_remark(e->note));
}
