/* custody hold: what must be kept even after its term (Art. 12). */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/control/target.h"
#include "tools/text/card.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/table.h"

/* "1: a party objects, complains or petitions". */
static char *ground_of(const json_t *h)
{
	static const char *const grounds[] = {
		N_("a party objects, complains or petitions"),
		N_("enforcement was evaded, refused or obstructed"),
		N_("a mass incident or an emergency"),
		N_("other important circumstances"),
	};
	long long n = get_number(h, "ground", 0);
	return n >= 1 && n <= 4 ? render_format("%lld: %s", n, _(grounds[n - 1]))
				: render_format("%lld", n);
}

static char *state_of(const json_t *h)
{
	return render_format("%s",
		get_text(h, "released_at") != NULL        ? _("released")
			: get_text(h, "asked_by") != NULL ? _("release asked for")
							  : _("in force"));
}

static void card_hold(struct render_table *t, const json_t *h)
{
	render_field(t, _("Hold"), get_copy(h, "name"));
	render_field(t, _("State"), state_of(h));
	render_field(t, _("On"), get_copy(h, "path"));
	render_field(t, _("Item"), get_copy(h, "item"));
	render_field(t, _("Ground"), ground_of(h));
	render_field(t, _("Reason"), get_copy(h, "reason"));
	render_field(t, _("Set by"), cell_named(h, "set_by", "set_by_name"));
	render_field(t, _("Set"), render_time(get_text(h, "set_at"), true));
	render_field(t, _("Release asked for by"), cell_named(h, "asked_by", "asked_by_name"));
	render_field(t, _("Asked"), render_time(get_text(h, "asked_at"), true));
	render_field(t, _("Why it was asked for"), get_copy(h, "asked_why"));
	render_field(t, _("Released by"), cell_named(h, "released_by", "released_by_name"));
	render_field(t, _("Released"), render_time(get_text(h, "released_at"), true));
	render_field(t, _("Why it was released"), get_copy(h, "released_why"));
}

static void fill_hold(struct render_table *t, const json_t *h)
{
	render_table_set(t, 0, get_copy(h, "name"));
	render_table_set(t, 1, ground_of(h));
	render_table_set(t, 2, get_copy(h, "reason"));
	render_table_set(t, 3, cell_named(h, "set_by", "set_by_name"));
	render_table_set(t, 4, render_time(get_text(h, "set_at"), false));
	render_table_set(t, 5, state_of(h));
	render_table_set(t, 6, get_copy(h, "path"));
}

static void fill_uncopied(struct render_table *t, const json_t *row)
{
	const json_t *names = json_object_get(row, "holds"), *name;
	char *all = render_format("%s", "");
	size_t i;
	json_array_foreach(names, i, name) {
		char *longer = render_format("%s%s%s", all, i != 0 ? _(", ") : "",
			json_string_value(name) != NULL ? json_string_value(name) : "");
		free(all);
		all = longer;
	}
	render_table_set(t, 0, get_copy(row, "item"));
	render_table_set(t, 1, all);
	render_table_set(t, 2, render_format("%s", _("no offline copy")));
	render_table_set(t, 3, cell_place(row));
}

static const struct table_kind holds = {
	"hold list",
	{ N_("HOLD"), N_("GROUND"), N_("REASON"), N_("SET BY"), N_("SET"), N_("STATE"), N_("ON") },
	0,
	fill_hold,
};
static const struct table_kind uncopied = {
	"hold list",
	{ N_("ITEM"), N_("HOLDS"), N_("OFFLINE COPY"), N_("PATH") },
	1 << 0,
	fill_uncopied,
};

static int change_hold(
	struct control *c, const struct options *o, const char *command, int64_t ground)
{
	const char *reason = o->value[OPTION_REASON];
	json_t *answer = NULL,
	       *request = json_pack(
		       "{s:s, s:s, s:s?}", "do", command, "name", o->argv[0], "reason", reason);
	int status = request != NULL ? target_set(c, request, o->argv[1]) : 0;
	if (status != 0) {
		json_decref(request);
		return status;
	}
	if (ground != 0)
		json_object_set_new(request, "ground", json_integer(ground));
	status = control_show(c, request, o->argv[0], &answer);
	if (answer != NULL)
		card_print(card_hold, json_object_get(answer, "hold"));
	json_decref(answer);
	return status;
}

static int run_hold_set(struct control *c, const struct options *o)
{
	int64_t ground = 0;
	if (o->value[OPTION_GROUND] == NULL || !options_number(o->value[OPTION_GROUND], &ground) ||
		ground < 1 || ground > 4) {
		return output_usage(c->out, "hold",
			_("say on which ground of Art. 12, with --ground 1, 2, 3 or 4; ground 4 "
			  "takes a --reason"));
	}
	return change_hold(c, o, "hold.set", ground);
}

static int run_hold_ask(struct control *c, const struct options *o)
{
	return change_hold(c, o, "hold.ask", 0);
}

static int run_hold_release(struct control *c, const struct options *o)
{
	if (o->value[OPTION_REASON] == NULL)
		return output_usage(c->out, "hold", _("say why, with --reason"));
	return change_hold(c, o, "hold.release", 0);
}

static int run_hold_list(struct control *c, const struct options *o)
{
	bool without = o->value[OPTION_NO_OFFLINE_COPY] != NULL;
	json_t *request = json_pack("{s:s, s:i, s:b, s:b}", "do", "hold.list", "limit", 500, "all",
		o->value[OPTION_ALL] != NULL, "no_offline_copy", without);
	int status = request != NULL && o->argc != 0 ? target_set(c, request, o->argv[0]) : 0;
	if (status != 0) {
		json_decref(request);
		return status;
	}
	return list_print(c, request, without ? &uncopied : &holds);
}

const struct command cmd_hold[] = {
	{ "hold set", N_("NAME PATH|ITEM --ground N [--reason TEXT]"), 2, 2, COMMAND_PATH_LAST,
		OPTION_BIT(GROUND) | OPTION_BIT(REASON), run_hold_set,
		N_("keep an item, or all in a folder or case, even after its term") },
	{ "hold ask", N_("NAME PATH|ITEM [--reason TEXT]"), 2, 2, COMMAND_PATH_LAST,
		OPTION_BIT(REASON), run_hold_ask, N_("ask for the release of a hold") },
	{ "hold release", N_("NAME PATH|ITEM --reason TEXT"), 2, 2, COMMAND_PATH_LAST,
		OPTION_BIT(REASON), run_hold_release, N_("release a hold that somebody else set") },
	{ "hold list", N_("[PATH|ITEM] [--all] [--no-offline-copy]"), 0, 1,
		COMMAND_OFFLINE | COMMAND_PATH_FIRST, OPTION_BIT(ALL) | OPTION_BIT(NO_OFFLINE_COPY),
		run_hold_list, N_("list the holds, or what is held without an offline copy") },
	{ .name = NULL },
};
