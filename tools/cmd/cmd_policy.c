/*
 * custody policy: the file that says how long evidence is kept, and sets the numbers that the
 * regulation leaves open.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "fs/store/query/query.h"
#include "fs/store/records/policytext.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/policy_card.h"
#include "tools/text/cell.h"
#include "tools/text/file.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/words.h"

/* Prints a policy file so that "load" can read it again, each line made safe to print. */
static void print_text(const char *text)
{
	while (text != NULL && *text != '\0') {
		int len = (int)strcspn(text, "\r\n");
		render_line(stdout, "%.*s", len, text);
		text += len;
		text += *text == '\r';
		text += *text == '\n';
	}
}

static int run_policy_show(struct control *c, const struct options *o)
{
	json_t *request = json_pack("{s:s}", "do", "policy.show"), *answer = NULL;
	int64_t version = 0;
	int status;
	if (o->argc != 0 && !options_number(o->argv[0], &version)) {
		json_decref(request);
		return output_usage(o->out, o->argv[0],
			_("this is not the number of a version; custody policy list has them"));
	}
	if (o->argc != 0)
		json_object_set_new(request, "version", json_integer(version));
	status = control_show(c, request, "policy show", &answer);
	if (answer != NULL)
		print_text(get_text(json_object_get(answer, "policy"), "text"));
	json_decref(answer);
	return status;
}

static int run_policy_explain(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int status;
	(void)o;
	status = control_show(
		c, json_pack("{s:s}", "do", "policy.show"), "policy explain", &answer);
	if (answer != NULL)
		policy_card_print(json_object_get(answer, "policy"));
	json_decref(answer);
	return status;
}

static const char *state_word(const char *state)
{
	if (state != NULL && strcmp(state, "pending") == 0)
		return _("waits for the legal section");
	return state != NULL && strcmp(state, "loaded") == 0 ? _("was put in force")
							     : _("was refused");
}

static void show_proposal(const json_t *p)
{
	struct render_table *t = render_table_new(2, NULL, 0);
	render_field(t, _("Policy proposal"), get_copy(p, "id"));
	render_field(t, _("Label"), get_copy(p, "label"));
	render_field(t, _("Effective from"), get_copy(p, "effective"));
	render_field(t, _("State"), render_format("%s", state_word(get_text(p, "state"))));
	render_field(t, _("Proposed by"), cell_person(json_object_get(p, "proposed_by")));
	render_field(t, _("Proposed"), render_time(get_text(p, "proposed_at"), true));
	render_field(t, _("Decided by"), cell_person(json_object_get(p, "decided_by")));
	render_field(t, _("Decided"), render_time(get_text(p, "decided_at"), true));
	render_field(t, _("Reason"), get_copy(p, "reason"));
	render_field(t, _("In force as version"), get_copy(p, "version"));
	render_table_free(t, stdout);
}

static void list_policies(const json_t *policies)
{
	const char *headers[] = { _("VERSION"), _("EFFECTIVE"), _("IN FORCE SINCE"), _("AGREED BY"),
		_("LABEL") };
	struct render_table *t = render_table_new(5, headers, 1 << 0);
	json_t *p;
	size_t i;
	json_array_foreach(policies, i, p) {
		render_table_set(t, 0, get_copy(p, "version"));
		render_table_set(t, 1, get_copy(p, "effective"));
		render_table_set(t, 2, render_time(get_text(p, "loaded_at"), false));
		render_table_set(t, 3, cell_person(json_object_get(p, "agreed_by")));
		render_table_set(t, 4, get_copy(p, "label"));
		render_table_row(t);
	}
	render_table_set(t, 0, render_format("1"));
	render_table_set(t, 4, render_format("%s", _("the built-in policy")));
	render_table_row(t);
	render_table_free(t, stdout);
}

static void list_proposals(const json_t *proposals)
{
	const char *headers[] = { _("PROPOSAL"), _("STATE"), _("PROPOSED BY"), _("DECIDED BY"),
		_("EFFECTIVE"), _("LABEL") };
	struct render_table *t = render_table_new(6, headers, 1 << 0);
	json_t *p;
	size_t i;
	json_array_foreach(proposals, i, p) {
		render_table_set(t, 0, get_copy(p, "id"));
		render_table_set(t, 1, render_format("%s", state_word(get_text(p, "state"))));
		render_table_set(t, 2, cell_person(json_object_get(p, "proposed_by")));
		render_table_set(t, 3, cell_person(json_object_get(p, "decided_by")));
		render_table_set(t, 4, get_copy(p, "effective"));
		render_table_set(t, 5, get_copy(p, "label"));
		render_table_row(t);
	}
	render_table_free(t, stdout);
}

static int run_policy_list(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int status;
	(void)o;
	status = control_show(c, json_pack("{s:s}", "do", "policy.list"), "policy list", &answer);
	if (answer != NULL) {
		list_policies(json_object_get(answer, "policies"));
		if (json_array_size(json_object_get(answer, "proposals")) != 0) {
			render_line(stdout, "%s", "");
			list_proposals(json_object_get(answer, "proposals"));
		}
	}
	json_decref(answer);
	return status;
}

/* "FILE:12: [class patrol] months: …". */
static void complain_fault(struct output *out, const char *path, const struct policy_fault *f)
{
	char *place = f->line != 0 ? render_format("%s:%d", path, f->line)
				   : render_format("%s", path);
	const char *text = _(policy_fault_text(f->kind));
	if (*f->section != '\0' && *f->key != '\0')
		output_complain(out, place, "[%s] %s: %s", f->section, f->key, text);
	else if (*f->section != '\0')
		output_complain(out, place, "[%s]: %s", f->section, text);
	else
		output_complain(out, place, "%s", text);
	free(place);
}

