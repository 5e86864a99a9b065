/* A ledger entry in words. */
#include "tools/story/story.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/story/story_part.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/words.h"

#define RANGES_TOLD 6 /* of the ranges read; the rest is a number */

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

const char *story_text(const json_t *d, const char *key)
{
	const char *text = get_text(d, key);
	return text != NULL ? text : "?";
}

static char *store_make(const json_t *d)
{
	return story_plain(get_true(d, "test_clock") ? _("made this store, with a test clock")
						     : _("made this store"));
}

static char *store_mount(const json_t *d)
{
	return render_format(_("the store was mounted (version %s)"), story_text(d, "version"));
}

static char *store_unmount(const json_t *d)
{
	(void)d;
	return story_plain(_("the store was unmounted"));
}

static char *store_recovered(const json_t *d)
{
	(void)d;
	return story_plain(
		_("the store was put in order after it had stopped without being unmounted"));
}

static char *register_unit(const json_t *d)
{
	return render_format(
		_("registered the unit %s %s"), story_text(d, "code"), story_text(d, "name"));
}

static char *register_device(const json_t *d)
{
	const char *unit = get_text(d, "unit");
	if (unit == NULL)
		return render_format(_("registered the device %s"), story_text(d, "serial"));
	return render_format(
		_("registered the device %s of the unit %s"), story_text(d, "serial"), unit);
}

static char *register_person(const json_t *d)
{
	char *roles = words_roles(get_text(d, "roles"));
	char *text = *roles != '\0' ? render_format(_("registered %s (%s): %s"),
					      story_text(d, "name"), story_text(d, "number"), roles)
				    : render_format(_("registered %s (%s), without a role"),
					      story_text(d, "name"), story_text(d, "number"));
	free(roles);
	return text;
}

static char *register_case(const json_t *d)
{
	return story_joined(render_format(_("registered the case %s"), story_text(d, "number")),
		story_remark(get_text(d, "cause")));
}

static char *folder_make(const json_t *d)
{
	return render_format(_("made the folder %s"), story_text(d, "path"));
}

static char *folder_remove(const json_t *d)
{
	return render_format(_("removed the empty folder %s"), story_text(d, "path"));
}

static char *deposit_begin(const json_t *d)
{
	return render_format(_("began to deposit %s"), story_text(d, "name"));
}

static char *deposit_close(const json_t *d)
{
	char *size = render_size((uint64_t)get_number(d, "size", 0));
	char *text = render_format(_("the copy is complete: %s"), size);
	free(size);
	return text;
}

static char *deposit_seal(const json_t *d)
{
	char *until = render_time(get_text(d, "settle_until"), false);
	char *text = until != NULL
		? render_format(
			  _("the content was sealed; name and times could be put right until %s"),
			  until)
		: story_plain(_("the content was sealed"));
	free(until);
	return text;
}

static char *deposit_reopen(const json_t *d)
{
	(void)d;
	return story_plain(_("opened the still empty file for writing again"));
}

static char *deposit_incomplete(const json_t *d)
{
	char *size = render_size((uint64_t)get_number(d, "size", 0));
	char *text = render_format(_("the deposit broke off (%s); %s are kept out of sight"),
		words_for(WORDS_BROKEN, get_text(d, "reason")), size);
	free(size);
	return text;
}

static char *deposit_withdraw(const json_t *d)
{
	(void)d;
	return story_plain(_("withdrew the deposit; it is kept out of sight"));
}

static char *label_rename(const json_t *d)
{
	return render_format(_("renamed %s to %s"), story_text(d, "from"), story_text(d, "name"));
}

static char *label_attr(const json_t *d)
{
	(void)d;
	return story_plain(_("put its times or mode right"));
}

static char *label_xattr(const json_t *d)
{
	bool gone = json_is_null(json_object_get(d, "value"));
	return render_format(gone ? _("removed the attribute %s") : _("set the attribute %s"),
		story_text(d, "name"));
}

static char *digest(const json_t *d)
{
	return render_format(_("digests computed: SHA-256 %s"), story_text(d, "sha256"));
}

static char *request(const json_t *d)
{
	size_t items = json_array_size(json_object_get(d, "items"));
	long long id = get_number(d, "id", 0);
	const char *kase = get_text(d, "case");
	char *text = kase != NULL && *kase != '\0'
		? render_format(_("asked to read the case %s (request %lld)"), kase, id)
		: render_format(ngettext("asked to read %zu item (request %lld)",
					"asked to read %zu items (request %lld)", items),
			  items, id);
	return story_joined(text, story_remark(get_text(d, "purpose")));
}

