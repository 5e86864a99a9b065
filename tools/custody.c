/* custody: everyone's command-line tool.  One table says what there is; help and dispatch come from
 * it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/digest.h"
#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#ifndef CUSTODYFS_VERSION
#define CUSTODYFS_VERSION "0.1.0"
#endif

#define MANY 1000000

enum {
	OFFLINE = 1 << 0,    /* also on a store that is not mounted (-s) */
	HINT_FIRST = 1 << 1, /* the first argument may be a path in the mount */
	HINT_LAST = 1 << 2,  /* the last argument is */
	ALONE = 1 << 3,      /* takes no store at all */
};

#define BIT(name) OPTION_BIT(OPTION_##name)

struct command {
	const char *name;      /* one word or two */
	const char *arguments; /* as in the manual; translated */
	int min, max;          /* how many */
	unsigned flags;
	uint64_t options;
	command_run *run;
	const char *help;
};

static const struct command commands[] = {
	{ "register unit", N_("CODE NAME"), 2, 2, 0, 0, cmd_register_unit,
		N_("register a unit, or amend it") },
	{ "register device", N_("SERIAL --unit UNIT"), 1, 1, 0, BIT(UNIT), cmd_register_device,
		N_("register a device, or amend it") },
	{ "register person", N_("NUMBER NAME [OPTION]..."), 2, 2, 0,
		BIT(UID) | BIT(UNIT) | BIT(ROLES) | BIT(FORMAL) | BIT(AUXILIARY) | BIT(CERTIFIED),
		cmd_register_person, N_("register a person, or amend the entry") },
	{ "register case", N_("NUMBER [OPTION]..."), 1, 1, 0, BIT(PARTY) | BIT(CAUSE) | BIT(CLASS),
		cmd_register_case, N_("register a case, or amend it") },
	{ "case open", N_("NUMBER [OPTION]..."), 1, 1, 0, BIT(PARTY) | BIT(CAUSE) | BIT(CLASS),
		cmd_register_case,
		N_("open a case, or correct its party, its cause or its class") },
	{ "case link", N_("NUMBER PATH|ITEM..."), 2, MANY, HINT_LAST, 0, cmd_case_link,
		N_("link items to a case, or all that lies in a folder now; they stay where they "
		   "are") },
	{ "case unlink", N_("NUMBER PATH|ITEM..."), 2, MANY, HINT_LAST, 0, cmd_case_unlink,
		N_("end such links; nothing is kept for less long") },
	{ "case alias", N_("NUMBER ALIAS"), 2, 2, 0, 0, cmd_case_alias,
		N_("give a case a further number, such as that of its decision") },
	{ "case close", N_("NUMBER [--on DATE]"), 1, 1, 0, BIT(ON), cmd_case_close,
		N_("close a case: its term begins") },
	{ "case show", N_("NUMBER"), 1, 1, OFFLINE, 0, cmd_case_show,
		N_("show a case and its items") },
	{ "case list", N_("[--party TEXT] [--cause TEXT]"), 0, 0, OFFLINE, BIT(PARTY) | BIT(CAUSE),
		cmd_case_list, N_("list the cases, or those of a party or a cause") },
	{ "register service", N_("SERIAL --from DAY [--to DAY] --reason TEXT"), 1, 1, 0,
		BIT(FROM) | BIT(TO) | BIT(REASON), cmd_register_service,
		N_("say that a device is out of service") },
	{ "list",
		N_("units|devices|people|cases|items|incomplete|withdrawn|requests|custodians|"
		   "service"),
		1, 1, OFFLINE, 0, cmd_list, N_("list what there is") },
	{ "show unit", N_("UNIT"), 1, 1, OFFLINE, 0, cmd_show_unit, N_("show a unit") },
	{ "show device", N_("SERIAL"), 1, 1, OFFLINE, 0, cmd_show_device, N_("show a device") },
	{ "show person", N_("NUMBER"), 1, 1, OFFLINE, 0, cmd_show_person, N_("show a person") },
	{ "show case", N_("NUMBER"), 1, 1, OFFLINE, 0, cmd_show_case, N_("show a case") },
	{ "show", N_("PATH|ITEM"), 1, 1, OFFLINE | HINT_FIRST, 0, cmd_show,
		N_("show everything about an item, and what happened to it") },
	{ "deposit", N_("FILE|FOLDER... [OPTION]... | FILE... FOLDER"), 1, MANY, HINT_LAST,
		BIT(UNIT) | BIT(DEVICE) | BIT(OFFICER) | BIT(CASE) | BIT(DRY_RUN) |
			BIT(CLEAR_SOURCE) | BIT(RECEIPT),
		cmd_deposit,
		N_("deposit a camera's files where their names say, or files into one case folder, "
		   "and check that they arrived") },
	{ "request", N_("PATH...|ITEM...|--case NUMBER --purpose TEXT [OPTION]..."), 0, MANY,
		HINT_FIRST, BIT(CASE) | BIT(PURPOSE) | BIT(FROM) | BIT(TO) | BIT(OPENS),
		cmd_request, N_("ask for approval to read") },
	{ "requests", N_("[--pending]"), 0, 0, OFFLINE, BIT(PENDING), cmd_requests,
		N_("list the requests") },
	{ "approve", N_("ID"), 1, 1, 0, 0, cmd_approve, N_("approve a request") },
	{ "deny", N_("ID [--reason TEXT]"), 1, 1, 0, BIT(REASON), cmd_deny, N_("deny a request") },
	{ "revoke", N_("ID [--reason TEXT]"), 1, 1, 0, BIT(REASON), cmd_revoke,
		N_("take an approval back") },
	{ "findings", N_("[--open] [--unit UNIT] [--rule RULE]"), 0, 0, OFFLINE,
		BIT(OPEN) | BIT(UNIT) | BIT(RULE), cmd_findings,
		N_("list the irregularities that were found") },
	{ "kinds", N_("PATH..."), 1, MANY, HINT_FIRST, 0, cmd_kinds,
		N_("check whether files are of the kind that their names say") },
	{ "finding settle", N_("ID --reason TEXT"), 1, 1, 0, BIT(REASON), cmd_finding_settle,
		N_("settle a finding, with the reason") },
	{ "why", N_("PATH [--verb VERB]"), 1, 1, HINT_FIRST, BIT(VERB), cmd_why,
		N_("say why something is refused") },
	{ "log", N_("[PATH|ITEM|--person NUMBER|--case NUMBER] [--since TIME] [--until TIME]"), 0,
		1, OFFLINE | HINT_FIRST, BIT(PERSON) | BIT(CASE) | BIT(SINCE) | BIT(UNTIL), cmd_log,
		N_("tell what the ledger says") },
	{ "hold set", N_("NAME PATH|ITEM --ground N [--reason TEXT]"), 2, 2, HINT_LAST,
		BIT(GROUND) | BIT(REASON), cmd_hold_set,
		N_("keep an item, or all in a folder or case, whatever its term") },
	{ "hold ask", N_("NAME PATH|ITEM [--reason TEXT]"), 2, 2, HINT_LAST, BIT(REASON),
		cmd_hold_ask, N_("ask for the release of a hold") },
	{ "hold release", N_("NAME PATH|ITEM --reason TEXT"), 2, 2, HINT_LAST, BIT(REASON),
		cmd_hold_release, N_("release a hold that somebody else set") },
	{ "hold list", N_("[PATH|ITEM] [--all] [--no-offline-copy]"), 0, 1, OFFLINE | HINT_FIRST,
		BIT(ALL) | BIT(NO_OFFLINE_COPY), cmd_hold_list,
		N_("list the holds, or what is held without an offline copy") },
	{ "copy register", N_("MEDIUM --type TYPE PATH...|ITEM...|--held [--manifest FILE]"), 1,
		MANY, HINT_LAST, BIT(TYPE) | BIT(HELD) | BIT(MANIFEST), cmd_copy_register,
		N_("register what was copied to an offline medium") },
	{ "copy verify", N_("MEDIUM DIRECTORY"), 2, 2, 0, 0, cmd_copy_verify,
		N_("read an offline medium again and compare every digest") },
	{ "copy list", N_("[--overdue]"), 0, 0, OFFLINE, BIT(OVERDUE), cmd_copy_list,
		N_("list the offline media") },
	{ "dispose propose",
		N_("PATH...|ITEM...|--expired|--incomplete [ITEM...]|--withdrawn [ITEM...] "
		   "[--reason TEXT]"),
		0, MANY, HINT_FIRST,
		BIT(EXPIRED) | BIT(UNIT) | BIT(INCOMPLETE) | BIT(WITHDRAWN) | BIT(REASON),
		cmd_dispose_propose, N_("propose what is to be disposed of") },
	{ "dispose list", N_("[--done]"), 0, 0, OFFLINE, BIT(DONE), cmd_dispose_list,
		N_("list the proposals, or what was disposed of") },
	{ "dispose show", N_("ID"), 1, 1, OFFLINE, 0, cmd_dispose_show,
		N_("show a proposal with its items") },
	{ "dispose approve", N_("ID"), 1, 1, 0, 0, cmd_dispose_approve,
		N_("approve a proposal, and dispose of its items") },
	{ "dispose refuse", N_("ID --reason TEXT"), 1, 1, 0, BIT(REASON), cmd_dispose_refuse,
		N_("refuse a proposal") },
	{ "dispose withdraw", N_("ID"), 1, 1, 0, 0, cmd_dispose_withdraw,
		N_("withdraw a proposal of one's own") },
	{ "verify", N_("PATH...|ITEM...|--all"), 0, MANY, OFFLINE | HINT_FIRST, BIT(ALL),
		cmd_verify, N_("read content again and check that it is unchanged") },
	{ "ledger verify", "", 0, 0, OFFLINE, 0, cmd_ledger_verify,
		N_("check every record of the ledger, its tree and its signature") },
	{ "ledger checkpoint", N_("[--against FILE]"), 0, 0, OFFLINE, BIT(AGAINST),
		cmd_ledger_checkpoint,
		N_("print the ledger's signed head, or compare one that was kept elsewhere") },
	{ "ledger prove", N_("N [-o FILE]"), 1, 1, OFFLINE, BIT(OUTPUT), cmd_ledger_prove,
		N_("write the proof that entry N is in the ledger") },
	{ "ledger publish", N_("DIRECTORY"), 1, 1, OFFLINE, 0, cmd_ledger_publish,
		N_("write the ledger as a tlog-tiles tree, or extend one") },
	{ "set", N_("NAME VALUE PATH...|ITEM..."), 3, MANY, HINT_LAST, 0, cmd_set,
		N_("set class, retain-until, stage, informed or important") },
	{ "unrelated propose", N_("PATH|ITEM --reason TEXT"), 1, 1, HINT_FIRST, BIT(REASON),
		cmd_unrelated_propose, N_("propose that a recording is unrelated to duty") },
	{ "unrelated agree", N_("PATH|ITEM [--reason TEXT]"), 1, 1, HINT_FIRST, BIT(REASON),
		cmd_unrelated_agree, N_("agree to that, as a second person") },
	{ "unrelated refuse", N_("PATH|ITEM [--reason TEXT]"), 1, 1, HINT_FIRST, BIT(REASON),
		cmd_unrelated_refuse, N_("refuse that, as a second person") },
	{ "unrelated list", "", 0, 0, OFFLINE, 0, cmd_unrelated_list,
		N_("list what was proposed as unrelated to duty") },
	{ "policy show", N_("[VERSION]"), 0, 1, OFFLINE, 0, cmd_policy_show,
		N_("print the policy file in force, or another version, as load takes it") },
	{ "policy explain", "", 0, 0, OFFLINE, 0, cmd_policy_explain,
		N_("say in words what the policy in force has: classes, settings, readers") },
	{ "policy list", "", 0, 0, OFFLINE, 0, cmd_policy_list,
		N_("list the versions and the proposals") },
	{ "policy check", N_("FILE"), 1, 1, ALONE, 0, cmd_policy_check,
		N_("check a policy file, without a store") },
	{ "policy load", N_("FILE"), 1, 1, 0, 0, cmd_policy_load,
		N_("propose a policy file; a second person puts it in force") },
	{ "policy proposal", N_("NUMBER"), 1, 1, OFFLINE, 0, cmd_policy_proposal,
		N_("say what a proposed policy has") },
	{ "policy agree", N_("NUMBER"), 1, 1, 0, 0, cmd_policy_agree,
		N_("put a proposed policy in force, as a second person") },
	{ "policy refuse", N_("NUMBER [--reason TEXT]"), 1, 1, 0, BIT(REASON), cmd_policy_refuse,
		N_("refuse a proposed policy") },
	{ "status", "", 0, 0, OFFLINE, 0, cmd_status, N_("say how the store stands") },
	{ "clock set", N_("TIME"), 1, 1, 0, 0, cmd_clock_set, N_("set a test store's clock") },
	{ "clock propose", N_("TIME --reason TEXT"), 1, 1, 0, BIT(REASON), cmd_clock_propose,
		N_("propose to put a clock that lags forward") },
	{ "clock agree", N_("NUMBER"), 1, 1, 0, 0, cmd_clock_agree,
		N_("agree to put the clock forward, as a second person") },
	{ "clock refuse", N_("NUMBER [--reason TEXT]"), 1, 1, 0, BIT(REASON), cmd_clock_refuse,
		N_("refuse to put the clock forward") },
	{ "clock", "", 0, 0, 0, 0, cmd_clock, N_("show the store's clock") },
	{ "help", N_("[COMMAND]"), 0, 2, OFFLINE, 0, NULL,
		N_("say what commands there are, or explain one") },
};

