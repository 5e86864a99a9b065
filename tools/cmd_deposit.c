/* custody deposit: copies files into a case folder, and makes sure that what the store holds is what they were. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fs/i18n.h"
#include "fs/store/digest.h"
#include "policy/reason.h"
#include "policy/verb.h"
#include "tools/commands.h"
#include "tools/get.h"
#include "tools/locate.h"
#include "tools/progress.h"
#include "tools/render.h"
#include "tools/status.h"

#define PIECE (1 << 20)                 /* bytes read and written at once */
#define WAIT_MS INT64_C(30000)          /* for the store's digest: so long, */
#define WAIT_BYTES_MS (20 << 10)        /* and a millisecond more for so many bytes */

enum result { DEPOSITED, COPIED, DUPLICATE, CONFLICT, FAILED, UNCONFIRMED, MISMATCH };

struct file {
	const char *source;
	char *path;             /* in the store */
	uint64_t size;
	char sha256[HASH_HEX];
	long long item;
	enum result result;
};

struct deposit {
	struct control *control;
	struct progress progress;
	char *folder;           /* in the store */
	char *buffer;
	uint64_t total, done;
};

/*
 * Reads a file from its beginning to its end, hashing; with `to` >= 0 writes it there.  0, or an errno and which side it
 * came from.
 */
static int stream(struct deposit *d, struct file *f, int from, int to, bool *writing)
{
	uint8_t sha[HASH_LEN], sm3[HASH_LEN];
	struct digest_pair *pair = NULL;
	int e = digest_pair_new(&pair);
	*writing = false;
	f->size = 0;
	while (!e) {
		ssize_t n = pread(from, d->buffer, PIECE, (off_t)f->size), put = 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			e = errno;
		if (n <= 0)
			break;
		digest_pair_update(pair, d->buffer, (size_t)n);
		while (!e && to >= 0 && put < n) {
			ssize_t w = write(to, d->buffer + put, (size_t)(n - put));
			if (w < 0 && errno != EINTR) {
				e = errno;
				*writing = true;
			}
			put += w > 0 ? w : 0;
		}
		f->size += (uint64_t)n;
		d->done += (uint64_t)n;
		progress_show(&d->progress, d->done, d->total);
	}
	if (!e) {
		digest_pair_final(pair, sha, sm3);
		hash_hex(sha, f->sha256);
	}
	digest_pair_free(pair);
	return e;
}

static void complain(struct deposit *d, struct file *f, enum result result, const char *sentence)
{
	progress_end(&d->progress);
	render_complain(f->source, "%s", sentence);
	f->result = result;
}

/*
 * The store's own sentence for a refusal with that errno: of `verb` in the folder, or (NULL) of the last one there.  NULL where it has
 * none.
 */
static const char *sentence_for(struct deposit *d, const char *verb, int error)
{
	json_t *request = json_pack("{s:s, s:s, s:s?}", "do", "why", "path", d->folder, "verb", verb), *answer = NULL;
	const char *sentence = NULL;
	if (request && !control_transact(d->control, request, &answer) && json_is_false(json_object_get(answer, "allowed"))) {
		const char *name = get_text(answer, "reason");
		enum reason r = name ? reason_parse(name) : REASON_COUNT;
		if (r != REASON_COUNT && reason_errno(r) == error)
			sentence = _(reason_text(r));
	}
	json_decref(request);
	json_decref(answer);
	return sentence;
}

static void complain_refused(struct deposit *d, struct file *f, int error)
{
	const char *sentence = sentence_for(d, NULL, error);
	if (!sentence)
		sentence = sentence_for(d, verb_name(VERB_CREATE), error);
	complain(d, f, FAILED, sentence ? sentence : i18n_error(error));
}

/*
 * Copies, with the source's mtime.  Nothing partial is ever sealed: what cannot be read to its end is taken back before it
 * is closed.
 */
