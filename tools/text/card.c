/* One entry in full. */
#include "tools/text/card.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/words.h"

void card_unit(struct render_table *t, const json_t *u)
{
	render_field(t, _("Unit"), get_copy(u, "code"));
	render_field(t, _("Name"), get_copy(u, "name"));
}

void card_device(struct render_table *t, const json_t *d)
{
	render_field(t, _("Device"), get_copy(d, "serial"));
	render_field(t, _("Of the unit"), cell_unit(d));
}

void card_person(struct render_table *t, const json_t *p)
{
	char *roles = words_roles(get_text(p, "roles")), *certified = cell_certified(p),
	     *login = cell_login(p);
	render_field(t, _("Number"), get_copy(p, "number"));
	render_field(t, _("Name"), get_copy(p, "name"));
	render_field(t, _("Login"), login != NULL ? login : cell_copy(_("none")));
	render_field(t, _("Of the unit"), cell_unit(p));
	render_field(t, _("Roles"), *roles != '\0' ? cell_copy(roles) : cell_copy(_("none")));
	render_field(t, _("Staff"), cell_copy(cell_staff(p)));
	render_field(t, _("Certified"), certified != NULL ? certified : cell_copy(_("never")));
	free(roles);
}

/* Texts joined to one line; NULL where there are none. */
static char *joined_texts(const json_t *texts)
{
	char *all = NULL;
	json_t *text;
	size_t i;
	json_array_foreach(texts, i, text) {
		char *longer = all != NULL
			? render_format("%s%s%s", all, _(", "), json_string_value(text))
			: render_format("%s", json_string_value(text));
		free(all);
		all = longer;
	}
	return all;
}

void card_case(struct render_table *t, const json_t *c)
{
	render_field(t, _("Case"), get_copy(c, "number"));
	render_field(t, _("Party"), get_copy(c, "party"));
	render_field(t, _("Cause"), get_copy(c, "cause"));
	render_field(t, _("Class"),
		get_text(c, "class") != NULL
			? cell_copy(words_for(WORDS_CLASS, get_text(c, "class")))
			: NULL);
	render_field(t, _("Also called"), joined_texts(json_object_get(c, "aliases")));
	render_field(t, _("Opened"), render_time(get_text(c, "opened"), true));
	render_field(t, _("Closed"), get_copy(c, "closed"));
	render_field(t, _("Items"), get_copy(c, "items"));
	render_field(t, _("Of them linked"),
		get_number(c, "linked", 0) != 0 ? get_copy(c, "linked") : NULL);
}

static char *exact_size(const json_t *item)
{
	uint64_t size = (uint64_t)get_number(item, "size", 0);
	char *rough = render_size(size);
	char *both;
	if (size < 1024)
		return rough;
	both = render_format(ngettext("%s (%llu byte)", "%s (%llu bytes)", (unsigned long)size),
		rough, (unsigned long long)size);
	free(rough);
	return both;
}

static char *state_of(const json_t *item)
{
	const char *state = words_for(WORDS_STATE, get_text(item, "state"));
	const char *reason = get_text(item, "reason");
	if (get_true(item, "settling"))
		return render_format(_("%s; name and times may still be put right"), state);
	return reason != NULL ? render_format("%s: %s", state, words_for(WORDS_BROKEN, reason))
			      : cell_copy(state);
}

static char *digest_of(const json_t *item, const char *key)
{
	const char *state = get_text(item, "state");
	return get_text(item, key) != NULL || state == NULL || strcmp(state, "sealed") != 0
		? get_copy(item, key)
		: cell_copy(_("not computed yet"));
}

static char *word_of(const json_t *item, const char *key, enum words kind)
{
	return get_text(item, key) != NULL ? cell_copy(words_for(kind, get_text(item, key))) : NULL;
}

static char *form_of(const json_t *item)
{
	const char *form = get_text(item, "form"), *kind = get_text(item, "kind");
	return form != NULL && kind != NULL
		? render_format(
			  _("%s, %s"), words_for(WORDS_MEDIA, form), words_for(WORDS_MEDIA, kind))
		: NULL;
}

static char *informed_of(const json_t *item)
{
	const char *value = get_text(item, "informed");
	if (value == NULL)
		return NULL;
	if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
		return cell_copy(*value == 'y' ? _("yes") : _("no"));
	return render_format(_("at %s of the recording"), value);
}

