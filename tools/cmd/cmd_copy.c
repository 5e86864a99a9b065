/* custody copy: registers and lists what is on offline media. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/cmd/copy_verify.h"
#include "tools/cmd/list.h"
#include "tools/control/target.h"
#include "tools/text/cell.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"
#include "tools/text/words.h"

#define BATCH 200        /* items in one request */
#define DIGEST_TRIES 120 /* half seconds to wait for digests */

struct registering {
	struct control *control;
	struct progress progress;
	const char *medium, *type;
	json_t *items; /* numbers */
	FILE *manifest;
	json_t *rows, *copy; /* as registered */
};

static int add_item(void *arg, const json_t *row)
{
	struct registering *r = arg;
	json_array_append_new(r->items, json_integer((json_int_t)get_number(row, "item", 0)));
	return 0;
}

/* Adds the items that an argument names: one by number, one by path, or all in a folder. */
static int add_target(struct registering *r, const char *target)
{
	struct control_pager pager = { add_item, NULL, r };
	size_t before = json_array_size(r->items);
	int64_t item;
	char *path = NULL;
	int status;
	if (options_number(target, &item)) {
		json_array_append_new(r->items, json_integer(item));
		return 0;
	}
	status = target_path(r->control, target, &path);
	if (status == 0)
		status = control_each(r->control,
			json_pack("{s:s, s:s, s:i}", "do", "verify.list", "path", path, "limit",
				1000),
			target, &pager);
	free(path);
	if (status == 0 && json_array_size(r->items) == before) {
		output_complain(r->control->out, target, "%s", _("there is nothing sealed here"));
		status = STATUS_REFUSED;
	}
	return status;
}

static int add_held(struct registering *r)
{
	struct control_pager pager = { add_item, NULL, r };
	int status = control_each(r->control,
		json_pack(
			"{s:s, s:b, s:i}", "do", "hold.list", "no_offline_copy", 1, "limit", 1000),
		"copy register", &pager);
	if (status == 0 && json_array_size(r->items) == 0) {
		output_complain(r->control->out, "copy register", "%s",
			_("nothing is held that has no offline copy"));
		status = STATUS_REFUSED;
	}
	return status;
}

/*
 * Writes a line in the format of sha256sum.  Names in the store contain no backslash and no
 * newline.
 */
static void write_line(struct registering *r, const json_t *row)
{
	const char *path = get_text(row, "path");
	if (r->manifest != NULL)
		fprintf(r->manifest, "%s  %s\n",
			get_text(row, "sha256") != NULL ? get_text(row, "sha256") : "",
			path != NULL ? path : get_text(row, "name"));
}

static int send_batch(struct registering *r, json_t *items)
{
	json_t *answer = NULL, *row;
	size_t i;
	int err = 0, status = 0;
	for (int tries = 0; tries < DIGEST_TRIES; tries++) {
		json_t *request = json_pack("{s:s, s:s, s:s, s:O}", "do", "copy.register", "medium",
			r->medium, "type", r->type, "items", items);
		json_decref(answer);
		answer = NULL;
		err = request != NULL ? control_transact(r->control, request, &answer) : EILSEQ;
		json_decref(request);
		if (err != 0 || get_text(answer, "errno") == NULL ||
			strcmp(get_text(answer, "errno"), "EAGAIN") != 0)
			break;
		/* The digests are being computed */
		nanosleep(&(struct timespec){ 0, 500000000 }, NULL);
	}
	if (err != 0 || !get_true(answer, "ok")) {
		progress_end(&r->progress);
		if (err != 0)
			output_complain(r->control->out, r->medium,
				_("the store does not answer: %s"), i18n_error(err));
		else
			control_complain(r->control, r->medium, answer);
		if (err == 0 && r->control->json)
			output_json(r->control->out, answer);
		status = err != 0 ? STATUS_UNREACHABLE : STATUS_REFUSED;
	}
	json_array_foreach(json_object_get(answer, "rows"), i, row)
		if (status == 0) {
			write_line(r, row);
			json_array_append(r->rows, row);
		}
	if (status == 0) {
		json_decref(r->copy);
		r->copy = json_incref(json_object_get(answer, "copy"));
	}
	json_decref(answer);
	return status;
}

static int send_all(struct registering *r)
{
	size_t total = json_array_size(r->items), done = 0;
	int status = 0;
	progress_begin(&r->progress, _("registering"), false);
	while (status == 0 && done < total) {
		json_t *batch = json_array();
		for (size_t i = 0; i < BATCH && done < total; i++, done++)
			json_array_append(batch, json_array_get(r->items, done));
		status = send_batch(r, batch);
		json_decref(batch);
		progress_show(&r->progress, done, total);
	}
	progress_end(&r->progress);
	return status;
}

