/* Tables of what a store knows. */
#include "tools/text/table.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/get.h"
#include "tools/text/words.h"

static char *copy(const char *text)
{
	return text != NULL ? render_format("%s", text) : NULL;
}

static char *time_of(const json_t *row, const char *key)
{
	return render_time(get_text(row, key), false);
}

static char *size_of(const json_t *row)
{
	return json_is_integer(json_object_get(row, "size"))
		? render_size((uint64_t)get_number(row, "size", 0))
		: NULL;
}

/* "name (number)"; the number alone, or NULL. */
static char *named(const json_t *row, const char *number_key, const char *name_key)
{
	char *number = get_copy(row, number_key);
	const char *name = get_text(row, name_key);
	char *both;
	if (number == NULL || name == NULL)
		return number;
	both = render_format(_("%s (%s)"), name, number);
	free(number);
	return both;
}

static char *login_of(const json_t *person)
{
	const json_t *uid = json_object_get(person, "uid");
	const struct passwd *p;
	long long number;
	if (!json_is_integer(uid))
		return NULL;
	p = getpwuid((uid_t)json_integer_value(uid));
	number = json_integer_value(uid);
	return p != NULL ? render_format("%s (%lld)", p->pw_name, number)
			 : render_format("%lld", number);
}

static char *certified_of(const json_t *person)
{
	const char *from = get_text(person, "certified_from"),
		   *to = get_text(person, "certified_to");
	if (from == NULL)
		return NULL;
	return to != NULL ? render_format("%s..%s", from, to) : render_format("%s..", from);
}

static const char *staff_of(const json_t *person)
{
	return get_true(person, "formal") ? _("formal") : _("auxiliary");
}

static char *unit_of(const json_t *row)
{
	return named(row, "unit", "unit_name");
}

static char *until_of(const json_t *item)
{
	const char *until = get_text(item, "retain_until");
	if (until != NULL && strcmp(until, "open") == 0)
		return copy(_("no end yet"));
	return until != NULL && strcmp(until, "never") == 0 ? copy(_("without end"))
							    : render_time(until, false);
}

static char *opens_of(const json_t *request)
{
	long long opens = get_number(request, "opens", 0), used = get_number(request, "used", 0);
	return opens != 0 ? render_format(_("%lld of %lld"), used, opens)
			  : render_format("%lld", used);
}

/* What a request is for: its case, or its paths (items, where a path is out of sight). */
static char *wanted_of(const json_t *request)
{
	const json_t *paths = json_object_get(request, "paths"),
		     *items = json_object_get(request, "items"),
		     *folders = json_object_get(request, "folders");
	const char *kase = get_text(request, "case"),
		   *path = json_string_value(
			   json_array_get(json_array_size(folders) != 0 ? folders : paths, 0));
	size_t n = json_array_size(items) + json_array_size(folders);
	char *first, *all;
	if (kase != NULL && *kase != '\0')
		return render_format(_("the case %s"), kase);
	if (n == 0)
		n = json_array_size(paths);
	first = path != NULL ? copy(path)
			     : render_format(_("item %lld"),
				       (long long)json_integer_value(json_array_get(items, 0)));
	if (n < 2)
		return first;
	all = render_format(ngettext("%s and %zu more", "%s and %zu more", n - 1), first, n - 1);
	free(first);
	return all;
}

static void fill_unit(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "code"));
	render_table_set(t, 1, get_copy(r, "name"));
}

static void fill_device(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "serial"));
	render_table_set(t, 1, get_copy(r, "unit"));
	render_table_set(t, 2, get_copy(r, "unit_name"));
}

static void fill_person(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "number"));
	render_table_set(t, 1, get_copy(r, "name"));
	render_table_set(t, 2, login_of(r));
	render_table_set(t, 3,
		get_text(r, "unit_name") != NULL ? get_copy(r, "unit_name") : get_copy(r, "unit"));
	render_table_set(t, 4, copy(staff_of(r)));
	render_table_set(t, 5, certified_of(r));
	render_table_set(t, 6, words_roles(get_text(r, "roles")));
}

