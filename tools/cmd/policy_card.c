/* A policy in words. */
#include "tools/cmd/policy_card.h"

#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "policy/setting.h"
#include "policy/term.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

/* "12 months from the recording day", by the class's kind. */
static char *term_of(const char *kind, long long months)
{
	char *length = months % 12 == 0
		? render_format(ngettext("%lld year", "%lld years", (unsigned long)(months / 12)),
			  months / 12)
		: render_format(
			  ngettext("%lld month", "%lld months", (unsigned long)months), months);
	char *text = NULL;

	switch (class_kind_parse(kind)) {
	case CLASS_RECORDED:
		text = render_format(_("%s from the recording day"), length);
		break;
	case CLASS_CLOSED:
		text = render_format(_("%s from the day on which the case is closed"), length);
		break;
	case CLASS_CASE:
		text = render_format("%s", _("as long as its cases"));
		break;
	case CLASS_PERMANENT:
	case CLASS_KIND_COUNT:
		text = render_format("%s", _("without end"));
		break;
	}
	free(length);
	return text;
}

static void show_classes(const json_t *classes)
{
	const char *headers[] = { _("CLASS"), _("KEPT") };
	struct render_table *t = render_table_new(2, headers, 0);
	json_t *class;
	size_t i;
	json_array_foreach(classes, i, class) {
		const char *kind = get_text(class, "kind");
		render_table_set(t, 0, get_copy(class, "name"));
		render_table_set(
			t, 1, term_of(kind != NULL ? kind : "", get_number(class, "months", 0)));
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

static void show_settings(const json_t *settings)
{
	const char *headers[] = { _("SETTING"), _("VALUE"), _("RANGE"), _("DEFAULT"),
		_("WHAT IT IS") };
	struct render_table *t = render_table_new(5, headers, 1 << 1 | 1 << 3);
	json_t *one;
	size_t i;
	json_array_foreach(settings, i, one) {
		const char *key = get_text(one, "key");
		const struct setting_rule *rule = key != NULL ? setting_find(key) : NULL;
		render_table_set(t, 0, get_copy(one, "key"));
		render_table_set(t, 1, get_copy(one, "value"));
		render_table_set(t, 2,
			render_format("%lld..%lld", get_number(one, "least", 0),
				get_number(one, "most", 0)));
		render_table_set(t, 3, get_copy(one, "default"));
		render_table_set(t, 4, rule != NULL ? render_format("%s", _(rule->help)) : NULL);
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

void policy_card_print(const json_t *p)
{
	struct render_table *t = render_table_new(2, NULL, 0);
	const json_t *readers = json_object_get(p, "readers"), *reader;
	size_t i;
	render_field(t, _("Policy version"), get_copy(p, "version"));
	render_field(t, _("Label"), get_copy(p, "label"));
	render_field(t, _("Effective from"), get_copy(p, "effective"));
	render_field(t, _("Interpreted by"), get_copy(p, "interpreter"));
	render_field(t, _("Proposed by"), cell_person(json_object_get(p, "proposed_by")));
	render_field(t, _("Agreed by"), cell_person(json_object_get(p, "agreed_by")));
	render_field(t, _("In force since"), render_time(get_text(p, "loaded_at"), true));
	json_array_foreach(readers, i, reader)
		render_field(t, i != 0 ? "" : _("Uninvited readers"),
			render_format("%s", json_string_value(reader)));
	render_table_free(t, stdout);
	render_line(stdout, "%s", "");
	show_classes(json_object_get(p, "classes"));
	render_line(stdout, "%s", "");
	show_settings(json_object_get(p, "settings"));
}
