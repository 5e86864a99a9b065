/* Disposal in words. */

#include "fs/store/base/digest.h"
#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

STORY(dispose_propose)
{
	long long n = e->count;
	char *text = render_format(
		ngettext("proposed the disposal of %lld item (proposal %lld)",
			"proposed the disposal of %lld items (proposal %lld)", (unsigned long)n),
		n, (long long)e->id);
	return story_joined(text, story_remark(e->reason));
}

STORY(dispose_items)
{
	return render_format(_("named further items of proposal %lld"), (long long)e->id);
}

STORY(dispose_approve)
{
	return render_format(_("approved the disposal (proposal %lld)"), (long long)e->id);
}

STORY(dispose_refuse)
{
	return story_joined(
		render_format(_("refused the disposal (proposal %lld)"), (long long)e->id),
		story_remark(e->reason));
}

STORY(dispose_withdraw)
{
	return render_format(_("withdrew the proposed disposal (proposal %lld)"), (long long)e->id);
}

STORY(dispose_item)
{
	char hex[HASH_HEX] = "?";
	if (e->sha256.known)
		hash_hex(e->sha256.bytes, hex);
	return render_format(
		_("disposed of it, proposed by %s and approved by %s (proposal %lld); SHA-256 %s"),
		story_text(e->proposed_by), story_text(e->approved_by), (long long)e->id, hex);
}

STORY(dispose_erased)
{
	return render_format(_("its content: %s (file system %s)"),
		words_for(WORDS_ERASURE, e->how), story_text(e->fs));
}

STORY(dispose_stop)
{
	return render_format(_("the disposal stopped here (proposal %lld): %s"), (long long)e->id,
		words_for(WORDS_REASON, e->reason));
}

STORY(dispose_done)
{
	return render_format(_("the disposal is complete (proposal %lld)"), (long long)e->id);
}
