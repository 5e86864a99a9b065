/*
 * custody deposit: sorts the files of whole cameras by their names, or takes files into one case
 * folder, and writes a receipt of what the store then has.
 */
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/control/locate.h"
#include "tools/control/target.h"
#include "tools/deposit/commands.h"
#include "tools/deposit/intake.h"
#include "tools/deposit/receipt.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define RECEIPT_HEAD 1000 /* a receipt names its store within so many bytes */

/*
 * Whether a path in the store is a folder.  Complains where not, with the store's own reason if it
 * has one.
 */
static bool is_folder(struct control *c, const char *path, const char *name)
{
	char *there = render_format("%s/%s", c->mount, path);
	json_t *answer = NULL;
	struct stat st;
	bool folder = stat(there, &st) == 0 && S_ISDIR(st.st_mode);
	free(there);
	if (!folder &&
		control_ask(
			c, json_pack("{s:s, s:s}", "do", "show", "path", path), name, &answer) == 0)
		output_complain(c->out, name, "%s",
			_("there is no such folder; files go into an existing case folder of the "
			  "store"));
	json_decref(answer);
	return folder;
}

/*
 * Whether an argument names a place in the store: it lies in the mount, or it does not exist here
 * and begins like the store's paths.
 */
static bool is_in_store(struct control *c, const char *argument)
{
	static const char top[] = "by-unit";
	char *absolute = locate_canonical(argument);
	size_t len = strlen(c->mount);
	bool in = absolute != NULL && strncmp(absolute, c->mount, len) == 0 &&
		(absolute[len] == '\0' || absolute[len] == '/');
	free(absolute);
	return in ||
		(access(argument, F_OK) != 0 && strncmp(argument, top, strlen(top)) == 0 &&
			(argument[strlen(top)] == '\0' || argument[strlen(top)] == '/'));
}

/*
 * Whether a number or name can become the name of a folder: it must not lead out of its place in
 * the tree.
 */
static bool is_component(struct control *c, const char *value, const char *option)
{
	char clean[NAME_BUFFER];
	if (value == NULL || name_normalise(value, clean) == REASON_NONE)
		return true;
	output_complain(
		c->out, option, "%s", _("this cannot be a number or a name of the register"));
	return false;
}

/*
 * Chooses the case folder: of a registered case, or the one for evidence without a case.  0 or a
 * status.
 */
static int choose_case(struct intake *in, const struct options *o)
{
	const char *number = o->value[OPTION_CASE];
	json_t *answer = NULL;
	int status;
	in->kase = number != NULL ? number : CASE_NONE;
	if (number == NULL || strcmp(number, CASE_NONE) == 0)
		return 0;
	status = control_ask(in->control, json_pack("{s:s, s:s}", "do", "show", "case", number),
		number, &answer);
	json_decref(answer);
	return status;
}

/*
 * A receipt in JSON begins with fields about the run.  A printed one has a title, in any language,
 * before the store; a checkpoint begins with the store and is not a receipt.
 */
static bool begins_as_receipt(const char *text, const char *uuid)
{
	const char *title = strchr(text, '\n'), *store = strstr(text, uuid);
	if (*text == '{')
		return store != NULL && strstr(text, "\"dry_run\"") != NULL;
	return store != NULL && title != NULL && store > title;
}

/*
 * Whether a file begins like a receipt of this store.  Nothing else may be overwritten by a
 * receipt, above all no recording.
 */
