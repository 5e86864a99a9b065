/* A ledger entry in words. */
#include "tools/story/story.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

#define ZONE_LENGTH 6 /* "+08:00" at the end of an instant */

char *story_joined(char *first, char *second)
{
	char *both = render_format("%s%s", first, second);
	free(first);
	free(second);
	return both;
}

char *story_remark(const char *text)
{
	return text != NULL && *text != '\0' ? render_format(_(": %s"), text)
					     : render_format("%s", "");
}

char *story_plain(const char *translated)
{
	return render_format("%s", translated);
}

const char *story_text(const char *text)
{
	return text != NULL ? text : "?";
}

char *story_time(int64_t ms, int utc_offset)
{
	char text[INSTANT_TEXT];
	if (ms == INSTANT_NEVER)
		return story_plain("?");
	instant_format(ms, utc_offset, text);
	return render_time(text, false);
}

char *story_day(int32_t day)
{
	char text[DAY_TEXT];
	day_format(day, text);
	return story_plain(day != DAY_NONE ? text : "?");
}

/* The store's zone in minutes, taken from the entry's own time. */
static int utc_offset_of(const json_t *entry)
{
	const char *time = get_text(entry, "time");
	size_t length = time != NULL ? strlen(time) : 0;
	int minutes = 0;
	if (length > ZONE_LENGTH)
		(void)offset_parse(time + length - ZONE_LENGTH, &minutes);
	return minutes;
}

#define TELL(KIND, record, name)                                 \
	case EVENT_##KIND: {                                     \
		struct record e;                                 \
		record##_read(details, &e);                      \
		return story_##record(&e, utc_offset_of(entry)); \
	}

char *story_what(const json_t *entry)
{
	const char *event = get_text(entry, "event");
	const json_t *details = json_object_get(entry, "details");
	switch (event_kind_parse(event)) {
		EVENT_KINDS(TELL)
	case EVENT_KIND_COUNT:
		break;
	}
	return story_plain(story_text(event)); /* a kind of a later version */
}

char *story_who(const json_t *entry)
{
	const json_t *subject = json_object_get(entry, "subject");
	const char *name = get_text(entry, "person_name"), *number = get_text(subject, "person");
	if (number != NULL && name != NULL)
		return render_format(_("%s (%s)"), name, number);
	if (number != NULL)
		return story_plain(number);
	if (json_is_object(subject))
		return render_format(_("uid %lld"), get_number(subject, "uid", -1));
	return story_plain(_("the store"));
}

char *story_program(const json_t *entry)
{
	const char *path = get_text(json_object_get(entry, "subject"), "program");
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	return story_plain(slash != NULL ? slash + 1 : path != NULL ? path : "");
}