#define COMMANDS (sizeof commands / sizeof commands[0])

/* How many of the words the command's name takes up; 0 where it is another command. */
static int matches(const struct command *c, int argc, char **argv)
{
	const char *space = strchr(c->name, ' ');
	size_t first;
	if (argc < 1 || (space != NULL && argc < 2))
		return 0;
	if (space == NULL)
		return strcmp(c->name, argv[0]) == 0;
	first = (size_t)(space - c->name);
	return strlen(argv[0]) == first && strncmp(c->name, argv[0], first) == 0 &&
			strcmp(space + 1, argv[1]) == 0
		? 2
		: 0;
}

/* Names of two words come before those of one in the table. */
static const struct command *find(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if ((*words = matches(&commands[i], argc, argv)) != 0)
			return &commands[i];
	return NULL;
}

static void usage_line(struct render_table *t, const struct command *c)
{
	const char *arguments = *c->arguments != '\0' ? _(c->arguments) : "";
	render_table_set(
		t, 0, render_format("  %s%s%s", c->name, *arguments != '\0' ? " " : "", arguments));
	render_table_row(t);
	render_table_set(t, 0, render_format("      %s", _(c->help)));
	render_table_row(t);
}

static void help_all(void)
{
	struct render_table *t = render_table_new(1, NULL, 0);
	render_line(
		stdout, "%s", _("usage: custody [-m MOUNTPOINT | -s STORE] [--json] COMMAND ..."));
	render_line(stdout, "%s", "");
	for (size_t i = 0; i < COMMANDS; i++)
		usage_line(t, &commands[i]);
	render_table_free(t, stdout);
	render_line(stdout, "%s", "");
	render_line(stdout, "%s",
		_("-m MOUNTPOINT says which mounted store is meant, -s STORE (root only) reads a "
		  "store without its mount,"));
	render_line(stdout, "%s",
		_("--json prints answers for programs.  custody help COMMAND explains one command, "
		  "the manual custody(1) all."));
}

