/* The report. */
#include "tools/dockd/report.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/text/file.h"
#include "tools/text/get.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define REPORT "report.json"
#define REPORT_MAX (16 << 20)
#define ROWS 1000

static const char *const stores[] = { "unknown", "here", "away" };

static json_t *text_json(const char *text)
{
	char *safe = text != NULL ? render_safe(text) : NULL;
	json_t *value = safe != NULL ? json_string(safe) : json_null();
	free(safe);
	return value;
}

static json_t *time_json(time_t t)
{
	char text[40];
	struct tm tm;
	size_t n = localtime_r(&t, &tm) != NULL ? strftime(text, sizeof text, "%FT%T%z", &tm) : 0;
	if (n < 5)
		return json_null();
	memmove(text + n - 1, text + n - 2, 3); /* +0800 → +08:00 */
	text[n - 2] = ':';
	return json_string(text);
}

static json_t *folders_json(const struct standing *s)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < s->config->count; i++) {
		const struct dock *d = &s->config->docks[i];
		json_array_append_new(rows,
			json_pack("{s:o, s:o, s:b}", "name", text_json(d->name), "path",
				text_json(d->path), "there", s->there[i]));
	}
	return rows;
}

static json_t *paths_json(const struct file_list *list)
{
	json_t *rows = json_array();
	const struct file *f;
	TAILQ_FOREACH(f, list, link)
		if (json_array_size(rows) < ROWS)
			json_array_append_new(rows, text_json(f->path));
	return rows;
}

static json_t *trouble_json(const struct standing *s)
{
	json_t *rows = json_array();
	const struct file *f;
	TAILQ_FOREACH(f, &s->files->list[FILE_TROUBLE], link)
		if (json_array_size(rows) < ROWS)
			json_array_append_new(rows,
				json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "path",
					text_json(f->path), "folder",
					text_json(s->config->docks[f->dock].name), "status",
					text_json(f->status), "reason", text_json(f->reason),
					"text", text_json(f->text), "since", time_json(f->since),
					"tries", (json_int_t)f->tries));
	return rows;
}

static size_t count_beyond(size_t count)
{
	return count > ROWS ? count - ROWS : 0;
}

static char *path_in(const struct config *c, const char *name)
{
	return render_format("%s/%s", c->state, name);
}

int report_write(const struct standing *s)
{
	const struct files *f = s->files;
	json_t *report = json_pack("{s:i, s:i, s:o, s:o, s:o, s:s, s:o, s:I, s:I, s:I, s:I, s:o, "
				   "s:I, s:o, s:o, s:o, s:I}",
		"version", 1, "pid", (int)getpid(), "written", time_json(time(NULL)), "started",
		time_json(s->started), "mount", text_json(s->config->mount), "store",
		stores[s->store], "store_text", text_json(s->store_text), "deposited",
		(json_int_t)s->deposited, "duplicates", (json_int_t)s->duplicates, "remembered",
		(json_int_t)s->remembered, "cleared", (json_int_t)s->cleared, "folders",
		folders_json(s), "waiting",
		(json_int_t)(f->count[FILE_WAITING] + f->count[FILE_READY]), "running",
		paths_json(&f->list[FILE_RUNNING]), "trouble", trouble_json(s), "unfinished",
		paths_json(&f->list[FILE_UNFINISHED]), "more",
		(json_int_t)(count_beyond(f->count[FILE_TROUBLE]) +
			count_beyond(f->count[FILE_UNFINISHED])));
	char *text = report != NULL ? json_dumps(report, JSON_INDENT(1) | JSON_ENSURE_ASCII) : NULL,
	     *path = path_in(s->config, REPORT);
	int err = text != NULL ? file_write(path, text) : ENOMEM;
	free(path);
	free(text);
	json_decref(report);
	return err;
}

int report_lock(const struct config *config, const char *name, int *fd)
{
	char *path = path_in(config, name);
	int err = 0;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (*fd < 0) {
		err = errno;
	} else if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		err = errno;
		close(*fd);
		*fd = -1;
	}
	free(path);
	return err;
}

/* Whether a daemon is running: it holds its lock. */
static bool is_running(const struct config *config)
{
	char *path = path_in(config, REPORT_LOCK);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	if (fd >= 0)
		close(fd);
	free(path);
	return held;
}

/* The sentence in the language of the reader, which may not be the daemon's. */
static const char *sentence_of(const json_t *row)
{
	const char *reason = get_text(row, "reason"), *text = get_text(row, "text");
	enum reason r = reason != NULL ? reason_parse(reason) : REASON_COUNT;
	if (r != REASON_COUNT && r != REASON_NONE)
		return _(reason_text(r));
	return text != NULL && *text != '\0' ? _(text) : reason != NULL ? reason : "";
}