static bool is_receipt(const struct intake *in, const char *path)
{
	const char *uuid = get_text(json_object_get(in->status, "store"), "uuid");
	char text[RECEIPT_HEAD + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : pread(fd, text, RECEIPT_HEAD, 0);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return uuid != NULL && begins_as_receipt(text, uuid);
}

static bool receipt_possible(const struct intake *in, const char *path)
{
	char *copy = render_format("%s", path), *folder = dirname(copy);
	struct stat st;
	bool there = stat(path, &st) == 0,
	     possible = access(folder, W_OK | X_OK) == 0 && !(there && S_ISDIR(st.st_mode));
	free(copy);
	if (!possible)
		output_complain(in->control->out, path, "%s",
			_("the receipt cannot be written there; nothing was deposited"));
	else if (there && S_ISREG(st.st_mode) && st.st_size != 0 && !is_receipt(in, path)) {
		output_complain(in->control->out, path, "%s",
			_("this file is there already and is no receipt; name another for the "
			  "receipt; nothing was deposited"));
		possible = false;
	}
	return possible;
}

/*
 * Chooses between the two forms: all into the folder that was named last, or each file by its name.
 * 0 or a status.
 */
static int choose_form(struct intake *in, const struct options *o, int *sources)
{
	struct control *c = in->control;
	const char *last = o->argv[o->argc - 1];
	int status;
	*sources = o->argc;
	in->unit = o->value[OPTION_UNIT];
	in->device = o->value[OPTION_DEVICE];
	in->officer = o->value[OPTION_OFFICER];
	if (!is_in_store(c, last)) {
		if (!is_component(c, in->unit, "--unit") ||
			!is_component(c, in->device, "--device") ||
			!is_component(c, in->officer, "--officer") ||
			!is_component(c, o->value[OPTION_CASE], "--case"))
			return STATUS_UNREACHABLE;
		return choose_case(in, o);
	}
	*sources = o->argc - 1;
	if (*sources == 0)
		return output_usage(
			c->out, last, _("this is in the store already; name the files to deposit"));
	if (in->unit != NULL || in->device != NULL || in->officer != NULL ||
		o->value[OPTION_CASE] != NULL)
		return output_usage(c->out, "deposit",
			_("the folder named last says where everything goes; leave --unit, "
			  "--device, --officer and --case out"));
	status = target_path(c, last, &in->folder);
	return status != 0 || is_folder(c, in->folder, last) ? status : STATUS_REFUSED;
}

static int print_receipt(struct intake *in, const struct options *o)
{
	int status = receipt_ok(in) ? STATUS_DONE : STATUS_REFUSED, err = 0;
	if (o->value[OPTION_RECEIPT] != NULL &&
		(err = receipt_write(o->value[OPTION_RECEIPT], in)) != 0)
		output_complain(o->out, o->value[OPTION_RECEIPT],
			_("the receipt was not written: %s"), i18n_error(err));
	if (o->json) {
		json_t *document = receipt_json(in);
		output_json(o->out, document);
		json_decref(document);
	} else {
		receipt_text(stdout, in);
	}
	return err != 0 ? STATUS_REFUSED : status;
}

static int deposit_sources(struct intake *in, const struct options *o, int sources)
{
	for (int i = 0; i < sources; i++)
		intake_find(in, o->argv[i]);
	intake_place(in);
	intake_copy(in);
	intake_confirm(in);
	intake_find_gaps(in);
	if (in->clear && !in->dry_run)
		intake_clear(in);
	return print_receipt(in, o);
}

static int run_deposit(struct control *c, const struct options *o)
{
	struct intake in = { .dry_run = o->value[OPTION_DRY_RUN] != NULL,
		.clear = o->value[OPTION_CLEAR_SOURCE] != NULL };
	int sources = 0, status = 0;
	status = intake_begin(&in, c);
	if (status == 0 && o->value[OPTION_RECEIPT] != NULL &&
		!receipt_possible(&in, o->value[OPTION_RECEIPT]))
		status = STATUS_UNREACHABLE;
	if (status == 0)
		status = choose_form(&in, o, &sources);
	if (status == 0)
		status = deposit_sources(&in, o, sources);
	intake_end(&in);
	return status;
}

const struct command cmd_deposit[] = {
	{ "deposit", N_("FILE|FOLDER... [OPTION]... | FILE... FOLDER"), 1, COMMAND_MANY,
		COMMAND_PATH_LAST,
		OPTION_BIT(UNIT) | OPTION_BIT(DEVICE) | OPTION_BIT(OFFICER) | OPTION_BIT(CASE) |
			OPTION_BIT(DRY_RUN) | OPTION_BIT(CLEAR_SOURCE) | OPTION_BIT(RECEIPT),
		run_deposit,
		N_("deposit a camera's files where their names say, or files into one case folder, "
		   "and check that they arrived") },
	{ .name = NULL },
};
