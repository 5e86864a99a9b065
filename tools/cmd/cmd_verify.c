/* custody verify: reads content again and checks it against its digests. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/cmd/commands.h"
#include "tools/control/target.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

struct scrub {
	struct control *control;
	struct progress progress;
	bool json;                /* print nothing but one document */
	bool begun;               /* the amount to read is known, and reading has begun */
	uint64_t total, done;     /* bytes; a damaged item counts as done to its end */
	uint64_t read;            /* bytes that were read and are intact */
	uint64_t items;           /* checked to the end, or found damaged */
	json_t *damaged, *failed; /* what was found: {item,path,…} */
};

/* Notes and reports an item that is damaged or could not be checked. */
static void note_damage(struct scrub *s, const json_t *row, json_t *list, const char *key,
	json_t *value, char *sentence)
{
	const char *path = get_text(row, "path");
	json_array_append_new(list,
		json_pack("{s:I, s:s?, s:o}", "item", (json_int_t)get_number(row, "item", 0),
			"path", path, key, value));
	progress_end(&s->progress);
	if (!s->json)
		render_line(stdout, _("item %lld, %s: %s"), get_number(row, "item", 0),
			path != NULL ? path : _("out of sight"), sentence);
	fflush(stdout);
	free(sentence);
}

static void note_failed(struct scrub *s, const json_t *row, const json_t *answer, int error)
{
	const char *name = get_text(answer, "errno"), *text = get_text(answer, "text");
	note_damage(s, row, s->failed, "errno",
		json_string(name != NULL ? name : strerrorname_np(error)),
		render_format(
			_("could not be checked: %s"), text != NULL ? _(text) : i18n_error(error)));
}

static void count_item(struct scrub *s, long long bytes)
{
	s->done += bytes > 0 ? (uint64_t)bytes : 0;
	s->read += bytes > 0 ? (uint64_t)bytes : 0;
	progress_show(&s->progress, s->done, s->total);
}

/*
 * Checks one stretch of an item.  0 and the next offset (-1 at the end, or after damage), or a
 * status.
 */
static int check_range(struct scrub *s, const json_t *row, long long offset, long long *next)
{
	json_t *answer = NULL;
	json_t *request = json_pack("{s:s, s:I, s:I}", "do", "verify.range", "item",
		(json_int_t)get_number(row, "item", 0), "offset", (json_int_t)offset);
	int err = request != NULL ? control_transact(s->control, request, &answer) : ENOMEM;
	*next = -1;
	json_decref(request);
	if (err == 0 && get_true(answer, "ok") &&
		!json_is_boolean(json_object_get(answer, "damaged")))
		err = EPROTO;
	if (err != 0 || !get_true(answer, "ok")) {
		note_failed(s, row, answer, err != 0 ? err : EIO);
	} else if (get_true(answer, "damaged")) {
		long long at = get_number(answer, "at", offset);
		s->items++;
		note_damage(s, row, s->damaged, "at", json_integer(at),
			render_format(_("DAMAGED at byte %lld"), at));
	} else {
		long long size = get_number(answer, "size", 0);
		*next = get_number(answer, "next", -1);
		if (*next >= 0 && *next <= offset) {
			note_failed(s, row, NULL, EPROTO);
			*next = -1;
		} else {
			s->items += *next < 0;
			count_item(s, (*next < 0 ? size : *next) - offset);
		}
	}
	json_decref(answer);
	return err != 0 ? STATUS_UNREACHABLE : 0;
}

static int check_item(void *arg, const json_t *row)
{
	struct scrub *s = arg;
	long long offset = 0;
	uint64_t before = s->done;
	int status = 0;
	while (status == 0 && offset >= 0)
		status = check_range(s, row, offset, &offset);
	s->done = before +
		(uint64_t)get_number(row, "size", 0); /* the rest of a damaged item is not read */
	progress_show(&s->progress, s->done, s->total);
	return status;
}

/*
 * Makes the request that lists what is to be verified: a path, an item number, or everything
 * (NULL).  0 or a status.
 */
static int list_request(struct control *c, const char *target, int limit, json_t **request)
{
	int64_t item;
	char *path = NULL;
	int status = 0;
	if (target == NULL) {
		*request = json_pack(
			"{s:s, s:n, s:i}", "do", "verify.list", "path", "limit", limit);
	} else if (options_number(target, &item)) {
		*request = json_pack("{s:s, s:I, s:i}", "do", "verify.list", "item",
			(json_int_t)item, "limit", limit);
	} else if ((status = target_path(c, target, &path)) == 0) {
		*request = json_pack(
			"{s:s, s:s, s:i}", "do", "verify.list", "path", path, "limit", limit);
	}
	free(path);
	return status;
}

/* Counts the items of a list. */
struct measure {
	uint64_t items, bytes;
};