/* By whom, when and how it was disposed of. */
static void add_disposal(struct render_table *t, const json_t *d)
{
	const json_t *medium;
	size_t i;
	if (!json_is_object(d))
		return;
	render_field(t, _("Disposed of"), render_time(get_text(d, "at"), true));
	render_field(t, _("Proposal"), get_copy(d, "proposal"));
	render_field(t, _("Proposed by"), cell_named(d, "proposed_by", "proposed_by_name"));
	render_field(t, _("Approved by"), cell_named(d, "approved_by", "approved_by_name"));
	render_field(t, _("Policy version"), get_copy(d, "policy"));
	render_field(t, _("Content"), cell_copy(words_for(WORDS_ERASURE, get_text(d, "how"))));
	render_field(t, _("File system"), get_copy(d, "fs"));
	json_array_foreach(json_object_get(d, "copies"), i, medium)
		render_field(t, i != 0 ? "" : _("Copies are still on"),
			cell_copy(json_string_value(medium)));
}

void card_item(struct render_table *t, const json_t *i)
{
	render_field(t, _("Item"), get_copy(i, "item"));
	render_field(t, _("Path"), get_copy(i, "path"));
	render_field(t, _("Was at"), get_copy(i, "was_at"));
	render_field(t, _("Name"), get_copy(i, "name"));
	render_field(t, _("State"), state_of(i));
	render_field(t, _("Size"), exact_size(i));
	render_field(t, _("Unit"), cell_unit(i));
	render_field(t, _("Device"), get_copy(i, "device"));
	render_field(t, _("Officer"), cell_named(i, "officer", "officer_name"));
	render_field(t, _("Recorded on"), get_copy(i, "recorded_on"));
	render_field(t, _("Case"),
		json_array_size(json_object_get(i, "cases")) != 0
			? joined_texts(json_object_get(i, "cases"))
			: get_copy(i, "case"));
	render_field(t, _("Form"), form_of(i));
	render_field(t, _("Stage"), word_of(i, "stage", WORDS_STAGE));
	render_field(t, _("Informed"), informed_of(i));
	render_field(t, _("Important"), get_true(i, "important") ? cell_copy(_("yes")) : NULL);
	render_field(t, _("Unrelated to duty"), word_of(i, "unrelated", WORDS_UNRELATED));
	render_field(t, _("Deposited by"), cell_named(i, "deposited_by", "deposited_by_name"));
	render_field(t, _("Deposited"), render_time(get_text(i, "deposited_at"), true));
	render_field(t, _("Sealed"), render_time(get_text(i, "sealed_at"), true));
	render_field(t, _("File time"), render_time(get_text(i, "mtime"), true));
	render_field(t, _("Class"),
		get_text(i, "class") != NULL
			? cell_copy(words_for(WORDS_CLASS, get_text(i, "class")))
			: NULL);
	render_field(t, _("Kept until"), cell_until(i));
	render_field(t, _("Kept so long"),
		get_text(i, "retain_basis") != NULL
			? cell_copy(words_for(WORDS_BASIS, get_text(i, "retain_basis")))
			: NULL);
	add_disposal(t, json_object_get(i, "disposal"));
	render_field(t, _("SHA-256"), digest_of(i, "sha256"));
	render_field(t, _("SM3"), digest_of(i, "sm3"));
	render_field(t, _("Content root"), get_copy(i, "content_root"));
}

void card_request(struct render_table *t, const json_t *r)
{
	const json_t *paths = json_object_get(r, "paths"), *folders = json_object_get(r, "folders"),
		     *path;
	const char *kase = get_text(r, "case");
	size_t i;
	render_field(t, _("Request"), get_copy(r, "id"));
	render_field(t, _("State"), cell_copy(words_for(WORDS_REQUEST, get_text(r, "state"))));
	render_field(t, _("Applicant"), cell_named(r, "applicant", "applicant_name"));
	render_field(t, _("Purpose"), get_copy(r, "purpose"));
	render_field(t, _("From"), render_time(get_text(r, "from"), true));
	render_field(t, _("To"), render_time(get_text(r, "to"), true));
	render_field(t, _("Times read"), cell_opens(r));
	render_field(t, _("Decided by"), cell_named(r, "decided_by", "decided_by_name"));
	render_field(t, _("Decided"), render_time(get_text(r, "decided_at"), true));
	render_field(t, _("Reason"), get_copy(r, "reason"));
	if (kase != NULL && *kase != '\0')
		render_field(t, _("For the case"), cell_copy(kase));
	json_array_foreach(paths, i, path)
		render_field(t, i != 0 ? "" : _("For"),
			json_is_string(path) ? cell_copy(json_string_value(path)) : NULL);
	json_array_foreach(folders, i, path)
		render_field(t, i != 0 ? "" : _("For all in"),
			json_is_string(path) ? cell_copy(json_string_value(path)) : NULL);
}

void card_print(void (*fill)(struct render_table *t, const json_t *object), const json_t *object)
{
	struct render_table *t = render_table_new(2, NULL, 0);
	fill(t, object);
	render_table_free(t, stdout);
}
