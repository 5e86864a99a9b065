/* custody: the command-line tool for everyone.  The tables of commands say what it can do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/base/digest.h"
#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/deposit/commands.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

static const struct command help_command[] = {
	{ "help", N_("[COMMAND]"), 0, 2, COMMAND_OFFLINE, 0, NULL,
		N_("list the commands, or explain one") },
	{ .name = NULL },
};

/* In this order help lists them. */
static const struct command *const tables[] = {
	cmd_register,
	cmd_case,
	cmd_list,
	cmd_show,
	cmd_deposit,
	cmd_request,
	cmd_findings,
	cmd_kinds,
	cmd_why,
	cmd_log,
	cmd_hold,
	cmd_copy,
	cmd_dispose,
	cmd_verify,
	cmd_ledger,
	cmd_tag,
	cmd_policy,
	cmd_status,
	cmd_clock,
	help_command,
};

#define TABLES (sizeof tables / sizeof tables[0])

/* How many words of the command line are the command's name; 0 where it is another command. */
static int words_matched(const struct command *c, int argc, char **argv)
{
	const char *space = strchr(c->name, ' ');
	size_t first = strcspn(c->name, " ");
	if (argc < 1 || strlen(argv[0]) != first || strncmp(c->name, argv[0], first) != 0)
		return 0;
	if (space == NULL)
		return 1;
	return argc >= 2 && strcmp(space + 1, argv[1]) == 0 ? 2 : 0;
}

static const struct command *find_command(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < TABLES; i++)
		for (const struct command *c = tables[i]; c->name != NULL; c++)
			if ((*words = words_matched(c, argc, argv)) != 0)
				return c;
	return NULL;
}

static void add_usage(struct render_table *t, const struct command *c)
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
	for (size_t i = 0; i < TABLES; i++)
		for (const struct command *c = tables[i]; c->name != NULL; c++)
			add_usage(t, c);
	render_table_free(t, stdout);
	render_line(stdout, "%s", "");
	render_line(stdout, "%s",
		_("-m MOUNTPOINT says which mounted store is meant, -s STORE (root only) reads a "
		  "store without its mount,"));
	render_line(stdout, "%s",
		_("--json prints answers for programs.  custody help COMMAND explains one command, "
		  "the manual custody(1) all."));
}

static void help_one(const struct command *c)
{
	struct render_table *t = render_table_new(1, NULL, 0);
	add_usage(t, c);
	render_table_free(t, stdout);
	options_explain(c->options);
}

/* Whether a command's name begins with these words: "help hold" explains every "hold …". */
static bool begins_with(const struct command *c, int argc, char **argv)
{
	size_t first = strcspn(c->name, " ");
	if (strlen(argv[0]) != first || strncmp(c->name, argv[0], first) != 0)
		return false;
	return argc < 2 || (c->name[first] != '\0' && strcmp(c->name + first + 1, argv[1]) == 0);
}

static int run_help(const struct options *o)
{
	bool found = false;
	if (o->argc == 0) {
		help_all();
		return STATUS_DONE;
	}
	for (size_t i = 0; i < TABLES; i++)
		for (const struct command *c = tables[i]; c->name != NULL; c++)
			if (begins_with(c, o->argc, o->argv)) {
				help_one(c);
				found = true;
			}
	if (!found)
		return output_usage(
			o->out, o->argv[0], _("there is no such command; custody help lists them"));
	return STATUS_DONE;
}

static bool check_usage(const struct command *c, const struct options *o)
{
	if (!options_allowed(o, c->options, c->name))
		return false;
	if (o->store != NULL && (c->flags & (COMMAND_OFFLINE | COMMAND_STORELESS)) == 0) {
		output_complain(
			o->out, c->name, "%s", _("this needs a mounted store; -s only reads"));
		return false;
	}
	if (o->argc >= c->min && o->argc <= c->max)
		return true;
	output_complain(o->out, NULL, _("usage: custody %s %s"), c->name,
		*c->arguments != '\0' ? _(c->arguments) : "");
	return false;
}

/* A path among the arguments by which the mount can be found; NULL where there is none. */
static const char *path_argument(const struct command *c, const struct options *o)
{
	int64_t number;
	const char *path;
	if (o->argc == 0 || (c->flags & (COMMAND_PATH_FIRST | COMMAND_PATH_LAST)) == 0)
		return NULL;
	path = o->argv[(c->flags & COMMAND_PATH_LAST) != 0 ? o->argc - 1 : 0];
	return options_number(path, &number) ? NULL : path;
}

static int run_command(struct options *o)
{
	struct control control;
	int words = 0;
	const struct command *c = find_command(o->argc, o->argv, &words);
	int status;
	if (o->help) {
		o->argc = words != 0 ? words : 1;
		return run_help(o);
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
	if (!check_usage(c, o))
		return STATUS_UNREACHABLE;
	if (c->run == NULL)
		return run_help(o);
	if ((c->flags & COMMAND_STORELESS) != 0)
		return c->run(NULL, o);
	status = control_open(o, path_argument(c, o), &control);
	if (status != 0)
		return status;
	status = c->run(&control, o);
	control_close(&control);
	return status;
}

/* Output that could not be written is a failure, whatever the command did. */
static int finish_output(const struct options *o, int status)
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
	return run_command(o);
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
	status = finish_output(&o, status);
	output_free(&out);
	return status;
}
