/* Terms and tags in words. */
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

STORY(retain_class)
{
	const char *class = words_for(WORDS_CLASS, story_text(e->klass));
	return scope_whole(&e->scope)
		? render_format(_("set the class: %s"), class)
		: render_format(_("set the class of all that lies in a folder: %s"), class);
}

STORY(retain_until)
{
	char *until = story_time(e->until, utc_offset);
	char *text = scope_whole(&e->scope)
		? render_format(_("set that it is kept until %s"), until)
		: render_format(_("set that all that lies in a folder is kept until %s"), until);
	free(until);
	return text;
}

/* A tag's value in words, where it is not a time. */
static const char *value_words(const char *name, const char *value)
{
	if (strcmp(name, "stage") == 0)
		return words_for(WORDS_STAGE, value);
	return strcmp(value, "yes") == 0 ? _("yes") : strcmp(value, "no") == 0 ? _("no") : value;
}

STORY(tag_set)
{
	const char *name = story_text(e->name);
	if (e->value == NULL)
		return render_format(_("removed the mark: %s"), words_for(WORDS_TAG, name));
	return render_format(
		_("marked it: %s: %s"), words_for(WORDS_TAG, name), value_words(name, e->value));
}

STORY(unrelated_propose)
{
	return story_joined(
		story_plain(_("proposed that it is unrelated to duty")), story_remark(e->reason));
}

STORY(unrelated_decide)
{
	return story_joined(story_plain(e->unrelated ? _("agreed that it is unrelated to duty")
						     : _("refused that it is unrelated to duty")),
		story_remark(e->reason));
}