/* Explains every command whose name begins with these words. */
static int help(const struct options *o)
{
	bool found = false;
	if (o->argc == 0) {
		help_all();
		return STATUS_DONE;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];
		size_t first = strcspn(c->name, " ");
		struct render_table *t;
		if (strlen(o->argv[0]) != first || strncmp(c->name, o->argv[0], first) != 0 ||
			(o->argc > 1 &&
				(c->name[first] == '\0' ||
					strcmp(c->name + first + 1, o->argv[1]) != 0)))
			continue;
		t = render_table_new(1, NULL, 0);
		usage_line(t, c);
		render_table_free(t, stdout);
		options_explain(c->options);
		found = true;
	}
	if (!found)
		output_complain(o->out, o->argv[0], "%s",
			_("there is no such command; custody help lists them"));
	return found ? STATUS_DONE : STATUS_UNREACHABLE;
}

static bool fits(const struct command *c, const struct options *o)
{
	if (!options_allowed(o, c->options, c->name))
		return false;
	if (o->store != NULL && (c->flags & (OFFLINE | ALONE)) == 0) {
		output_complain(
			o->out, c->name, "%s", _("this takes a mounted store; -s only reads"));
		return false;
	}
	if (o->argc >= c->min && o->argc <= c->max)
		return true;
	output_complain(o->out, NULL, _("usage: custody %s %s"), c->name,
		*c->arguments != '\0' ? _(c->arguments) : "");
	return false;
}

