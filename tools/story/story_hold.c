/* Holds, offline copies and disposal, in words. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_part.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

static char *hold_set(const json_t *d)
{
	const char *path = get_text(d, "path");
	char *text = path != NULL ? render_format(_("set the hold %s (ground %lld) on %s"),
					    story_text(d, "name"), get_number(d, "ground", 0), path)
				  : render_format(_("set the hold %s (ground %lld)"),
					    story_text(d, "name"), get_number(d, "ground", 0));
	return story_joined(text, story_remark(get_text(d, "reason")));
}

static char *hold_ask(const json_t *d)
{
	return story_joined(
		render_format(_("asked for the release of the hold %s"), story_text(d, "name")),
		story_remark(get_text(d, "reason")));
}

static char *hold_release(const json_t *d)
{
	return story_joined(render_format(_("released the hold %s"), story_text(d, "name")),
		story_remark(get_text(d, "reason")));
}

static char *copy_register(const json_t *d)
{
	return render_format(_("registered the offline medium %s"), story_text(d, "medium"));
}

static char *copy_item(const json_t *d)
{
	return render_format(
		_("registered a copy of it on the medium %s"), story_text(d, "medium"));
}

static char *copy_verified(const json_t *d)
{
	if (get_true(d, "passed"))
		return render_format(
			_("read the medium %s again: every copy holds"), story_text(d, "medium"));
	return render_format(_("read the medium %s again: FAILED (%lld missing, %lld damaged)"),
		story_text(d, "medium"), get_number(d, "missing_count", 0),
		get_number(d, "damaged_count", 0));
}

static char *dispose_propose(const json_t *d)
{
	long long n = get_number(d, "count", 0);
	char *text = render_format(
		ngettext("proposed the disposal of %lld item (proposal %lld)",
			"proposed the disposal of %lld items (proposal %lld)", (unsigned long)n),
		n, get_number(d, "id", 0));
	return story_joined(text, story_remark(get_text(d, "reason")));
}

static char *dispose_items(const json_t *d)
{
	return render_format(_("named further items of proposal %lld"), get_number(d, "id", 0));
}

static char *dispose_approve(const json_t *d)
{
	return render_format(_("approved the disposal (proposal %lld)"), get_number(d, "id", 0));
}

static char *dispose_refuse(const json_t *d)
{
	return story_joined(
		render_format(_("refused the disposal (proposal %lld)"), get_number(d, "id", 0)),
		story_remark(get_text(d, "reason")));
}

static char *dispose_withdraw(const json_t *d)
{
	return render_format(
		_("withdrew the proposed disposal (proposal %lld)"), get_number(d, "id", 0));
}

static char *dispose_item(const json_t *d)
{
	return render_format(
		_("disposed of it, proposed by %s and approved by %s (proposal %lld); SHA-256 %s"),
		story_text(d, "proposed_by"), story_text(d, "approved_by"), get_number(d, "id", 0),
		story_text(d, "sha256"));
}

static char *dispose_erased(const json_t *d)
{
	return render_format(_("its content: %s (file system %s)"),
		words_for(WORDS_ERASURE, get_text(d, "how")), story_text(d, "fs"));
}

static char *dispose_stop(const json_t *d)
{
	return render_format(_("the disposal stopped here (proposal %lld): %s"),
		get_number(d, "id", 0), words_for(WORDS_REASON, get_text(d, "reason")));
}

static char *dispose_done(const json_t *d)
{
	return render_format(_("the disposal is complete (proposal %lld)"), get_number(d, "id", 0));
}

static const struct story stories[] = {
	{ "hold.set", hold_set },
	{ "hold.ask", hold_ask },
	{ "hold.release", hold_release },
	{ "copy.register", copy_register },
	{ "copy.item", copy_item },
	{ "copy.verified", copy_verified },
	{ "dispose.propose", dispose_propose },
	{ "dispose.items", dispose_items },
	{ "dispose.approve", dispose_approve },
	{ "dispose.refuse", dispose_refuse },
	{ "dispose.withdraw", dispose_withdraw },
	{ "dispose.item", dispose_item },
	{ "dispose.erased", dispose_erased },
	{ "dispose.stop", dispose_stop },
	{ "dispose.done", dispose_done },
};

const struct story_part story_hold = STORY_PART(stories);
