/* custody dispose: what may go after its term, proposed by one and approved by another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/list.h"
#include "tools/control/target.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/table.h"
#include "tools/text/words.h"

static char *who(const json_t *row, const char *number_key, const char *name_key)
{
	const char *number = get_text(row, number_key), *name = get_text(row, name_key);
	return number != NULL ? render_format(_("%s (%s)"), name != NULL ? name : "", number)
			      : NULL;
}

static const char *kind_of(const json_t *d)
{
	const char *kind = get_text(d, "kind");
	if (kind != NULL && strcmp(kind, "expired") == 0)
		return _("items whose term has ended");
	if (kind != NULL && strcmp(kind, "incomplete") == 0)
		return _("deposits that broke off");
	if (kind != NULL && strcmp(kind, "withdrawn") == 0)
		return _("deposits that were withdrawn");
	return _("items that were named");
}

/* Why it stopped: a reason's name in words, or what was said. */
static char *stopped_of(const json_t *d)
{
	const char *why = get_text(d, "stopped_why");
	return why != NULL ? render_format("%s", words_for(WORDS_REASON, why)) : NULL;
}

static void table_proposal(struct render_table *t, const json_t *d)
{
	render_field(t, _("Proposal"), get_copy(d, "id"));
	render_field(t, _("State"),
		render_format("%s", words_for(WORDS_DISPOSAL, get_text(d, "state"))));
	render_field(t, _("What"), render_format("%s", kind_of(d)));
	render_field(t, _("Items"), get_copy(d, "items"));
	render_field(t, _("Size"), render_size((uint64_t)get_number(d, "bytes", 0)));
	render_field(t, _("Disposed of"), get_copy(d, "done"));
	render_field(t, _("Reason"), get_copy(d, "reason"));
	render_field(t, _("Proposed by"), who(d, "proposed_by", "proposed_by_name"));
	render_field(t, _("Proposed"), render_time(get_text(d, "proposed_at"), true));
	render_field(t, _("Decided by"), who(d, "decided_by", "decided_by_name"));
	render_field(t, _("Decided"), render_time(get_text(d, "decided_at"), true));
	render_field(t, _("Remark"), get_copy(d, "decided_why"));
	render_field(t, _("Stopped at item"), get_copy(d, "stopped_item"));
	render_field(t, _("Why it stopped"), stopped_of(d));
}

static void fill_proposal(struct render_table *t, const json_t *d)
{
	render_table_set(t, 0, get_copy(d, "id"));
	render_table_set(
		t, 1, render_format("%s", words_for(WORDS_DISPOSAL, get_text(d, "state"))));
	render_table_set(t, 2, get_copy(d, "items"));
	render_table_set(t, 3, render_size((uint64_t)get_number(d, "bytes", 0)));
	render_table_set(t, 4, get_copy(d, "done"));
	render_table_set(t, 5, who(d, "proposed_by", "proposed_by_name"));
	render_table_set(t, 6, render_time(get_text(d, "proposed_at"), false));
	render_table_set(t, 7, who(d, "decided_by", "decided_by_name"));
}

static void fill_item(struct render_table *t, const json_t *i)
{
	render_table_set(t, 0, get_copy(i, "item"));
	render_table_set(t, 1, render_format("%s", words_for(WORDS_STATE, get_text(i, "state"))));
	render_table_set(t, 2, render_size((uint64_t)get_number(i, "size", 0)));
	render_table_set(t, 3, get_copy(i, "recorded_on"));
	render_table_set(t, 4,
		get_text(i, "path") != NULL             ? get_copy(i, "path")
			: get_text(i, "was_at") != NULL ? get_copy(i, "was_at")
							: get_copy(i, "name"));
}

static void fill_done(struct render_table *t, const json_t *i)
{
	const json_t *d = json_object_get(i, "disposal");
	render_table_set(t, 0, get_copy(i, "item"));
	render_table_set(t, 1, render_time(get_text(d, "at"), false));
	render_table_set(t, 2, who(d, "proposed_by", "proposed_by_name"));
	render_table_set(t, 3, who(d, "approved_by", "approved_by_name"));
	render_table_set(t, 4, get_copy(d, "policy"));
	render_table_set(t, 5, get_copy(i, "recorded_on"));
	render_table_set(t, 6, get_copy(i, "sha256"));
	render_table_set(
		t, 7, get_text(i, "was_at") != NULL ? get_copy(i, "was_at") : get_copy(i, "name"));
}

static const struct table_kind proposals = {
	"dispose list",
	{ N_("ID"), N_("STATE"), N_("ITEMS"), N_("SIZE"), N_("DONE"), N_("PROPOSED BY"),
		N_("PROPOSED"), N_("DECIDED BY") },
	1 << 0 | 1 << 2 | 1 << 3 | 1 << 4,
	fill_proposal,
};
static const struct table_kind items = {
	"dispose show",
	{ N_("ITEM"), N_("STATE"), N_("SIZE"), N_("RECORDED"), N_("PATH") },
	1 << 0 | 1 << 2,
	fill_item,
};
static const struct table_kind done = {
	"dispose list",
	{ N_("ITEM"), N_("DISPOSED OF"), N_("PROPOSED BY"), N_("APPROVED BY"), N_("POLICY"),
		N_("RECORDED"), N_("SHA-256"), N_("PATH") },
	1 << 0 | 1 << 4,
	fill_done,
};