static char *grant_approve(const json_t *d)
{
	return render_format(_("approved request %lld"), get_number(d, "id", 0));
}

static char *grant_deny(const json_t *d)
{
	return story_joined(render_format(_("denied request %lld"), get_number(d, "id", 0)),
		story_remark(get_text(d, "reason")));
}

static char *grant_revoke(const json_t *d)
{
	return story_joined(
		render_format(_("revoked the approval of request %lld"), get_number(d, "id", 0)),
		story_remark(get_text(d, "reason")));
}

static char *read_open(const json_t *d)
{
	long long grant = get_number(d, "grant", 0);
	if (grant != 0)
		return render_format(_("opened it for reading under approval %lld"), grant);
	return story_plain(_("opened it for reading while depositing it"));
}

/* "0-65535, 131072-196607 and 3 more ranges"; "" where there are none.  Entries: [from, to), whole
 * bytes. */
static char *ranges(const json_t *d)
{
	const json_t *list = json_object_get(d, "ranges"), *range;
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

static char *read_ranges(const json_t *d)
{
	char *which = ranges(d);
	char *text = *which != '\0' ? render_format(_("read bytes %s so far"), which)
				    : story_plain(_("read nothing so far"));
	free(which);
	return text;
}

static char *read_close(const json_t *d)
{
	char *which = ranges(d);
	char *text = *which != '\0' ? render_format(_("closed it after reading bytes %s"), which)
				    : story_plain(_("closed it without reading more"));
	free(which);
	return text;
}

static char *read_damaged(const json_t *d)
{
	return render_format(
		_("met damage at byte %lld; nothing of it was served"), get_number(d, "at", 0));
}

static char *refused(const json_t *d)
{
	long long count = get_number(d, "count", 1), files = get_number(d, "files", 0);
	const char *reason = get_text(d, "reason"), *error = get_text(d, "errno"),
		   *verb = get_text(d, "verb");
	const char *why = reason != NULL ? words_for(WORDS_REASON, reason)
		: error != NULL          ? error
					 : "?";
	char *text;
	if (verb != NULL && strcmp(verb, "command") == 0)
		text = render_format(
			_("was refused (the command %s): %s"), story_text(d, "path"), why);
	else
		text = render_format(_("was refused (%s): %s"), words_for(WORDS_VERB, verb), why);
	if (count > 1)
		text = story_joined(text,
			render_format(ngettext(", %lld time", ", %lld times", (unsigned long)count),
				count));
	if (count > 1 && files > 0)
		text = story_joined(text,
			render_format(get_true(d, "more")
					? ngettext(", more than %lld file",
						  ", more than %lld files", (unsigned long)files)
					: ngettext(", %lld file", ", %lld files",
						  (unsigned long)files),
				files));
	return text;
}

static const struct story stories[] = {
	{ "store.make", store_make },
	{ "store.mount", store_mount },
	{ "store.unmount", store_unmount },
	{ "store.recovered", store_recovered },
	{ "register.unit", register_unit },
	{ "register.device", register_device },
	{ "register.person", register_person },
	{ "register.case", register_case },
	{ "folder.make", folder_make },
	{ "folder.remove", folder_remove },
	{ "deposit.begin", deposit_begin },
	{ "deposit.close", deposit_close },
	{ "deposit.seal", deposit_seal },
	{ "deposit.reopen", deposit_reopen },
	{ "deposit.incomplete", deposit_incomplete },
	{ "deposit.orphan", deposit_incomplete },
	{ "deposit.withdraw", deposit_withdraw },
	{ "label.rename", label_rename },
	{ "label.attr", label_attr },
	{ "label.xattr", label_xattr },
	{ "digest", digest },
	{ "request", request },
	{ "grant.approve", grant_approve },
	{ "grant.deny", grant_deny },
	{ "grant.revoke", grant_revoke },
	{ "read.open", read_open },
	{ "read.ranges", read_ranges },
	{ "read.close", read_close },
	{ "read.damaged", read_damaged },
	{ "refused", refused },
};

static const struct story_part core = STORY_PART(stories);

static const struct story_part *const parts[] = { &core, &story_cases, &story_clock,
	&story_findings, &story_retention, &story_hold };

char *story_what(const json_t *entry)
{
	const char *event = get_text(entry, "event");
	const json_t *details = json_object_get(entry, "details");
	for (size_t p = 0; event != NULL && p < sizeof parts / sizeof parts[0]; p++)
		for (size_t i = 0; i < parts[p]->count; i++)
			if (strcmp(parts[p]->stories[i].event, event) == 0)
				return parts[p]->stories[i].tell(details);
	return story_plain(event != NULL ? event : "?");
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
