/* custody set, custody unrelated: marks items. */
#include <string.h>

#include "fs/store/base/i18n.h"
#include "policy/tag.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/control/target.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/words.h"

#define NONE "none" /* as a value: removes what was set */

static bool can_set(const char *name)
{
	return strcmp(name, "class") == 0 || strcmp(name, "retain-until") == 0 ||
		tag_parse(name) != TAG_COUNT;
}

static int set_one(struct control *c, const char *name, const char *value, const char *argument)
{
	json_t *request = json_pack("{s:s, s:s, s:s?}", "do", "set", "name", name, "value",
		       strcmp(value, NONE) != 0 ? value : NULL),
	       *answer = NULL;
	int status = request != NULL ? target_set(c, request, argument) : 0;
	if (status != 0) {
		json_decref(request);
		return status;
	}
	status = control_show(c, request, argument, &answer);
	if (answer != NULL)
		render_line(stdout, _("%s: %s is %s now"), argument, name, value);
	json_decref(answer);
	return status;
}

static int run_set(struct control *c, const struct options *o)
{
	int worst = STATUS_DONE;
	if (!can_set(o->argv[0])) {
		return output_usage(c->out, o->argv[0],
			_("this cannot be set; class, retain-until, stage, informed and important "
			  "can"));
	}
	for (int i = 2; i < o->argc; i++) {
		int status = set_one(c, o->argv[0], o->argv[1], o->argv[i]);
		if (status > worst)
			worst = status;
	}
	return worst;
}

static int send_unrelated(struct control *c, const struct options *o, const char *what)
{
	json_t *request = json_pack("{s:s, s:s, s:s?}", "do", "unrelated", "what", what, "reason",
		       o->value[OPTION_REASON]),
	       *answer = NULL;
	int status = request != NULL ? target_set(c, request, o->argv[0]) : 0;
	if (status != 0) {
		json_decref(request);
		return status;
	}
	status = control_show(c, request, o->argv[0], &answer);
	if (answer != NULL)
		render_line(stdout, _("%s: unrelated to duty: %s"), o->argv[0],
			words_for(WORDS_UNRELATED, get_text(answer, "state")));
	json_decref(answer);
	return status;
}

static int run_unrelated_propose(struct control *c, const struct options *o)
{
	if (o->value[OPTION_REASON] == NULL)
		return output_usage(c->out, "unrelated propose", _("say why, with --reason"));
	return send_unrelated(c, o, "propose");
}

static int run_unrelated_agree(struct control *c, const struct options *o)
{
	return send_unrelated(c, o, "agree");
}

static int run_unrelated_refuse(struct control *c, const struct options *o)
{
	return send_unrelated(c, o, "refuse");
}

static void fill_unrelated(struct render_table *t, const json_t *row)
{
	render_table_set(t, 0, get_copy(row, "item"));
	render_table_set(
		t, 1, render_format("%s", words_for(WORDS_UNRELATED, get_text(row, "state"))));
	render_table_set(t, 2, cell_person(json_object_get(row, "proposed_by")));
	render_table_set(t, 3, cell_person(json_object_get(row, "decided_by")));
	render_table_set(t, 4, get_copy(row, "reason"));
	render_table_set(t, 5, get_copy(row, "path"));
}

static const struct table_kind unrelated_items = {
	"unrelated list",
	{ N_("ITEM"), N_("STATE"), N_("PROPOSED BY"), N_("DECIDED BY"), N_("REASON"), N_("PATH") },
	1 << 0,
	fill_unrelated,
};

static int run_unrelated_list(struct control *c, const struct options *o)
{
	(void)o;
	return list_print(c, json_pack("{s:s}", "do", "unrelated.list"), &unrelated_items);
}

const struct command cmd_tag[] = {
	{ "set", N_("NAME VALUE PATH...|ITEM..."), 3, COMMAND_MANY, COMMAND_PATH_LAST, 0, run_set,
		N_("set class, retain-until, stage, informed or important") },
	{ "unrelated propose", N_("PATH|ITEM --reason TEXT"), 1, 1, COMMAND_PATH_FIRST,
		OPTION_BIT(REASON), run_unrelated_propose,
		N_("propose that a recording is unrelated to duty") },
	{ "unrelated agree", N_("PATH|ITEM [--reason TEXT]"), 1, 1, COMMAND_PATH_FIRST,
		OPTION_BIT(REASON), run_unrelated_agree, N_("agree to that, as a second person") },
	{ "unrelated refuse", N_("PATH|ITEM [--reason TEXT]"), 1, 1, COMMAND_PATH_FIRST,
		OPTION_BIT(REASON), run_unrelated_refuse, N_("refuse that, as a second person") },
	{ "unrelated list", "", 0, 0, COMMAND_OFFLINE, 0, run_unrelated_list,
		N_("list what was proposed as unrelated to duty") },
	{ .name = NULL },
};