/* A path among the arguments by which the mount can be found; NULL where there is none. */
static const char *hint(const struct command *c, const struct options *o)
{
	int64_t number;
	const char *path;
	if (o->argc == 0 || (c->flags & (HINT_FIRST | HINT_LAST)) == 0)
		return NULL;
	path = o->argv[(c->flags & HINT_LAST) != 0 ? o->argc - 1 : 0];
	return options_number(path, &number) ? NULL : path;
}

static int dispatch(struct options *o)
{
	struct control control;
	int words = 0;
	const struct command *c = find(o->argc, o->argv, &words);
	int status;
	if (o->help) {
		o->argc = words != 0 ? words : 1;
		return help(o);
	}
	if (c == NULL) {
		if (o->argc != 0)
			output_complain(o->out, o->argv[0], "%s",
				_("there is no such command; custody help lists them"));
		else
			output_complain(o->out, NULL, "%s",
				_("say what to do; custody help lists the commands"));
		return STATUS_UNREACHABLE;
	}
	o->argc -= words;
	o->argv += words;
	if (!fits(c, o))
		return STATUS_UNREACHABLE;
	if (c->run == NULL)
		return help(o);
	if ((c->flags & ALONE) != 0)
		return c->run(NULL, o);
	status = control_open(o, hint(c, o), &control);
	if (status != 0)
		return status;
	status = c->run(&control, o);
	control_close(&control);
	return status;
}

/* Output that did not get out is a failure, whatever the command came to. */
static int finish(const struct options *o, int status)
{
	if (status != 0 && o->json)
		output_failure(o->out);
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	output_complain(o->out, NULL, _("the output could not be written: %s"), i18n_error(errno));
	return STATUS_UNREACHABLE;
}

static int run_custody(int argc, char **argv, struct options *o)
{
	int err = digest_init();
	if (err != 0) {
		output_complain(o->out, NULL, _("the cryptographic library is too old: %s"),
			i18n_error(err));
		return STATUS_UNREACHABLE;
	}
	if (!options_parse(argc, argv, o))
		return STATUS_UNREACHABLE;
	if (o->version) {
		render_line(stdout, "custody %s", CUSTODYFS_VERSION);
		return STATUS_DONE;
	}
	if (o->help && o->argc == 0) {
		help_all();
		return STATUS_DONE;
	}
	return dispatch(o);
}

int main(int argc, char **argv)
{
	struct output out = { 0 };
	struct options o = { .out = &out };
	int status;
	if (fileio_standard() != 0)
		return STATUS_UNREACHABLE;
	i18n_init();
	status = run_custody(argc, argv, &o);
	status = finish(&o, status);
	output_free(&out);
	return status;
}