/*
 * Reads and checks a file.  0 with its text and what it says; or a status after a complaint, with
 * --json also as JSON.
 */
static int read_policy(
	const struct options *o, const char *path, char **text, struct policyfile *out)
{
	struct policy_fault fault = { .kind = FAULT_BYTES };
	int err = file_read(path, POLICY_TEXT_MAX, text);

	if (err == 0) {
		err = policytext_parse(*text, strlen(*text), out, &fault);
		if (err == 0)
			return 0;
		free(*text);
	}
	if (err != EFBIG && err != EINVAL) {
		output_complain(o->out, path, _("the file cannot be read: %s"), i18n_error(err));
		return STATUS_UNREACHABLE;
	}
	complain_fault(o->out, path, &fault);
	if (o->json) {
		json_t *j = json_pack("{s:b, s:s, s:i, s:s, s:s, s:s}", "ok", 0, "fault",
			policy_fault_name(fault.kind), "line", fault.line, "section", fault.section,
			"key", fault.key, "text", policy_fault_text(fault.kind));
		output_json(o->out, j);
		json_decref(j);
	}
	return STATUS_REFUSED;
}

static int run_policy_check(struct control *c, const struct options *o)
{
	struct policyfile file;
	char *text = NULL;
	int status;
	json_t *policy;
	(void)c;
	status = read_policy(o, o->argv[0], &text, &file);
	if (status != 0)
		return status;
	policy = query_policyfile_json(&file, text);
	if (o->json) {
		json_t *j = json_pack("{s:b, s:O}", "ok", 1, "policy", policy);
		output_json(o->out, j);
		json_decref(j);
	} else {
		policy_card_print(policy);
		render_line(stdout, "%s", "");
		render_line(stdout, _("%s: this can be loaded."), o->argv[0]);
	}
	json_decref(policy);
	free(text);
	return STATUS_DONE;
}

/* Sends a request, and shows the proposal in its new state. */
static int send_policy(struct control *c, json_t *request, const char *what, const char *then)
{
	json_t *answer = NULL;
	int status = control_show(c, request, what, &answer);
	if (answer != NULL) {
		show_proposal(json_object_get(answer, "proposal"));
		if (then != NULL)
			render_line(stdout, then,
				get_number(json_object_get(answer, "proposal"), "id", 0));
	}
	json_decref(answer);
	return status;
}

static int run_policy_load(struct control *c, const struct options *o)
{
	struct policyfile file;
	char *text = NULL;
	int status = read_policy(o, o->argv[0], &text, &file);
	if (status != 0)
		return status;
	status = send_policy(c, json_pack("{s:s, s:s}", "do", "policy.propose", "text", text),
		o->argv[0],
		_("It is in force when somebody of the legal section has agreed: custody policy "
		  "agree %lld"));
	free(text);
	return status;
}

static bool proposal_number(const struct options *o, int64_t *id)
{
	if (options_number(o->argv[0], id))
		return true;
	output_complain(o->out, o->argv[0], "%s",
		_("this is not the number of a proposal; custody policy list has them"));
	return false;
}

static int run_policy_proposal(struct control *c, const struct options *o)
{
	json_t *answer = NULL;
	int64_t id;
	int status;
	if (!proposal_number(o, &id))
		return STATUS_UNREACHABLE;
	status = control_show(c,
		json_pack("{s:s, s:I}", "do", "policy.proposal", "id", (json_int_t)id), o->argv[0],
		&answer);
	if (answer != NULL) {
		show_proposal(json_object_get(answer, "proposal"));
		render_line(stdout, "%s", "");
		policy_card_print(json_object_get(answer, "policy"));
	}
	json_decref(answer);
	return status;
}

static int decide_proposal(struct control *c, const struct options *o, const char *command)
{
	int64_t id;
	if (!proposal_number(o, &id))
		return STATUS_UNREACHABLE;
	return send_policy(c,
		json_pack("{s:s, s:I, s:s?}", "do", command, "id", (json_int_t)id, "reason",
			o->value[OPTION_REASON]),
		o->argv[0], NULL);
}

static int run_policy_agree(struct control *c, const struct options *o)
{
	return decide_proposal(c, o, "policy.agree");
}

static int run_policy_refuse(struct control *c, const struct options *o)
{
	return decide_proposal(c, o, "policy.refuse");
}

const struct command cmd_policy[] = {
	{ "policy show", N_("[VERSION]"), 0, 1, COMMAND_OFFLINE, 0, run_policy_show,
		N_("print the policy file in force, or another version, as load takes it") },
	{ "policy explain", "", 0, 0, COMMAND_OFFLINE, 0, run_policy_explain,
		N_("say in words what the policy in force has: classes, settings, readers") },
	{ "policy list", "", 0, 0, COMMAND_OFFLINE, 0, run_policy_list,
		N_("list the versions and the proposals") },
	{ "policy check", N_("FILE"), 1, 1, COMMAND_STORELESS, 0, run_policy_check,
		N_("check a policy file, without a store") },
	{ "policy load", N_("FILE"), 1, 1, 0, 0, run_policy_load,
		N_("propose a policy file; a second person puts it in force") },
	{ "policy proposal", N_("NUMBER"), 1, 1, COMMAND_OFFLINE, 0, run_policy_proposal,
		N_("say what a proposed policy has") },
	{ "policy agree", N_("NUMBER"), 1, 1, 0, 0, run_policy_agree,
		N_("put a proposed policy in force, as a second person") },
	{ "policy refuse", N_("NUMBER [--reason TEXT]"), 1, 1, 0, OPTION_BIT(REASON),
		run_policy_refuse, N_("refuse a proposed policy") },
	{ .name = NULL },
};