static int gather_items(struct registering *r, const struct options *o)
{
	int status = 0;
	if (o->value[OPTION_TYPE] == NULL)
		return output_usage(o->out, "copy register",
			_("say what kind of medium it is, with --type bd, usb or tape"));
	if ((o->argc == 1) != (o->value[OPTION_HELD] != NULL))
		return output_usage(o->out, "copy register",
			_("say what is on the medium: paths or item numbers, or --held"));
	if (o->value[OPTION_HELD] != NULL)
		status = add_held(r);
	for (int i = 1; status == 0 && i < o->argc; i++)
		status = add_target(r, o->argv[i]);
	return status;
}

/* Opens the manifest: a new file, or standard output where none is named. */
static int open_manifest(struct registering *r, const char *path)
{
	if (path == NULL) {
		r->manifest = r->control->json ? NULL : stdout;
		return 0;
	}
	r->manifest = fopen(path, "wx");
	if (r->manifest != NULL)
		return 0;
	output_complain(r->control->out, path, "%s", i18n_error(errno));
	return STATUS_UNREACHABLE;
}

static int close_manifest(struct registering *r, const char *path)
{
	int err;
	if (path == NULL || r->manifest == NULL)
		return 0;
	err = ferror(r->manifest) != 0 ? EIO : 0;
	if (fclose(r->manifest) != 0)
		err = errno;
	if (err != 0)
		output_complain(r->control->out, path, "%s", i18n_error(err));
	return err != 0 ? STATUS_UNREACHABLE : 0;
}

static void tell_registered(struct registering *r, const char *manifest)
{
	size_t n = json_array_size(r->rows);
	if (r->control->json) {
		json_t *document = json_pack(
			"{s:O, s:O, s:b}", "copy", r->copy, "rows", r->rows, "ok", 1);
		output_json(r->control->out, document);
		json_decref(document);
		return;
	}
	render_line(manifest != NULL ? stdout : stderr,
		ngettext("%zu item is registered as being on the medium %s.",
			"%zu items are registered as being on the medium %s.", n),
		n, r->medium);
}

static int run_copy_register(struct control *c, const struct options *o)
{
	const char *path = o->value[OPTION_MANIFEST];
	struct registering r = { .control = c,
		.medium = o->argv[0],
		.type = o->value[OPTION_TYPE],
		.items = json_array(),
		.rows = json_array() };
	int status = gather_items(&r, o), closed;
	if (status == 0)
		status = open_manifest(&r, path);
	if (status == 0) {
		status = send_all(&r);
		closed = close_manifest(&r, path);
		status = status != 0 ? status : closed;
	}
	if (status == 0)
		tell_registered(&r, path);
	json_decref(r.items);
	json_decref(r.rows);
	json_decref(r.copy);
	return status;
}

static const char *result_of(const json_t *row)
{
	if (json_is_null(json_object_get(row, "passed")))
		return get_true(row, "overdue") ? _("never read again, OVERDUE")
						: _("never read again");
	if (!get_true(row, "passed"))
		return _("FAILED");
	return get_true(row, "overdue") ? _("passed, OVERDUE") : _("passed");
}

static void fill_copy(struct render_table *t, const json_t *row)
{
	render_table_set(t, 0, get_copy(row, "medium"));
	render_table_set(t, 1, render_format("%s", words_for(WORDS_MEDIUM, get_text(row, "type"))));
	render_table_set(t, 2, get_copy(row, "items"));
	render_table_set(t, 3, render_size((uint64_t)get_number(row, "bytes", 0)));
	render_table_set(t, 4, render_time(get_text(row, "registered_at"), false));
	render_table_set(t, 5, cell_named(row, "registered_by", "registered_by_name"));
	render_table_set(t, 6, render_time(get_text(row, "verified_at"), false));
	render_table_set(t, 7, render_format("%s", result_of(row)));
}

static const struct table_kind copies = {
	"copy list",
	{ N_("MEDIUM"), N_("KIND"), N_("ITEMS"), N_("SIZE"), N_("REGISTERED"), N_("REGISTERED BY"),
		N_("LAST READ"), N_("RESULT") },
	1 << 2 | 1 << 3,
	fill_copy,
};

static int run_copy_list(struct control *c, const struct options *o)
{
	return list_print(c,
		json_pack("{s:s, s:i, s:b}", "do", "copy.list", "limit", 500, "overdue",
			o->value[OPTION_OVERDUE] != NULL),
		&copies);
}

const struct command cmd_copy[] = {
	{ "copy register", N_("MEDIUM --type TYPE PATH...|ITEM...|--held [--manifest FILE]"), 1,
		COMMAND_MANY, COMMAND_PATH_LAST,
		OPTION_BIT(TYPE) | OPTION_BIT(HELD) | OPTION_BIT(MANIFEST), run_copy_register,
		N_("register what was copied to an offline medium") },
	{ "copy verify", N_("MEDIUM DIRECTORY"), 2, 2, 0, 0, copy_verify,
		N_("read an offline medium again and compare every digest") },
	{ "copy list", N_("[--overdue]"), 0, 0, COMMAND_OFFLINE, OPTION_BIT(OVERDUE), run_copy_list,
		N_("list the offline media") },
	{ .name = NULL },
};