static int add_size(void *arg, const json_t *row)
{
	struct measure *m = arg;
	m->items++;
	m->bytes += (uint64_t)get_number(row, "size", 0);
	return 0;
}

/*
 * How much there is to read.  The store knows the sum of everything; otherwise the rows are added
 * up.
 */
static int measure_target(struct scrub *s, const char *target)
{
	struct measure m = { 0, 0 };
	struct control_pager pager = { add_size, NULL, &m };
	json_t *request = NULL, *answer = NULL;
	int status = list_request(s->control, target, target != NULL ? 1000 : 1, &request);
	if (status != 0)
		return STATUS_UNREACHABLE;
	if (target != NULL)
		status = control_each(s->control, request, target, &pager);
	else
		status = control_ask(s->control, request, "verify", &answer);
	s->total += target != NULL ? m.bytes : (uint64_t)get_number(answer, "total_bytes", 0);
	json_decref(answer);
	if (status == 0 && target != NULL && m.items == 0) {
		output_complain(
			s->control->out, target, "%s", _("there is nothing sealed here to verify"));
		status = STATUS_UNREACHABLE;
	}
	return status != 0 ? STATUS_UNREACHABLE : 0;
}

static int verify_targets(struct scrub *s, const char *target)
{
	struct control_pager pager = { check_item, NULL, s };
	json_t *request = NULL;
	int status = list_request(s->control, target, 500, &request);
	if (status == 0)
		status = control_each(
			s->control, request, target != NULL ? target : "verify", &pager);
	return status != 0 ? STATUS_UNREACHABLE : 0;
}

static void print_summary(const struct scrub *s, int status)
{
	int64_t ms = progress_elapsed(&s->progress);
	char *size = render_size(s->read), *rate = progress_rate(s->read, ms);
	size_t damaged = json_array_size(s->damaged), failed = json_array_size(s->failed);
	render_line(stdout,
		ngettext("%llu item, %s, in %.1f seconds (%s)",
			"%llu items, %s, in %.1f seconds (%s)", (unsigned long)s->items),
		(unsigned long long)s->items, size, (double)ms / 1000, rate);
	if (damaged != 0)
		render_line(stdout,
			ngettext("%zu item is DAMAGED", "%zu items are DAMAGED", damaged), damaged);
	if (failed != 0)
		render_line(stdout,
			ngettext("%zu item could not be checked", "%zu items could not be checked",
				failed),
			failed);
	if (status == 0)
		render_line(stdout, "%s", _("Every one holds."));
	else if (damaged == 0 && failed == 0)
		render_line(stdout, "%s", _("The check was not finished."));
	free(size);
	free(rate);
}

static int verify_all(struct scrub *s, const struct options *o)
{
	int targets = o->argc != 0 ? o->argc : 1, status = 0;
	for (int i = 0; status == 0 && i < targets; i++)
		status = measure_target(s, o->argc != 0 ? o->argv[i] : NULL);
	if (status != 0) {
		progress_end(&s->progress);
		return status;
	}
	s->control->json = false; /* from here on a refusal is part of the document */
	s->begun = true;
	for (int i = 0; status == 0 && i < targets; i++)
		status = verify_targets(s, o->argc != 0 ? o->argv[i] : NULL);
	progress_end(&s->progress);
	if (json_array_size(s->damaged) != 0)
		status = STATUS_REFUSED;
	else if (json_array_size(s->failed) != 0)
		status = STATUS_UNREACHABLE;
	return status;
}

static void print_document(const struct scrub *s, int status)
{
	json_t *document = json_pack("{s:b, s:I, s:I, s:O, s:O}", "ok", status == 0, "items",
		(json_int_t)s->items, "bytes", (json_int_t)s->read, "damaged", s->damaged, "failed",
		s->failed);
	output_json(s->control->out, document);
	json_decref(document);
}

static int run_verify(struct control *c, const struct options *o)
{
	struct scrub s = {
		.control = c, .json = c->json, .damaged = json_array(), .failed = json_array()
	};
	int status = STATUS_UNREACHABLE;
	if ((o->argc == 0) == (o->value[OPTION_ALL] == NULL)) {
		output_complain(c->out, "verify", "%s",
			_("say what to verify: paths or item numbers, or --all"));
	} else {
		progress_begin(&s.progress, _("verifying"), true);
		status = verify_all(&s, o);
		if (s.json && s.begun)
			print_document(&s, status);
		else if (!s.json && (status != STATUS_UNREACHABLE || s.items != 0))
			print_summary(&s, status);
	}
	json_decref(s.damaged);
	json_decref(s.failed);
	return status;
}

const struct command cmd_verify[] = {
	{ "verify", N_("PATH...|ITEM...|--all"), 0, COMMAND_MANY,
		COMMAND_OFFLINE | COMMAND_PATH_FIRST, OPTION_BIT(ALL), run_verify,
		N_("read content again and check that it is unchanged") },
	{ .name = NULL },
};
