/* custody dispose: one person proposes what may be deleted after its term, another approves. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/cmd/proposal.h"
#include "tools/control/target.h"
#include "tools/text/card.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/words.h"

static int run_dispose_list(struct control *c, const struct options *o)
{
	bool register_of = o->value[OPTION_DONE] != NULL;
	return list_print(c,
		json_pack("{s:s, s:i}", "do", register_of ? "dispose.done" : "dispose.list",
			"limit", 500),
		register_of ? &proposal_done : &proposal_list);
}

static bool parse_number(const struct options *o, int64_t *id)
{
	if (options_number(o->argv[0], id))
		return true;
	output_complain(o->out, o->argv[0], "%s",
		_("this is not the number of a proposal; custody dispose list lists them"));
	return false;
}

static int run_dispose_show(struct control *c, const struct options *o)
{
	int64_t id;
	json_t *answer = NULL;
	if (!parse_number(o, &id))
		return STATUS_UNREACHABLE;
	if (!c->json) {
		int status = control_ask(c,
			json_pack("{s:s, s:I, s:i}", "do", "dispose.items", "id", (json_int_t)id,
				"limit", 1),
			o->argv[0], &answer);
		if (status != 0)
			return status;
		card_print(proposal_card, json_object_get(answer, "proposal"));
		render_line(stdout, "%s", "");
		json_decref(answer);
	}
	return list_print(c,
		json_pack("{s:s, s:I, s:i}", "do", "dispose.items", "id", (json_int_t)id, "limit",
			500),
		&proposal_items);
}

/* Complains of a refusal; where it names an item, under the item's number. */
static void complain_refusal(const struct control *c, const char *what, const json_t *answer)
{
	long long item = get_number(answer, "item", 0);
	char *name = item != 0 ? render_format(_("item %lld"), item) : render_format("%s", what);
	control_complain(c, name, answer);
	free(name);
}

/* Asks; complains of a refusal and, with --json, prints it.  0 and the answer, or a status. */
static int ask_store(struct control *c, json_t *request, const char *what, json_t **answer)
{
	int err = request != NULL ? control_transact(c, request, answer) : 0;
	bool lost = request == NULL || err != 0;
	json_decref(request);
	if (lost) {
		output_complain(c->out, what, _("the store does not answer: %s"),
			i18n_error(err != 0 ? err : EILSEQ));
		return STATUS_UNREACHABLE;
	}
	if (get_true(*answer, "ok"))
		return 0;
	if (c->json)
		output_json(c->out, *answer);
	complain_refusal(c, what, *answer);
	json_decref(*answer);
	*answer = NULL;
	return STATUS_REFUSED;
}

/* Adds the paths and item numbers of the command line. */
static int set_named(struct control *c, const struct options *o, json_t *request)
{
	json_t *numbers = json_array(), *paths = json_array();
	int status = target_sort(c, o, numbers, paths);
	json_object_set_new(request, "items", numbers);
	json_object_set_new(request, "paths", paths);
	return status;
}

static int check_propose(const struct options *o)
{
	int kinds = (o->value[OPTION_EXPIRED] != NULL) + (o->value[OPTION_INCOMPLETE] != NULL) +
		(o->value[OPTION_WITHDRAWN] != NULL);
	if (kinds > 1)
		return output_usage(o->out, "dispose propose",
			_("--expired, --incomplete and --withdrawn cannot be given together"));
	if (o->value[OPTION_EXPIRED] != NULL && o->argc != 0)
		return output_usage(o->out, "dispose propose",
			_("--expired collects by itself; name no items with it"));
	if (kinds == 0 && o->argc == 0)
		return output_usage(o->out, "dispose propose",
			_("say what to dispose of: paths or item numbers, --expired, --incomplete "
			  "or --withdrawn"));
	if (o->value[OPTION_UNIT] != NULL && o->value[OPTION_EXPIRED] == NULL)
		return output_usage(o->out, "dispose propose", _("--unit goes with --expired"));
	return 0;
}

/* A proposal holds a limited number of items: makes as many proposals as needed. */
static int propose_all(struct control *c, json_t *request, json_t *rows)
{
	struct progress progress;
	int status = 0;
	size_t items_in = 0;
	bool more = true;
	progress_begin(&progress, _("collecting"), false);
	while (status == 0 && more) {
		json_t *answer = NULL;
		const json_t *proposal, *cursor;
		status = ask_store(c, json_incref(request), "dispose propose", &answer);
		proposal = json_object_get(answer, "proposal");
		cursor = json_object_get(answer, "cursor");
		if (json_is_object(proposal)) {
			json_array_append(rows, (json_t *)proposal);
			items_in += (size_t)get_number(proposal, "items", 0);
		}
		more = json_is_string(cursor);
		if (more)
			json_object_set(request, "cursor", (json_t *)cursor);
		json_decref(answer);
		progress_show(&progress, items_in, 0);
	}
	progress_end(&progress);
	return status;
}

static int run_dispose_propose(struct control *c, const struct options *o)
{
	const char *state = o->value[OPTION_INCOMPLETE] != NULL ? "incomplete"
		: o->value[OPTION_WITHDRAWN] != NULL            ? "withdrawn"
								: NULL;
	json_t *rows = json_array(), *row,
	       *request = json_pack("{s:s, s:b, s:s?, s:s?, s:s?}", "do", "dispose.propose",
		       "expired", o->value[OPTION_EXPIRED] != NULL, "state", state, "reason",
		       o->value[OPTION_REASON], "unit", o->value[OPTION_UNIT]);
	int status = check_propose(o);
	size_t i;
	if (status == 0 && request != NULL)
		status = set_named(c, o, request);
	if (status == 0)
		status = propose_all(c, request, rows);
	json_decref(request);
	if (status == 0 && c->json) {
		json_t *document = json_pack("{s:O, s:b}", "proposals", rows, "ok", 1);
		output_json(c->out, document);
		json_decref(document);
	} else if (status == 0) {
		json_array_foreach(rows, i, row)
			card_print(proposal_card, row);
		if (json_array_size(rows) == 0)
			render_line(stdout, "%s", _("There is nothing to be disposed of."));
	}
	json_decref(rows);
	return status;
}