static int run_dispose_list(struct control *c, const struct options *o)
{
	bool register_of = o->value[OPTION_DONE] != NULL;
	return list_print(c,
		json_pack("{s:s, s:i}", "do", register_of ? "dispose.done" : "dispose.list",
			"limit", 500),
		register_of ? &done : &proposals);
}

static bool number_of(const struct options *o, int64_t *id)
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
	if (!number_of(o, &id))
		return STATUS_UNREACHABLE;
	if (!c->json) {
		int status = control_ask(c,
			json_pack("{s:s, s:I, s:i}", "do", "dispose.items", "id", (json_int_t)id,
				"limit", 1),
			o->argv[0], &answer);
		if (status != 0)
			return status;
		table_print(table_proposal, json_object_get(answer, "proposal"));
		render_line(stdout, "%s", "");
		json_decref(answer);
	}
	return list_print(c,
		json_pack("{s:s, s:I, s:i}", "do", "dispose.items", "id", (json_int_t)id, "limit",
			500),
		&items);
}

/* A refusal that names an item says which. */
static void complain(const struct control *c, const char *what, const json_t *answer)
{
	long long item = get_number(answer, "item", 0);
	char *name = item != 0 ? render_format(_("item %lld"), item) : render_format("%s", what);
	control_complain(c, name, answer);
	free(name);
}

/* Asks; a refusal is said and, with --json, printed.  0 and the answer, or a status. */
static int ask(struct control *c, json_t *request, const char *what, json_t **answer)
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
	complain(c, what, *answer);
	json_decref(*answer);
	*answer = NULL;
	return STATUS_REFUSED;
}

/* Adds paths and numbers. */
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
			_("say what is to go: paths or item numbers, --expired, --incomplete "
			  "or --withdrawn"));
	if (o->value[OPTION_UNIT] != NULL && o->value[OPTION_EXPIRED] == NULL)
		return output_usage(o->out, "dispose propose", _("--unit goes with --expired"));
	return 0;
}

/* Proposal after proposal, until all that is asked for is in one. */
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
		status = ask(c, json_incref(request), "dispose propose", &answer);
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
			table_print(table_proposal, row);
		if (json_array_size(rows) == 0)
			render_line(stdout, "%s", _("There is nothing to be disposed of."));
	}
	json_decref(rows);
	return status;
}

/* Says how a disposal ended. */
static int tell(struct control *c, const json_t *proposal, long long left)
{
	const char *state = get_text(proposal, "state");
	bool stopped = state != NULL && strcmp(state, "stopped") == 0;
	if (c->json) {
		json_t *document = json_pack("{s:O, s:I, s:b}", "proposal", proposal, "left",
			(json_int_t)left, "ok", !stopped && left == 0);
		output_json(c->out, document);
		json_decref(document);
	} else
		table_print(table_proposal, proposal);
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

/* Part by part, until nothing is left to do. */
static int execute(struct control *c, int64_t id, const char *what)
{
	struct progress progress;
	long long left = 0;
	json_t *last = NULL;
	bool more = true;
	int status = 0;
	progress_begin(&progress, _("disposing"), false);
	while (status == 0 && more) {
		json_t *answer = NULL;
		status = ask(c,
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
		status = tell(c, last, left);
	json_decref(last);
	return status;
}

static int decide(struct control *c, const struct options *o, const char *command, int64_t id,
	json_t **answer)
{
	return ask(c,
		json_pack("{s:s, s:I, s:s?}", "do", command, "id", (json_int_t)id, "reason",
			o->value[OPTION_REASON]),
		o->argv[0], answer);
}

static int run_dispose_approve(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int64_t id;
	int status;
	if (!number_of(o, &id))
		return STATUS_UNREACHABLE;
	status = decide(c, o, "dispose.approve", id, &answer);
	json_decref(answer);
	return status != 0 ? status : execute(c, id, o->argv[0]);
}

static int end(struct control *c, const struct options *o, const char *command)
{
	json_t *answer = NULL;
	int64_t id;
	int status;
	if (!number_of(o, &id))
		return STATUS_UNREACHABLE;
	status = decide(c, o, command, id, &answer);
	if (status == 0 && c->json)
		output_json(c->out, answer);
	else if (status == 0)
		table_print(table_proposal, json_object_get(answer, "proposal"));
	json_decref(answer);
	return status;
}

static int run_dispose_refuse(struct control *c, const struct options *o)
{
	if (o->value[OPTION_REASON] == NULL)
		return output_usage(c->out, "dispose refuse", _("say why, with --reason"));
	return end(c, o, "dispose.refuse");
}

static int run_dispose_withdraw(struct control *c, const struct options *o)
{
	return end(c, o, "dispose.withdraw");
}

const struct command cmd_dispose[] = {
	{ "dispose propose",
		N_("PATH...|ITEM...|--expired|--incomplete [ITEM...]|--withdrawn [ITEM...] "
		   "[--reason TEXT]"),
		0, COMMAND_MANY, COMMAND_PATH_FIRST,
		OPTION_BIT(EXPIRED) | OPTION_BIT(UNIT) | OPTION_BIT(INCOMPLETE) |
			OPTION_BIT(WITHDRAWN) | OPTION_BIT(REASON),
		run_dispose_propose, N_("propose what is to be disposed of") },
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
