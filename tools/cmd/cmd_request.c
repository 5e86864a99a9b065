/* custody request, approve, deny, revoke: asks for permission to read, and decides on requests. */
#include <stdlib.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/control/target.h"
#include "tools/text/card.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/table.h"

static int show_request(struct control *c, json_t *request, const char *what)
{
	json_t *answer = NULL;
	int status = control_show(c, request, what, &answer);
	if (answer != NULL)
		card_print(card_request, json_object_get(answer, "request"));
	json_decref(answer);
	return status;
}

/* The store takes item numbers or paths in one request, not both. */
static int set_wanted(struct control *c, const struct options *o, json_t *request)
{
	json_t *items = json_array(), *paths = json_array();
	int status = target_sort(c, o, items, paths);
	if (status == 0 && json_array_size(items) != 0 && json_array_size(paths) != 0)
		status = output_usage(
			c->out, "request", _("give either paths or item numbers, not both"));
	if (status == 0 && json_array_size(items) != 0)
		json_object_set(request, "items", items);
	if (status == 0 && json_array_size(paths) != 0)
		json_object_set(request, "paths", paths);
	json_decref(items);
	json_decref(paths);
	return status;
}

static int run_request(struct control *c, const struct options *o)
{
	const char *kase = o->value[OPTION_CASE];
	int64_t opens = 0;
	json_t *request;
	int status;
	if (o->value[OPTION_PURPOSE] == NULL || *o->value[OPTION_PURPOSE] == '\0')
		return output_usage(
			c->out, "request", _("say what you need it for, with --purpose"));
	if ((kase == NULL) == (o->argc == 0))
		return output_usage(c->out, "request",
			_("say what you want to read: paths or item numbers, or a whole case "
			  "with --case"));
	if (o->value[OPTION_OPENS] != NULL &&
		(!options_number(o->value[OPTION_OPENS], &opens) || opens == 0))
		return output_usage(c->out, "request", _("--opens needs a number from 1"));
	request = json_pack("{s:s, s:s, s:s?, s:s?, s:o}", "do", "request", "purpose",
		o->value[OPTION_PURPOSE], "from", o->value[OPTION_FROM], "to", o->value[OPTION_TO],
		"opens", opens != 0 ? json_integer(opens) : json_null());
	status = 0;
	if (request != NULL && kase != NULL &&
		json_object_set_new(request, "case", json_string(kase)) != 0) {
		json_decref(request);
		request = NULL;
	}
	if (request != NULL && kase == NULL)
		status = set_wanted(c, o, request);
	if (status != 0) {
		json_decref(request);
		return status;
	}
	return show_request(c, request, "request");
}

/* Decides on one request.  Where a reason is possible, the field is always sent. */
static int decide_request(struct control *c, const struct options *o, const char *what, bool reason)
{
	int64_t id;
	json_t *request;
	char *name;
	int status;
	if (!options_number(o->argv[0], &id)) {
		return output_usage(c->out, o->argv[0],
			_("this is not the number of a request; custody requests lists them"));
	}
	request = json_pack("{s:s, s:I}", "do", what, "id", (json_int_t)id);
	if (reason && request != NULL) {
		const char *text = o->value[OPTION_REASON];
		if (json_object_set_new(request, "reason",
			    text != NULL ? json_string(text) : json_null()) != 0) {
			json_decref(request);
			request = NULL;
		}
	}
	name = render_format("%s %s", what, o->argv[0]);
	status = show_request(c, request, name);
	free(name);
	return status;
}

static int run_approve(struct control *c, const struct options *o)
{
	return decide_request(c, o, "approve", false);
}

static int run_deny(struct control *c, const struct options *o)
{
	return decide_request(c, o, "deny", true);
}

static int run_revoke(struct control *c, const struct options *o)
{
	return decide_request(c, o, "revoke", true);
}

static int run_requests(struct control *c, const struct options *o)
{
	const struct table_kind *kind = table_kind(
		(o->given & OPTION_BIT(PENDING)) != 0 ? "pending" : "requests");
	json_t *request = json_pack(
		"{s:s, s:s, s:i}", "do", "list", "what", kind->what, "limit", 500);
	return list_print(c, request, kind);
}

const struct command cmd_request[] = {
	{ "request", N_("PATH...|ITEM...|--case NUMBER --purpose TEXT [OPTION]..."), 0,
		COMMAND_MANY, COMMAND_PATH_FIRST,
		OPTION_BIT(CASE) | OPTION_BIT(PURPOSE) | OPTION_BIT(FROM) | OPTION_BIT(TO) |
			OPTION_BIT(OPENS),
		run_request, N_("ask for approval to read") },
	{ "requests", N_("[--pending]"), 0, 0, COMMAND_OFFLINE, OPTION_BIT(PENDING), run_requests,
		N_("list the requests") },
	{ "approve", N_("ID"), 1, 1, 0, 0, run_approve, N_("approve a request") },
	{ "deny", N_("ID [--reason TEXT]"), 1, 1, 0, OPTION_BIT(REASON), run_deny,
		N_("deny a request") },
	{ "revoke", N_("ID [--reason TEXT]"), 1, 1, 0, OPTION_BIT(REASON), run_revoke,
		N_("take an approval back") },
	{ .name = NULL },
};
