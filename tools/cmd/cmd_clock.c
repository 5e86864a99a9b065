/*
 * custody clock: the store's time; setting a test clock; two people put forward a clock that lags.
 */
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"

static const char *state_word(const char *state)
{
	if (state != NULL && strcmp(state, "agreed") == 0)
		return _("agreed");
	return state != NULL && strcmp(state, "refused") == 0 ? _("refused") : _("proposed");
}

/* How far a clock lags, in its largest unit: "12 days"; NULL for less than a minute. */
static char *lag_text(long long ms)
{
	long long hours = ms / 3600000;
	if (ms < 60000)
		return NULL;
	if (hours < 1)
		return render_format(_("%lld minutes"), ms / 60000);
	return hours < 48 ? render_format(_("%lld hours"), hours)
			  : render_format(_("%lld days"), hours / 24);
}

static void show_moves(const json_t *moves)
{
	const char *headers[] = { _("Number"), _("Put forward to"), _("State"), _("Proposed by"),
		_("Decided by"), _("Reason") };
	struct render_table *t = render_table_new(6, headers, 1);
	const json_t *m;
	size_t i;
	json_array_foreach(moves, i, m) {
		render_table_set(t, 0, get_copy(m, "id"));
		render_table_set(t, 1, render_time(get_text(m, "to"), false));
		render_table_set(t, 2, render_format("%s", state_word(get_text(m, "state"))));
		render_table_set(t, 3, cell_person(json_object_get(m, "proposed_by")));
		render_table_set(t, 4, cell_person(json_object_get(m, "decided_by")));
		render_table_set(t, 5, get_copy(m, "reason"));
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

static int show_clock(struct control *c, json_t *request, const char *what)
{
	json_t *answer = NULL;
	int status = control_show(c, request, what, &answer);
	if (answer != NULL) {
		const json_t *moves = json_object_get(answer, "moves");
		struct render_table *t = render_table_new(2, NULL, 0);
		render_field(
			t, _("Compliance clock"), render_time(get_text(answer, "clock"), true));
		render_field(t, _("Wall clock"), render_time(get_text(answer, "wall"), true));
		render_field(t, _("Behind by"), lag_text(get_number(answer, "behind_ms", 0)));
		render_field(t, _("Test clock"),
			render_format("%s", get_true(answer, "test_clock") ? _("yes") : _("no")));
		render_table_free(t, stdout);
		if (json_array_size(moves) != 0) {
			render_line(stdout, "%s", "");
			show_moves(moves);
		}
	}
	json_decref(answer);
	return status;
}

static int run_clock(struct control *c, const struct options *o)
{
	(void)o;
	return show_clock(c, json_pack("{s:s}", "do", "clock"), "clock");
}

static int run_clock_set(struct control *c, const struct options *o)
{
	return show_clock(c, json_pack("{s:s, s:s}", "do", "clock", "to", o->argv[0]), "clock set");
}

static int run_clock_propose(struct control *c, const struct options *o)
{
	if (o->value[OPTION_REASON] == NULL)
		return output_usage(c->out, "clock propose", _("say why, with --reason"));
	return show_clock(c,
		json_pack("{s:s, s:s, s:s}", "do", "clock.propose", "to", o->argv[0], "reason",
			o->value[OPTION_REASON]),
		"clock propose");
}

static int decide_proposal(struct control *c, const struct options *o, const char *command)
{
	int64_t id;
	if (!options_number(o->argv[0], &id)) {
		return output_usage(c->out, o->argv[0],
			_("this is not the number of a proposal; custody clock lists them"));
	}
	return show_clock(c,
		json_pack("{s:s, s:I, s:s?}", "do", command, "id", (json_int_t)id, "reason",
			o->value[OPTION_REASON]),
		o->argv[0]);
}

static int run_clock_agree(struct control *c, const struct options *o)
{
	return decide_proposal(c, o, "clock.agree");
}

static int run_clock_refuse(struct control *c, const struct options *o)
{
	return decide_proposal(c, o, "clock.refuse");
}

const struct command cmd_clock[] = {
	{ "clock set", N_("TIME"), 1, 1, 0, 0, run_clock_set, N_("set a test store's clock") },
	{ "clock propose", N_("TIME --reason TEXT"), 1, 1, 0, OPTION_BIT(REASON), run_clock_propose,
		N_("propose to put a clock that lags forward") },
	{ "clock agree", N_("NUMBER"), 1, 1, 0, 0, run_clock_agree,
		N_("agree to put the clock forward, as a second person") },
	{ "clock refuse", N_("NUMBER [--reason TEXT]"), 1, 1, 0, OPTION_BIT(REASON),
		run_clock_refuse, N_("refuse to put the clock forward") },
	{ "clock", "", 0, 0, 0, 0, run_clock, N_("show the store's clock") },
	{ .name = NULL },
};