static void print_line(const char *text)
{
	render_line(stdout, "%s", text);
}

static void print_trouble(const json_t *rows)
{
	const json_t *row;
	size_t i;
	if (json_array_size(rows) != 0)
		print_line(_("These need someone to do something:"));
	json_array_foreach(rows, i, row) {
		char *since = render_time(get_text(row, "since"), false);
		const char *path = get_text(row, "path");
		render_line(stdout, "  %s", path != NULL ? path : "");
		render_line(stdout, _("      %s (since %s, tried %lld times)"), sentence_of(row),
			since != NULL ? since : "?", get_number(row, "tries", 0));
		free(since);
	}
}

static void print_paths(const char *title, const json_t *rows)
{
	const json_t *row;
	size_t i;
	if (json_array_size(rows) != 0)
		print_line(title);
	json_array_foreach(rows, i, row)
		render_line(stdout, "  %s", json_is_string(row) ? json_string_value(row) : "");
}

static void print_store(const json_t *report)
{
	const char *store = get_text(report, "store"), *text = get_text(report, "store_text");
	if (store != NULL && strcmp(store, "away") == 0)
		render_line(stdout, _("The store can't be reached; everything waits for it: %s"),
			text != NULL ? text : "?");
	else if (text != NULL)
		print_line(text);
}

static bool print_folders(const json_t *rows)
{
	const json_t *row;
	bool away = false;
	size_t i;
	print_line(_("Folders:"));
	json_array_foreach(rows, i, row) {
		const char *name = get_text(row, "name"), *path = get_text(row, "path");
		bool there = get_true(row, "there");
		render_line(stdout, there ? _("  %s (%s): watched") : _("  %s (%s): not there"),
			path != NULL ? path : "", name != NULL ? name : "");
		away |= !there;
	}
	return away;
}

/* STATUS_DONE where nobody has to do anything. */
static int status_of(const json_t *report, bool running)
{
	const char *store = get_text(report, "store");
	bool away = store != NULL && strcmp(store, "away") == 0;
	return running && !away && json_array_size(json_object_get(report, "trouble")) == 0
		? STATUS_DONE
		: STATUS_REFUSED;
}

static int print_report(const json_t *report, bool running)
{
	char *written = render_time(get_text(report, "written"), false);
	const json_t *trouble = json_object_get(report, "trouble");
	long long more;
	if (running)
		render_line(stdout, _("custody-dockd runs; as of %s:"),
			written != NULL ? written : "?");
	else
		render_line(stdout,
			_("custody-dockd does NOT run; this is how things stood at %s:"),
			written != NULL ? written : "?");
	free(written);
	print_store(report);
	print_folders(json_object_get(report, "folders"));
	render_line(stdout,
		_("Deposited: %lld, there already: %lld, removed from the folders: %lld (since it "
		  "started); waiting: %lld"),
		get_number(report, "deposited", 0),
		get_number(report, "duplicates", 0) + get_number(report, "remembered", 0),
		get_number(report, "cleared", 0), get_number(report, "waiting", 0));
	print_paths(_("Being deposited:"), json_object_get(report, "running"));
	print_trouble(trouble);
	print_paths(_("Unfinished copies, which wait until they get their real names:"),
		json_object_get(report, "unfinished"));
	more = get_number(report, "more", 0);
	if (more != 0)
		render_line(stdout, _("and %lld more"), more);
	return status_of(report, running);
}

int report_print(const struct config *config)
{
	char *path = path_in(config, REPORT), *text = NULL;
	int err = file_read(path, REPORT_MAX, &text), status = STATUS_UNREACHABLE;
	json_t *report = err != 0 ? NULL : json_loads(text, 0, NULL);
	bool running = is_running(config);
	if (err != 0)
		render_line(stderr,
			_("custody-dockd: %s: %s; has it ever been started, and may you read it?"),
			path, i18n_error(err));
	else if (!json_is_object(report))
		render_line(stderr,
			_("custody-dockd: %s is damaged; it is written again when custody-dockd "
			  "starts"),
			path);
	else if (!config->json)
		status = print_report(report, running);
	else {
		json_object_set_new(report, "running_now", json_boolean(running));
		render_json(stdout, report);
		status = status_of(report, running);
	}
	json_decref(report);
	free(text);
	free(path);
	return status;
}