static void fill_case(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "number"));
	render_table_set(t, 1, copy(words_for(WORDS_CLASS, get_text(r, "class"))));
	render_table_set(t, 2, time_of(r, "opened"));
	render_table_set(t, 3, get_copy(r, "party"));
	render_table_set(t, 4, get_copy(r, "cause"));
}

static void fill_item(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "item"));
	render_table_set(t, 1,
		copy(get_true(r, "settling") ? _("settling")
					     : words_for(WORDS_STATE, get_text(r, "state"))));
	render_table_set(t, 2, size_of(r));
	render_table_set(t, 3, time_of(r, "deposited_at"));
	render_table_set(t, 4, get_copy(r, "officer_name"));
	render_table_set(t, 5, until_of(r));
	render_table_set(
		t, 6, get_text(r, "path") != NULL ? get_copy(r, "path") : get_copy(r, "name"));
}

static void fill_hidden(struct render_table *t, const json_t *r)
{
	const char *reason;
	render_table_set(t, 0, get_copy(r, "item"));
	render_table_set(t, 1, size_of(r));
	render_table_set(t, 2, time_of(r, "deposited_at"));
	render_table_set(t, 3, named(r, "deposited_by", "deposited_by_name"));
	reason = get_text(r, "reason");
	render_table_set(t, 4,
		copy(reason != NULL ? words_for(WORDS_BROKEN, reason)
				    : words_for(WORDS_STATE, get_text(r, "state"))));
	render_table_set(
		t, 5, get_text(r, "path") != NULL ? get_copy(r, "path") : get_copy(r, "name"));
}

static void fill_request(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "id"));
	render_table_set(t, 1, copy(words_for(WORDS_REQUEST, get_text(r, "state"))));
	render_table_set(t, 2, named(r, "applicant", "applicant_name"));
	render_table_set(t, 3, time_of(r, "from"));
	render_table_set(t, 4, time_of(r, "to"));
	render_table_set(t, 5, opens_of(r));
	render_table_set(t, 6, get_copy(r, "purpose"));
	render_table_set(t, 7, wanted_of(r));
}

static void fill_custodian(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "unit"));
	render_table_set(t, 1, get_copy(r, "unit_name"));
	render_table_set(t, 2, get_copy(r, "person"));
	render_table_set(t, 3, get_copy(r, "person_name"));
	render_table_set(t, 4, time_of(r, "since"));
	render_table_set(t, 5, time_of(r, "until"));
}

static void fill_service(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "id"));
	render_table_set(t, 1, get_copy(r, "device"));
	render_table_set(t, 2, get_copy(r, "from"));
	render_table_set(t, 3, get_copy(r, "to"));
	render_table_set(t, 4, get_copy(r, "note"));
}

#define HIDDEN_HEADERS                                                                   \
	{                                                                                \
		N_("ITEM"), N_("SIZE"), N_("DEPOSITED"), N_("BY"), N_("WHY"), N_("NAME") \
	}

static const struct table_kind kinds[] = {
	{ "units", { N_("CODE"), N_("NAME") }, 0, fill_unit },
	{ "devices", { N_("SERIAL"), N_("UNIT"), N_("UNIT NAME") }, 0, fill_device },
	{ "people",
		{ N_("NUMBER"), N_("NAME"), N_("LOGIN"), N_("UNIT"), N_("STAFF"), N_("CERTIFIED"),
			N_("ROLES") },
		0, fill_person },
	{ "cases", { N_("NUMBER"), N_("CLASS"), N_("OPENED"), N_("PARTY"), N_("CAUSE") }, 0,
		fill_case },
	{ "items",
		{ N_("ITEM"), N_("STATE"), N_("SIZE"), N_("DEPOSITED"), N_("OFFICER"),
			N_("KEPT UNTIL"), N_("PATH") },
		1 << 0 | 1 << 2, fill_item },
	{ "incomplete", HIDDEN_HEADERS, 1 << 0 | 1 << 1, fill_hidden },
	{ "withdrawn", HIDDEN_HEADERS, 1 << 0 | 1 << 1, fill_hidden },
	{ "requests",
		{ N_("ID"), N_("STATE"), N_("APPLICANT"), N_("FROM"), N_("TO"), N_("TIMES READ"),
			N_("PURPOSE"), N_("WHAT") },
		1 << 0, fill_request },
	{ "pending",
		{ N_("ID"), N_("STATE"), N_("APPLICANT"), N_("FROM"), N_("TO"), N_("TIMES READ"),
			N_("PURPOSE"), N_("WHAT") },
		1 << 0, fill_request },
	{ "custodians",
		{ N_("UNIT"), N_("UNIT NAME"), N_("NUMBER"), N_("NAME"), N_("SINCE"), N_("UNTIL") },
		0, fill_custodian },
	{ "service", { N_("ID"), N_("DEVICE"), N_("FROM"), N_("TO"), N_("WHY") }, 1 << 0,
		fill_service },
};

