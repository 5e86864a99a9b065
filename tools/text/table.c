/* Lists as tables. */
#include "tools/text/table.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/words.h"

/* What a request is for: its case, or its paths; item numbers where a path may not be seen. */
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
	first = path != NULL ? cell_copy(path)
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
	render_table_set(t, 2, cell_login(r));
	render_table_set(t, 3,
		get_text(r, "unit_name") != NULL ? get_copy(r, "unit_name") : get_copy(r, "unit"));
	render_table_set(t, 4, cell_copy(cell_staff(r)));
	render_table_set(t, 5, cell_certified(r));
	render_table_set(t, 6, words_roles(get_text(r, "roles")));
}

static void fill_case(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "number"));
	render_table_set(t, 1, cell_copy(words_for(WORDS_CLASS, get_text(r, "class"))));
	render_table_set(t, 2, cell_time(r, "opened"));
	render_table_set(t, 3, get_copy(r, "party"));
	render_table_set(t, 4, get_copy(r, "cause"));
}

static void fill_item(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "item"));
	render_table_set(t, 1,
		cell_copy(get_true(r, "settling") ? _("settling")
						  : words_for(WORDS_STATE, get_text(r, "state"))));
	render_table_set(t, 2, cell_size(r));
	render_table_set(t, 3, cell_time(r, "deposited_at"));
	render_table_set(t, 4, get_copy(r, "officer_name"));
	render_table_set(t, 5, cell_until(r));
	render_table_set(t, 6, cell_place(r));
}

static void fill_hidden(struct render_table *t, const json_t *r)
{
	const char *reason;
	render_table_set(t, 0, get_copy(r, "item"));
	render_table_set(t, 1, cell_size(r));
	render_table_set(t, 2, cell_time(r, "deposited_at"));
	render_table_set(t, 3, cell_named(r, "deposited_by", "deposited_by_name"));
	reason = get_text(r, "reason");
	render_table_set(t, 4,
		cell_copy(reason != NULL ? words_for(WORDS_BROKEN, reason)
					 : words_for(WORDS_STATE, get_text(r, "state"))));
	render_table_set(t, 5, cell_place(r));
}

static void fill_request(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "id"));
	render_table_set(t, 1, cell_copy(words_for(WORDS_REQUEST, get_text(r, "state"))));
	render_table_set(t, 2, cell_named(r, "applicant", "applicant_name"));
	render_table_set(t, 3, cell_time(r, "from"));
	render_table_set(t, 4, cell_time(r, "to"));
	render_table_set(t, 5, cell_opens(r));
	render_table_set(t, 6, get_copy(r, "purpose"));
	render_table_set(t, 7, wanted_of(r));
}

static void fill_custodian(struct render_table *t, const json_t *r)
{
	render_table_set(t, 0, get_copy(r, "unit"));
	render_table_set(t, 1, get_copy(r, "unit_name"));
	render_table_set(t, 2, get_copy(r, "person"));
	render_table_set(t, 3, get_copy(r, "person_name"));
	render_table_set(t, 4, cell_time(r, "since"));
	render_table_set(t, 5, cell_time(r, "until"));
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
