/* Requests, readings and refusals, in words. */
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

#define RANGES_TOLD 6 /* so many ranges are named; of the others only their number */

STORY(request_made)
{
	size_t items = json_array_size(e->items);
	long long id = e->id;
	char *text = e->kase != NULL && *e->kase != '\0'
		? render_format(_("asked to read the case %s (request %lld)"), e->kase, id)
		: render_format(ngettext("asked to read %zu item (request %lld)",
					"asked to read %zu items (request %lld)", items),
			  items, id);
	return story_joined(text, story_remark(e->purpose));
}

STORY(grant_approve)
{
	return render_format(_("approved request %lld"), (long long)e->id);
}

STORY(grant_deny)
{
	return story_joined(
		render_format(_("denied request %lld"), (long long)e->id), story_remark(e->reason));
}

STORY(grant_revoke)
{
	return story_joined(
		render_format(_("revoked the approval of request %lld"), (long long)e->id),
		story_remark(e->reason));
}

STORY(read_open)
{
	if (e->grant != 0)
		return render_format(
			_("opened it for reading under approval %lld"), (long long)e->grant);
	return story_plain(_("opened it for reading while depositing it"));
}

/*
 * "0-65535, 131072-196607 and 3 more ranges"; "" where there are none.  The list has [from, to) of
 * bytes.
 */
static char *tell_ranges(const json_t *list)
{
	const json_t *range;
	size_t i, n = json_array_size(list);
	char *text = story_plain("");
	json_array_foreach(list, i, range) {
		json_int_t from = json_integer_value(json_array_get(range, 0)),
			   to = json_integer_value(json_array_get(range, 1));
		if (i == RANGES_TOLD)
			break;
		text = story_joined(text,
			render_format("%s%lld-%lld", i != 0 ? ", " : "", (long long)from,
				(long long)(to > from ? to - 1 : from)));
	}
	if (n > RANGES_TOLD)
		text = story_joined(text,
			render_format(ngettext(" and %zu more range", " and %zu more ranges",
					      n - RANGES_TOLD),
				n - RANGES_TOLD));
	return text;
}

STORY(read_ranges)
{
	char *which = tell_ranges(e->ranges);
	char *text = *which != '\0' ? render_format(_("read bytes %s so far"), which)
				    : story_plain(_("read nothing so far"));
	free(which);
	return text;
}

STORY(read_close)
{
	char *which = tell_ranges(e->ranges);
	char *text = *which != '\0' ? render_format(_("closed it after reading bytes %s"), which)
				    : story_plain(_("closed it without reading more"));
	free(which);
	return text;
}

STORY(read_damaged)
{
	return render_format(
		_("met damage at byte %lld; nothing of it was served"), (long long)e->at);
}

/* ", 3 times, 2 files", where one record is about several refusals. */
static char *tell_count(const struct refused *e)
{
	long long count = e->count, files = e->files;
	char *text;
	if (count <= 1)
		return story_plain("");
	text = render_format(ngettext(", %lld time", ", %lld times", (unsigned long)count), count);
	if (files <= 0)
		return text;
	return story_joined(text,
		render_format(e->more
				? ngettext(", more than %lld file", ", more than %lld files",
					  (unsigned long)files)
				: ngettext(", %lld file", ", %lld files", (unsigned long)files),
			files));
}

STORY(refused)
{
	const char *why = e->reason != NULL ? words_for(WORDS_REASON, e->reason)
					    : story_text(e->error);
	char *text = e->verb != NULL && strcmp(e->verb, "command") == 0
		? render_format(_("was refused (the command %s): %s"), story_text(e->path), why)
		: render_format(_("was refused (%s): %s"), words_for(WORDS_VERB, e->verb), why);
	return story_joined(text, tell_count(e));
}