const struct table_kind *table_kind(const char *what)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].what, what) == 0)
			return &kinds[i];
	return NULL;
}

struct render_table *table_new(const struct table_kind *kind)
{
	const char *headers[sizeof kind->headers / sizeof kind->headers[0]];
	size_t n = 0;
	for (; kind->headers[n] != NULL; n++)
		headers[n] = _(kind->headers[n]);
	return render_table_new(n, headers, kind->right);
}

void table_unit(struct render_table *t, const json_t *u)
{
	render_field(t, _("Unit"), get_copy(u, "code"));
	render_field(t, _("Name"), get_copy(u, "name"));
}

void table_device(struct render_table *t, const json_t *d)
{
	render_field(t, _("Device"), get_copy(d, "serial"));
	render_field(t, _("Of the unit"), unit_of(d));
}

void table_person(struct render_table *t, const json_t *p)
{
	char *roles = words_roles(get_text(p, "roles")), *certified = certified_of(p),
	     *login = login_of(p);
	render_field(t, _("Number"), get_copy(p, "number"));
	render_field(t, _("Name"), get_copy(p, "name"));
	render_field(t, _("Login"), login != NULL ? login : copy(_("none")));
	render_field(t, _("Of the unit"), unit_of(p));
	render_field(t, _("Roles"), *roles != '\0' ? copy(roles) : copy(_("none")));
	render_field(t, _("Staff"), copy(staff_of(p)));
	render_field(t, _("Certified"), certified != NULL ? certified : copy(_("never")));
	free(roles);
}

/* Texts in one line; NULL where there are none. */
static char *joined(const json_t *texts)
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

void table_case(struct render_table *t, const json_t *c)
{
	render_field(t, _("Case"), get_copy(c, "number"));
	render_field(t, _("Party"), get_copy(c, "party"));
	render_field(t, _("Cause"), get_copy(c, "cause"));
	render_field(t, _("Class"),
		get_text(c, "class") != NULL ? copy(words_for(WORDS_CLASS, get_text(c, "class")))
					     : NULL);
	render_field(t, _("Also called"), joined(json_object_get(c, "aliases")));
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
			      : copy(state);
}

static char *digest_of(const json_t *item, const char *key)
{
	const char *state = get_text(item, "state");
	return get_text(item, key) != NULL || state == NULL || strcmp(state, "sealed") != 0
		? get_copy(item, key)
		: copy(_("not computed yet"));
}

static char *worded(const json_t *item, const char *key, enum words kind)
{
	return get_text(item, key) != NULL ? copy(words_for(kind, get_text(item, key))) : NULL;
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
		return copy(*value == 'y' ? _("yes") : _("no"));
	return render_format(_("at %s of the recording"), value);
}

/* By whom, when and how it was disposed of. */
static void table_disposal(struct render_table *t, const json_t *d)
{
	const json_t *medium;
	size_t i;
	if (!json_is_object(d))
		return;
	render_field(t, _("Disposed of"), render_time(get_text(d, "at"), true));
	render_field(t, _("Proposal"), get_copy(d, "proposal"));
	render_field(t, _("Proposed by"), named(d, "proposed_by", "proposed_by_name"));
	render_field(t, _("Approved by"), named(d, "approved_by", "approved_by_name"));
	render_field(t, _("Policy version"), get_copy(d, "policy"));
	render_field(t, _("Content"), copy(words_for(WORDS_ERASURE, get_text(d, "how"))));
	render_field(t, _("File system"), get_copy(d, "fs"));
	json_array_foreach(json_object_get(d, "copies"), i, medium)
		render_field(
			t, i != 0 ? "" : _("Copies are still on"), copy(json_string_value(medium)));
}

