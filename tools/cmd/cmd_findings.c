/* custody findings, finding settle: lists irregularities, and settles them. */
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/text/card.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/table.h"
#include "tools/text/words.h"

/* What a finding is about, apart from its item, in a few words. */
static char *subject_of(const json_t *f)
{
	const char *rule = get_text(f, "rule"), *note = get_text(f, "note");
	const json_t *missing = json_object_get(f, "missing");
	if (rule != NULL && strcmp(rule, "gap") == 0)
		return json_integer_value(json_array_get(missing, 0)) ==
				json_integer_value(json_array_get(missing, 1))
			? render_format(_("number %04lld is missing"),
				  (long long)json_integer_value(json_array_get(missing, 0)))
			: render_format(_("numbers %04lld to %04lld are missing"),
				  (long long)json_integer_value(json_array_get(missing, 0)),
				  (long long)json_integer_value(json_array_get(missing, 1)));
	if (rule != NULL && strcmp(rule, "late") == 0)
		return render_format(ngettext("%s day late", "%s days late",
					     strtoul(note != NULL ? note : "0", NULL, 10)),
			note);
	if (rule != NULL && strcmp(rule, "clock") == 0)
		return render_format(_("moved by %+.1f hours"),
			(double)strtoll(note != NULL ? note : "0", NULL, 10) / 3600000);
	return get_copy(f, "note");
}

static char *place_of(const json_t *f)
{
	const char *path = get_text(f, "path"), *device = get_text(f, "device"),
		   *day = get_text(f, "recorded_on"), *unit = get_text(f, "unit_name");
	if (path != NULL)
		return get_copy(f, "path");
	if (device != NULL && day != NULL)
		return render_format("%s %s", device, day);
	return unit != NULL ? render_format("%s", unit) : NULL;
}

static void fill_row(struct render_table *t, const json_t *f)
{
	const char *state = get_text(f, "state"), *by = get_text(f, "settled_by_name");
	bool settled = state != NULL && strcmp(state, "settled") == 0;
	render_table_set(t, 0, get_copy(f, "id"));
	render_table_set(t, 1, render_time(get_text(f, "found_at"), false));
	render_table_set(t, 2, render_format("%s", words_for(WORDS_FINDING, get_text(f, "rule"))));
	render_table_set(t, 3,
		!settled             ? render_format("%s", _("open"))
			: by != NULL ? render_format(_("settled by %s"), by)
				     : render_format("%s", _("put right")));
	render_table_set(t, 4, subject_of(f));
	render_table_set(t, 5, place_of(f));
}

static const struct table_kind findings = {
	"findings",
	{ N_("ID"), N_("FOUND"), N_("FINDING"), N_("STATE"), N_("WHAT"), N_("WHERE") },
	1 << 0,
	fill_row,
};

static int run_findings(struct control *c, const struct options *o)
{
	return list_print(c,
		json_pack("{s:s, s:b, s:s?, s:s?, s:i}", "do", "findings", "open",
			(o->given & OPTION_BIT(OPEN)) != 0, "unit", o->value[OPTION_UNIT], "rule",
			o->value[OPTION_RULE], "limit", 500),
		&findings);
}

static void card_finding(struct render_table *t, const json_t *f)
{
	render_field(t, _("Finding"),
		render_format("%s", words_for(WORDS_FINDING, get_text(f, "rule"))));
	render_field(t, _("What it is about"), subject_of(f));
	render_field(t, _("Where"), place_of(f));
	render_field(t, _("Found"), render_time(get_text(f, "found_at"), true));
	render_field(t, _("Settled"), render_time(get_text(f, "settled_at"), true));
	render_field(t, _("Settled by"), get_copy(f, "settled_by_name"));
	render_field(t, _("Reason"), get_copy(f, "settled_why"));
}

static int run_finding_settle(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int64_t id;
	int status;
	if (!options_number(o->argv[0], &id)) {
		return output_usage(c->out, o->argv[0],
			_("this is not the number of a finding; custody findings lists them"));
	}
	if (o->value[OPTION_REASON] == NULL || *o->value[OPTION_REASON] == '\0')
		return output_usage(c->out, "finding settle", _("say why, with --reason"));
	status = control_show(c,
		json_pack("{s:s, s:I, s:s}", "do", "finding.settle", "id", (json_int_t)id, "reason",
			o->value[OPTION_REASON]),
		o->argv[0], &answer);
	if (answer != NULL)
		card_print(card_finding, json_object_get(answer, "finding"));
	json_decref(answer);
	return status;
}

const struct command cmd_findings[] = {
	{ "findings", N_("[--open] [--unit UNIT] [--rule RULE]"), 0, 0, COMMAND_OFFLINE,
		OPTION_BIT(OPEN) | OPTION_BIT(UNIT) | OPTION_BIT(RULE), run_findings,
		N_("list the irregularities that were found") },
	{ "finding settle", N_("ID --reason TEXT"), 1, 1, 0, OPTION_BIT(REASON), run_finding_settle,
		N_("settle a finding, with the reason") },
	{ .name = NULL },
};
