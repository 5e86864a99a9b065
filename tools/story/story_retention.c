/* Terms, policies and tags in words. */
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_part.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

static bool on_folder(const json_t *d)
{
	return json_is_object(json_object_get(d, "scope"));
}

static char *retain_class(const json_t *d)
{
	const char *class = words_for(WORDS_CLASS, story_text(d, "class"));
	return on_folder(d)
		? render_format(_("set the class of all that lies in a folder: %s"), class)
		: render_format(_("set the class: %s"), class);
}

static char *retain_until(const json_t *d)
{
	char *until = render_time(story_text(d, "until"), false);
	char *text = on_folder(d)
		? render_format(_("set that all that lies in a folder is kept until %s"), until)
		: render_format(_("set that it is kept until %s"), until);
	free(until);
	return text;
}

static char *policy_propose(const json_t *d)
{
	return render_format(_("proposed the policy \"%s\" (proposal %lld)"),
		story_text(d, "label"), get_number(d, "id", 0));
}

static char *policy_load(const json_t *d)
{
	return render_format(
		_("agreed to proposal %lld: the policy \"%s\" is in force as version %lld"),
		get_number(d, "id", 0), story_text(d, "label"), get_number(d, "version", 0));
}

static char *policy_refuse(const json_t *d)
{
	return story_joined(
		render_format(_("refused policy proposal %lld"), get_number(d, "id", 0)),
		story_remark(get_text(d, "reason")));
}

/* A tag's value in words, where it is not a time. */
static const char *value_words(const char *name, const char *value)
{
	if (strcmp(name, "stage") == 0)
		return words_for(WORDS_STAGE, value);
	return strcmp(value, "yes") == 0 ? _("yes") : strcmp(value, "no") == 0 ? _("no") : value;
}

static char *tag_set(const json_t *d)
{
	const char *name = story_text(d, "name"), *value = get_text(d, "value");
	if (value == NULL)
		return render_format(
			_("took back what was said of it: %s"), words_for(WORDS_TAG, name));
	return render_format(
		_("said of it: %s: %s"), words_for(WORDS_TAG, name), value_words(name, value));
}

static char *unrelated_propose(const json_t *d)
{
	return story_joined(story_plain(_("proposed that it is unrelated to duty")),
		story_remark(get_text(d, "reason")));
}

static char *unrelated_decide(const json_t *d)
{
	return story_joined(
		story_plain(get_true(d, "unrelated") ? _("agreed that it is unrelated to duty")
						     : _("refused that it is unrelated to duty")),
		story_remark(get_text(d, "reason")));
}

static const struct story stories[] = {
	{ "retain.class", retain_class },
	{ "retain.until", retain_until },
	{ "policy.propose", policy_propose },
	{ "policy.load", policy_load },
	{ "policy.refuse", policy_refuse },
	{ "tag.set", tag_set },
	{ "unrelated.propose", unrelated_propose },
	{ "unrelated.decide", unrelated_decide },
};

const struct story_part story_retention = STORY_PART(stories);
