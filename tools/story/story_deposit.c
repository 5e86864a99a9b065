/* Folders, deposits and what is put right while they settle, in words. */
#include <stdlib.h>

#include "fs/store/base/digest.h"
#include "fs/store/base/i18n.h"
#include "tools/story/story_record.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

STORY(folder_make)
{
	return render_format(_("made the folder %s"), story_text(e->path));
}

STORY(folder_remove)
{
	return render_format(_("removed the empty folder %s"), story_text(e->path));
}

STORY(deposit_begin)
{
	return render_format(_("began to deposit %s"), story_text(e->name));
}

STORY(deposit_close)
{
	char *size = render_size((uint64_t)e->size);
	char *text = render_format(_("the copy is complete: %s"), size);
	free(size);
	return text;
}

STORY(deposit_seal)
{
	char *until, *text;
	if (e->settle_until == INSTANT_NEVER)
		return story_plain(_("the content was sealed"));
	until = story_time(e->settle_until, utc_offset);
	text = render_format(
		_("the content was sealed; name and times could be put right until %s"), until);
	free(until);
	return text;
}

STORY(deposit_reopen)
{
	return story_plain(_("opened the still empty file for writing again"));
}

static char *tell_broken_off(const char *reason, int64_t bytes)
{
	char *size = render_size((uint64_t)bytes);
	char *text = render_format(_("the deposit broke off (%s); %s are kept out of sight"),
		words_for(WORDS_BROKEN, reason), size);
	free(size);
	return text;
}

STORY(deposit_incomplete)
{
	return tell_broken_off(e->reason, e->size);
}

STORY(deposit_orphan)
{
	return tell_broken_off(e->reason, e->size);
}

STORY(deposit_withdraw)
{
	return story_plain(_("withdrew the deposit; it is kept out of sight"));
}

STORY(label_rename)
{
	return render_format(_("renamed %s to %s"), story_text(e->from), story_text(e->name));
}

STORY(label_attr)
{
	return story_plain(_("put its times or mode right"));
}

STORY(label_xattr)
{
	return render_format(
		e->value == NULL ? _("removed the attribute %s") : _("set the attribute %s"),
		story_text(e->name));
}

STORY(item_digest)
{
	char hex[HASH_HEX] = "?";
	if (e->sha256.known)
		hash_hex(e->sha256.bytes, hex);
	return render_format(_("digests computed: SHA-256 %s"), hex);
}