static void copy(struct deposit *d, struct file *f, int from, int to, const char *destination, const struct stat *st)
{
	const struct timespec times[2] = {st->st_atim, st->st_mtim};
	bool writing;
	struct stat after;
	int e = stream(d, f, from, to, &writing);
	if (!e && !fstat(from, &after) && (after.st_size != st->st_size || after.st_mtim.tv_sec != st->st_mtim.tv_sec ||
					   after.st_mtim.tv_nsec != st->st_mtim.tv_nsec)) {
		unlink(destination);
		close(to);
		complain(d, f, FAILED, _("the file changed while it was copied; it was not deposited"));
		return;
	}
	if (e && !writing)
		unlink(destination);
	if (!e)
		futimens(to, times);
	if (close(to) && !e) {
		e = errno;
		writing = true;
	}
	if (!e)
		f->result = COPIED;
	else
		complain(d, f, FAILED, i18n_error(e));
}

/* What the store says of the path; a new reference, or NULL. */
static json_t *item_at(struct deposit *d, const char *path)
{
	json_t *request = json_pack("{s:s, s:s}", "do", "show", "path", path), *answer = NULL, *item = NULL;
	if (request && !control_transact(d->control, request, &answer))
		item = json_incref(json_object_get(answer, "item"));
	json_decref(request);
	json_decref(answer);
	return item;
}

static void pause_ms(int64_t ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

/* The same once its digest is there, waited for within bounds; NULL where it did not come. */
static json_t *digested(struct deposit *d, const char *path, uint64_t size)
{
	int64_t limit = WAIT_MS + (int64_t)(size / WAIT_BYTES_MS), pause = 10, waited = 0;
	for (;;) {
		json_t *item = item_at(d, path);
		if (get_text(item, "sha256") || waited >= limit)
			return item;
		json_decref(item);
		pause_ms(pause);
		waited += pause;
		pause = pause < 500 ? pause * 2 : 1000;
	}
}

/* The name is taken: by the same content, or by another. */
static void compare(struct deposit *d, struct file *f, int from, const struct stat *st)
{
	bool writing;
	int e;
	json_t *item = item_at(d, f->path);
	f->size = (uint64_t)st->st_size;
	if (item && get_number(item, "size", -1) == st->st_size && !get_text(item, "sha256")) {
		json_decref(item);
		item = digested(d, f->path, (uint64_t)st->st_size);
	}
	const char *sha = get_text(item, "sha256");
	if (!item)
		complain_refused(d, f, EEXIST);
	else if (get_number(item, "size", -1) != st->st_size)
		complain(d, f, CONFLICT, _("the name is taken there by a file with other content; nothing was changed"));
	else if (!sha)
		complain(d, f, UNCONFIRMED, _("the name is taken there, and its digest is not computed yet; try again later"));
	else if ((e = stream(d, f, from, -1, &writing)))
		complain(d, f, FAILED, i18n_error(e));
	else if (strcmp(sha, f->sha256))
		complain(d, f, CONFLICT, _("the name is taken there by a file with other content; nothing was changed"));
	else
		f->result = DUPLICATE;
	f->item = get_number(item, "item", 0);
	json_decref(item);
}

static void deposit_one(struct deposit *d, struct file *f)
{
	struct stat st;
	char *destination = render_format("%s/%s", d->control->mount, f->path);
	int from = open(f->source, O_RDONLY | O_CLOEXEC | O_NOCTTY), to = -1;
	if (from < 0 || fstat(from, &st)) {
		complain(d, f, FAILED, i18n_error(errno));
	} else if (!S_ISREG(st.st_mode)) {
		complain(d, f, FAILED, _("this is not a file; folders are not deposited whole"));
	} else if ((to = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666)) >= 0) {
		copy(d, f, from, to, destination, &st);
	} else if (errno == EEXIST) {
		compare(d, f, from, &st);
	} else {
		complain_refused(d, f, errno);
	}
	if (from >= 0)
		close(from);
	free(destination);
}

/* Whether the store's digest is the source's. */
static void confirm(struct deposit *d, struct file *f)
{
	json_t *item;
	if (f->result != COPIED)
		return;
	item = digested(d, f->path, f->size);
	const char *sha = get_text(item, "sha256");
	f->item = get_number(item, "item", 0);
	if (!sha)
		complain(d, f, UNCONFIRMED,
			 _("deposited, but the store's digest did not come in time; check later with custody show"));
	else if (strcmp(sha, f->sha256))
		complain(d, f, MISMATCH, _("the store's digest is NOT that of the file; keep the file and tell an administrator"));
	else
		f->result = DEPOSITED;
	json_decref(item);
}