/* Prints how a disposal ended. */
static int print_end(struct control *c, const json_t *proposal, long long left)
{
	const char *state = get_text(proposal, "state");
	bool stopped = state != NULL && strcmp(state, "stopped") == 0;
	if (c->json) {
		json_t *document = json_pack("{s:O, s:I, s:b}", "proposal", proposal, "left",
			(json_int_t)left, "ok", !stopped && left == 0);
		output_json(c->out, document);
		json_decref(document);
	} else
		card_print(proposal_card, proposal);
	if (stopped)
		output_complain(c->out, "dispose",
			_("it stopped at item %lld: %s; that one and all after it stay"),
			get_number(proposal, "stopped_item", 0),
			words_for(WORDS_REASON, get_text(proposal, "stopped_why")));
	if (left != 0)
		output_complain(c->out, "dispose",
			ngettext("the content of %lld item could not be removed yet; it will be "
				 "tried again at the next mount",
				"the content of %lld items could not be removed yet; it will be "
				"tried again at the next mount",
				(unsigned long)left),
			left);
	return stopped || left != 0 ? STATUS_REFUSED : STATUS_DONE;
}

/* The store disposes of a part at a time: asks until nothing is left. */
static int execute_proposal(struct control *c, int64_t id, const char *what)
{
	struct progress progress;
	long long left = 0;
	json_t *last = NULL;
	bool more = true;
	int status = 0;
	progress_begin(&progress, _("disposing"), false);
	while (status == 0 && more) {
		json_t *answer = NULL;
		status = ask_store(c,
			json_pack("{s:s, s:I}", "do", "dispose.execute", "id", (json_int_t)id),
			what, &answer);
		if (status == 0) {
			json_decref(last);
			last = json_incref(json_object_get(answer, "proposal"));
			left += get_number(answer, "left", 0);
			more = get_true(answer, "more");
			progress_show(&progress, (uint64_t)get_number(last, "done", 0),
				(uint64_t)get_number(last, "items", 0));
		}
		json_decref(answer);
	}
	progress_end(&progress);
	if (status == 0)
		status = print_end(c, last, left);
	json_decref(last);
	return status;
}

static int decide_proposal(struct control *c, const struct options *o, const char *command,
	int64_t id, json_t **answer)
{
	return ask_store(c,
		json_pack("{s:s, s:I, s:s?}", "do", command, "id", (json_int_t)id, "reason",
			o->value[OPTION_REASON]),
		o->argv[0], answer);
}

static int run_dispose_approve(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int64_t id;
	int status;
	if (!parse_number(o, &id))
		return STATUS_UNREACHABLE;
	status = decide_proposal(c, o, "dispose.approve", id, &answer);
	json_decref(answer);
	return status != 0 ? status : execute_proposal(c, id, o->argv[0]);
}

static int end_proposal(struct control *c, const struct options *o, const char *command)
{
	json_t *answer = NULL;
	int64_t id;
	int status;
	if (!parse_number(o, &id))
		return STATUS_UNREACHABLE;
	status = decide_proposal(c, o, command, id, &answer);
	if (status == 0 && c->json)
		output_json(c->out, answer);
	else if (status == 0)
		card_print(proposal_card, json_object_get(answer, "proposal"));
	json_decref(answer);
	return status;
}

static int run_dispose_refuse(struct control *c, const struct options *o)
{
	if (o->value[OPTION_REASON] == NULL)
		return output_usage(c->out, "dispose refuse", _("say why, with --reason"));
	return end_proposal(c, o, "dispose.refuse");
}

static int run_dispose_withdraw(struct control *c, const struct options *o)
{
	return end_proposal(c, o, "dispose.withdraw");
}

const struct command cmd_dispose[] = {
	{ "dispose propose",
		N_("PATH...|ITEM...|--expired|--incomplete [ITEM...]|--withdrawn [ITEM...] "
		   "[--reason TEXT]"),
		0, COMMAND_MANY, COMMAND_PATH_FIRST,
		OPTION_BIT(EXPIRED) | OPTION_BIT(UNIT) | OPTION_BIT(INCOMPLETE) |
			OPTION_BIT(WITHDRAWN) | OPTION_BIT(REASON),
		run_dispose_propose, N_("propose items for disposal") },
	{ "dispose list", N_("[--done]"), 0, 0, COMMAND_OFFLINE, OPTION_BIT(DONE), run_dispose_list,
		N_("list the proposals, or what was disposed of") },
	{ "dispose show", N_("ID"), 1, 1, COMMAND_OFFLINE, 0, run_dispose_show,
		N_("show a proposal with its items") },
	{ "dispose approve", N_("ID"), 1, 1, 0, 0, run_dispose_approve,
		N_("approve a proposal, and dispose of its items") },
	{ "dispose refuse", N_("ID --reason TEXT"), 1, 1, 0, OPTION_BIT(REASON), run_dispose_refuse,
		N_("refuse a proposal") },
	{ "dispose withdraw", N_("ID"), 1, 1, 0, 0, run_dispose_withdraw,
		N_("withdraw a proposal of one's own") },
	{ .name = NULL },
};