void table_item(struct render_table *t, const json_t *i)
{
	render_field(t, _("Item"), get_copy(i, "item"));
	render_field(t, _("Path"), get_copy(i, "path"));
	render_field(t, _("Was at"), get_copy(i, "was_at"));
	render_field(t, _("Name"), get_copy(i, "name"));
	render_field(t, _("State"), state_of(i));
	render_field(t, _("Size"), exact_size(i));
	render_field(t, _("Unit"), unit_of(i));
	render_field(t, _("Device"), get_copy(i, "device"));
	render_field(t, _("Officer"), named(i, "officer", "officer_name"));
	render_field(t, _("Recorded on"), get_copy(i, "recorded_on"));
	render_field(t, _("Case"),
		json_array_size(json_object_get(i, "cases")) != 0
			? joined(json_object_get(i, "cases"))
			: get_copy(i, "case"));
	render_field(t, _("Form"), form_of(i));
	render_field(t, _("Stage"), worded(i, "stage", WORDS_STAGE));
	render_field(t, _("Informed"), informed_of(i));
	render_field(t, _("Important"), get_true(i, "important") ? copy(_("yes")) : NULL);
	render_field(t, _("Unrelated to duty"), worded(i, "unrelated", WORDS_UNRELATED));
	render_field(t, _("Deposited by"), named(i, "deposited_by", "deposited_by_name"));
	render_field(t, _("Deposited"), render_time(get_text(i, "deposited_at"), true));
	render_field(t, _("Sealed"), render_time(get_text(i, "sealed_at"), true));
	render_field(t, _("File time"), render_time(get_text(i, "mtime"), true));
	render_field(t, _("Class"),
		get_text(i, "class") != NULL ? copy(words_for(WORDS_CLASS, get_text(i, "class")))
					     : NULL);
	render_field(t, _("Kept until"), until_of(i));
	render_field(t, _("Kept so long"),
		get_text(i, "retain_basis") != NULL
			? copy(words_for(WORDS_BASIS, get_text(i, "retain_basis")))
			: NULL);
	table_disposal(t, json_object_get(i, "disposal"));
	render_field(t, _("SHA-256"), digest_of(i, "sha256"));
	render_field(t, _("SM3"), digest_of(i, "sm3"));
	render_field(t, _("Content root"), get_copy(i, "content_root"));
}

void table_request(struct render_table *t, const json_t *r)
{
	const json_t *paths = json_object_get(r, "paths"), *folders = json_object_get(r, "folders"),
		     *path;
	const char *kase = get_text(r, "case");
	size_t i;
	render_field(t, _("Request"), get_copy(r, "id"));
	render_field(t, _("State"), copy(words_for(WORDS_REQUEST, get_text(r, "state"))));
	render_field(t, _("Applicant"), named(r, "applicant", "applicant_name"));
	render_field(t, _("Purpose"), get_copy(r, "purpose"));
	render_field(t, _("From"), render_time(get_text(r, "from"), true));
	render_field(t, _("To"), render_time(get_text(r, "to"), true));
	render_field(t, _("Times read"), opens_of(r));
	render_field(t, _("Decided by"), named(r, "decided_by", "decided_by_name"));
	render_field(t, _("Decided"), render_time(get_text(r, "decided_at"), true));
	render_field(t, _("Reason"), get_copy(r, "reason"));
	if (kase != NULL && *kase != '\0')
		render_field(t, _("For the case"), copy(kase));
	json_array_foreach(paths, i, path)
		render_field(t, i != 0 ? "" : _("For"),
			json_is_string(path) ? copy(json_string_value(path)) : NULL);
	json_array_foreach(folders, i, path)
		render_field(t, i != 0 ? "" : _("For all in"),
			json_is_string(path) ? copy(json_string_value(path)) : NULL);
}

void table_print(void (*fill)(struct render_table *t, const json_t *object), const json_t *object)
{
	struct render_table *t = render_table_new(2, NULL, 0);
	fill(t, object);
	render_table_free(t, stdout);
}