static json_t *row(const struct file *f)
{
	static const char *const names[] = {"deposited", "copied", "duplicate", "conflict", "failed", "unconfirmed", "mismatch"};
	char *source = render_safe(f->source), *path = render_safe(f->path);    /* a name that is not UTF-8 has its row, too */
	json_t *row = json_pack("{s:s, s:s, s:s, s:o, s:I, s:o}", "source", source, "path", path, "result", names[f->result],
				"item", f->item ? json_integer(f->item) : json_null(), "size", (json_int_t)f->size,
				"sha256", *f->sha256 ? json_string(f->sha256) : json_null());
	free(source);
	free(path);
	return row;
}

static void tell_one(const struct file *f)
{
	char *size = render_size(f->size);
	if (f->result == DEPOSITED)
		render_line(stdout, _("%s: deposited as item %lld, %s, SHA-256 %s"), f->source, f->item, size, f->sha256);
	else if (f->result == DUPLICATE)
		render_line(stdout, _("%s: a duplicate of item %lld, which is there already, %s, SHA-256 %s"), f->source, f->item, size,
			    f->sha256);
	free(size);
}

static int tell(struct control *c, const struct file *files, int n)
{
	json_t *rows = json_array();
	int status = 0;
	for (int i = 0; i < n; i++) {
		if (files[i].result != DEPOSITED && files[i].result != DUPLICATE)
			status = STATUS_REFUSED;
		if (c->json)
			json_array_append_new(rows, row(&files[i]));
		else
			tell_one(&files[i]);
	}
	if (c->json) {
		json_t *document = json_pack("{s:b, s:O}", "ok", !status, "files", rows);
		render_json(stdout, document);
		json_decref(document);
	}
	json_decref(rows);
	return status;
}

/* The files, each with its place in the folder, and how much there is to copy. */
static struct file *plan(struct deposit *d, const struct options *o, int n)
{
	struct file *files = calloc((size_t)n, sizeof *files);
	for (int i = 0; files && i < n; i++) {
		struct stat st;
		char *copy = render_format("%s", o->argv[i]);
		files[i].source = o->argv[i];
		files[i].path = render_format("%s/%s", d->folder, basename(copy));
		files[i].result = FAILED;
		d->total += !stat(o->argv[i], &st) && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
		free(copy);
	}
	return files;
}

static int run(struct deposit *d, const struct options *o)
{
	int n = o->argc - 1;
	struct file *files = plan(d, o, n);
	int status = STATUS_UNREACHABLE;
	d->buffer = malloc(PIECE);
	if (files && d->buffer) {
		progress_begin(&d->progress, _("depositing"), true);
		for (int i = 0; i < n; i++)
			deposit_one(d, &files[i]);
		for (int i = 0; i < n; i++)
			confirm(d, &files[i]);
		progress_end(&d->progress);
		status = tell(d->control, files, n);
	}
	for (int i = 0; files && i < n; i++)
		free(files[i].path);
	free(files);
	free(d->buffer);
	return status;
}

/* Whether files can go there; said on stderr, in the store's own words if it has some, where not. */
static bool is_folder(struct control *c, const char *path, const char *name)
{
	char *there = render_format("%s/%s", c->mount, path);
	json_t *answer = NULL;
	struct stat st;
	bool folder = !stat(there, &st) && S_ISDIR(st.st_mode);
	free(there);
	if (!folder && !control_ask(c, json_pack("{s:s, s:s}", "do", "show", "path", path), name, &answer))
		render_complain(name, "%s", _("there is no such folder; files go into an existing case folder of the store"));
	json_decref(answer);
	return folder;
}

int cmd_deposit(struct control *c, const struct options *o)
{
	struct deposit d = {.control = c};
	const char *folder = o->argv[o->argc - 1];
	int status = locate_path(c->mount, folder, &d.folder);
	if (!status)
		status = is_folder(c, d.folder, folder) ? run(&d, o) : STATUS_REFUSED;
	free(d.folder);
	return status;
}
