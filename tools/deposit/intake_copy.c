/* Copying one file after the other, comparing what is there already, and clearing the source of
 * what is verified. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "policy/verb.h"
#include "tools/deposit/intake.h"
#include "tools/deposit/kind.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/render.h"

#define PIECE (1 << 20)   /* bytes read and written at once */
#define SAMPLE (64 << 10) /* bytes, twice, by which most files are told apart */

static const char changed[] = N_("the file changed while it was copied; it was not deposited");
static const char taken[] = N_(
	"the name is taken there by a file with other content; nothing was changed");

static void settle(struct intake *in, struct intake_file *f, enum intake_status status,
	const char *reason, const char *sentence)
{
	intake_settle(
		in, f, status, reason, sentence != NULL ? render_format("%s", sentence) : NULL);
}

static void settle_failed(struct intake *in, struct intake_file *f, bool writing, int error)
{
	settle(in, f, INTAKE_FAILED,
		!writing                  ? "read-error"
			: error == ENOSPC ? "no-space"
					  : "write-error",
		i18n_error(error));
}

/* By the store's rules, in its own words where it has some. */
static void settle_refused(struct intake *in, struct intake_file *f, int error)
{
	const char *reason;
	char *text;
	intake_why(in, f->folder, NULL, error, &reason, &text);
	if (text == NULL)
		intake_why(in, f->folder, verb_name(VERB_CREATE), error, &reason, &text);
	if (text != NULL)
		intake_settle(in, f, INTAKE_REFUSED, reason, text);
	else
		settle_failed(in, f, true, error);
}

/* Whether it is still the file that was opened, and unchanged. */
static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
		a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool has_changed(const struct intake_file *f, int from)
{
	struct stat now;
	return fstat(from, &now) != 0 || !is_unchanged(&f->st, &now);
}

static int write_all(int to, const char *data, size_t len)
{
	while (len != 0) {
		ssize_t n = write(to, data, len);
		if (n < 0 && errno != EINTR)
			return errno;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/*
 * Reads a file from its beginning to its end, hashing; with `to` >= 0 writes it there.  Not much
 * beyond the length that it had: one that grows for ever has changed.  0, or an errno and which
 * side it came from.
 */
static int stream(struct intake *in, struct intake_file *f, int from, int to, bool *writing)
{
	uint8_t sha[HASH_LEN], sm3[HASH_LEN];
	struct digest_pair *pair = NULL;
	int err = digest_pair_new(&pair);
	uint64_t at = 0, end = (uint64_t)f->st.st_size;
	*writing = false;
	while (err == 0 && at <= end) {
		ssize_t n = pread(from, in->buffer, PIECE, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = errno;
		if (n <= 0)
			break;
		digest_pair_update(pair, in->buffer, (size_t)n);
		if (to >= 0 && (err = write_all(to, in->buffer, (size_t)n)) != 0)
			*writing = true;
		at += (uint64_t)n;
		in->done += (uint64_t)n;
		progress_show(&in->progress, in->done, in->total);
	}
	if (err == 0) {
		f->size = at;
		digest_pair_final(pair, sha, sm3);
		hash_hex(sha, f->sha256);
		hash_hex(sm3, f->sm3);
	}
	digest_pair_free(pair);
	return err;
}

/* What was copied is closed, with the source's times; taken back where it is not what it should be.
 * Nothing partial is ever sealed. */
static void copy(
	struct intake *in, struct intake_file *f, int from, int to, const char *destination)
{
	const struct timespec times[2] = { f->st.st_atim, f->st.st_mtim };
	bool writing;
	int err = stream(in, f, from, to, &writing);
	bool differs = err == 0 && (f->size != (uint64_t)f->st.st_size || has_changed(f, from));
	if (differs || (err != 0 && !writing))
		unlink(destination);
	else if (err == 0) {
		futimens(to, times);
		if (f->place.important && !name_important(f->place.name)) /* its folder says so */
			(void)fsetxattr(to, "user.custody.important", "yes", 3, 0);
	}
	if (close(to) != 0 && err == 0 && !differs) {
		err = errno;
		writing = true;
	}
	/* someone who writes on is seen while it settles, at the latest */
	if (err == 0 && !differs && has_changed(f, from))
		differs = unlink(destination) == 0;
	if (err != 0)
		settle_failed(in, f, writing, err);
	else if (differs)
		settle(in, f, INTAKE_REFUSED, "changed", _(changed));
	else {
		f->status = INTAKE_COPIED;
		intake_day_add(in, f);
		f->mismatch = kinds_mismatch(in->kinds, from, f->place.name);
	}
	if (err != 0 || differs)
		*f->sha256 = *f->sm3 = '\0';
}

/* The source's digests, read once.  False where it could not be read, or changed meanwhile: the
 * file is settled. */
static bool hashed(struct intake *in, struct intake_file *f, int from)
{
	bool writing;
	int err = *f->sha256 != '\0' ? 0 : stream(in, f, from, -1, &writing);
	if (err != 0)
		settle_failed(in, f, false, err);
	else if (f->size != (uint64_t)f->st.st_size || has_changed(f, from))
		settle(in, f, INTAKE_REFUSED, "changed", _(changed));
	else
		return true;
	*f->sha256 = *f->sm3 = '\0';
	return false;
}

/* Whether the content of the item at a path, which is asked for, is the file's.  The file may be
 * settled by it. */
static bool is_same(struct intake *in, struct intake_file *f, int from, const char *path,
	struct intake_held *held)
{
	intake_held(in, path, (uint64_t)f->st.st_size, held);
	f->item = held->item;
	if (held->receiving)
		settle(in, f, INTAKE_FAILED, "unconfirmed",
			_("somebody is copying a file of that name there just now; try again "
			  "later"));
	else if (held->item != 0 && held->size == f->st.st_size &&
		(*held->sha256 == '\0' || *held->sm3 == '\0'))
		settle(in, f, INTAKE_FAILED, "unconfirmed",
			_("the name is taken there, and its digest is not computed yet; try again "
			  "later"));
	else if (held->item != 0 && held->size == f->st.st_size && hashed(in, f, from))
		return strcmp(held->sha256, f->sha256) == 0 && strcmp(held->sm3, f->sm3) == 0;
	return false;
}

static int open_source(const struct intake_file *f)
{
	return open(f->source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* What its beginning and middle come to.  Cameras cut recordings into files of one size: they are
 * not all read twice for that. */
static void take_sample(struct intake *in, struct intake_file *f, int from)
{
	char *a = in->buffer, *b = in->buffer + SAMPLE;
	ssize_t n = pread(from, a, SAMPLE, 0), m = pread(from, b, SAMPLE, f->st.st_size / 2);
	sha256_prefixed(0, a, n > 0 ? (size_t)n : 0, b, m > 0 ? (size_t)m : 0, f->sample);
}

/* Whether an earlier file of the run may have the same content. */
static bool is_alike_source(const struct intake_file *f, const struct intake_file *earlier)
{
	return earlier->st.st_size == f->st.st_size &&
		memcmp(earlier->sample, f->sample, HASH_LEN) == 0;
}

/* Whether it has. */
static bool is_same_source(
	struct intake *in, struct intake_file *f, int from, struct intake_file *earlier)
{
	int other = is_alike_source(f, earlier) ? open_source(earlier) : -1;
	bool same = other >= 0 && !has_changed(earlier, other) && hashed(in, earlier, other) &&
		hashed(in, f, from) && strcmp(earlier->sha256, f->sha256) == 0 &&
		strcmp(earlier->sm3, f->sm3) == 0;
	if (other >= 0)
		close(other);
	return same;
}

/* It is there, at a path that is taken over. */
static void settle_duplicate(struct intake *in, struct intake_file *f, char *path)
{
	free(f->path);
	f->path = path;
	settle(in, f, INTAKE_DUPLICATE, NULL, NULL);
}

/* The name is taken: by the same content, or by another. */
static void compare(struct intake *in, struct intake_file *f, int from)
{
	struct intake_held held;
	if (is_same(in, f, from, f->path, &held))
		settle_duplicate(in, f, render_format("%s", f->path));
	else if (f->status == INTAKE_PLANNED) {
		/* what came, and was not taken, is told by its digest */
		if (f->item != 0 && !in->dry_run && hashed(in, f, from))
			kinds_report(in->control, "name-conflict", f->path, f->sha256);
		if (f->status != INTAKE_PLANNED)
			return;
		settle(in, f, INTAKE_REFUSED, reason_name(REASON_NAME_TAKEN),
			f->item != 0 ? _(taken) : _(reason_text(REASON_NAME_TAKEN)));
	}
}

/* Whether a row of the day is of the same size, says as much by its name, and is not known to be
 * other content. */
static bool is_alike(const struct intake_file *f, const json_t *row)
{
	const char *sha256 = get_text(row, "sha256");
	return f->st.st_size != 0 && get_number(row, "size", -1) == f->st.st_size &&
		name_important(get_text(row, "name")) == name_important(f->place.name) &&
		!(sha256 != NULL && *f->sha256 != '\0' && strcmp(sha256, f->sha256) != 0);
}

/* Whether that day has the same content under another name that says as much.  The file is settled
 * then. */
static bool is_there_otherwise(struct intake *in, struct intake_file *f, int from)
{
	size_t i, date = (size_t)(strrchr(f->folder, '/') - f->folder);
	json_t *row;
	json_array_foreach(intake_day(in, f), i, row) {
		struct intake_held held;
		long long earlier = get_number(row, "file", -1);
		char *path;
		if (!is_alike(f, row) || (earlier >= 0 && !is_alike_source(f, &in->file[earlier])))
			continue;
		path = render_format("%.*s/%s/%s", (int)date, f->folder, get_text(row, "case"),
			get_text(row, "name"));
		if (is_same(in, f, from, path, &held)) {
			settle_duplicate(in, f, path);
			return true;
		}
		free(path);
		if (f->status != INTAKE_PLANNED)
			return true;
		if (*held.sha256 != '\0')
			json_object_set_new(
				row, "sha256", json_string(held.sha256)); /* asked for once */
	}
	f->item = 0;
	return false;
}

/* A run that does nothing has copied nothing: whether it would meet what it has planned before, in
 * the same place or (not into one folder) on the same day. */
static void meet_planned(struct intake *in, struct intake_file *f, int from)
{
	size_t date = (size_t)(strrchr(f->folder, '/') - f->folder);
	for (struct intake_file *g = in->file; g < f && f->status == INTAKE_PLANNED; g++) {
		bool place = g->status == INTAKE_PLANNED && strcmp(g->path, f->path) == 0;
		bool day = g->status == INTAKE_PLANNED && in->folder == NULL &&
			f->st.st_size != 0 && strncmp(g->path, f->path, date + 1) == 0 &&
			name_important(g->place.name) == name_important(f->place.name);
		if ((place || day) && is_same_source(in, f, from, g))
			settle_duplicate(in, f, render_format("%s", g->path));
		else if (place && f->status == INTAKE_PLANNED)
			settle(in, f, INTAKE_REFUSED, reason_name(REASON_NAME_TAKEN), _(taken));
	}
}

static void create(struct intake *in, struct intake_file *f, int from)
{
	struct statvfs disk;
	char *destination = render_format("%s/%s", in->control->mount, f->path);
	int to = -1;
	if (statvfs(in->control->mount, &disk) == 0 &&
		(uint64_t)f->st.st_size / disk.f_frsize >= disk.f_bavail)
		settle_failed(in, f, true, ENOSPC);
	else if ((to = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			  0666)) >= 0)
		copy(in, f, from, to, destination);
	else if (errno == EEXIST)
		compare(in, f, from);
	else
		settle_refused(in, f, errno);
	free(destination);
}

static void deposit_open(struct intake *in, struct intake_file *f, int from)
{
	struct stat st;
	char *destination = render_format("%s/%s", in->control->mount, f->path);
	bool named = lstat(destination, &st) == 0;
	free(destination);
	if (named && (in->dry_run || st.st_size == f->st.st_size))
		compare(in, f, from);
	else if (in->folder == NULL && is_there_otherwise(in, f, from))
		return;
	else if (in->dry_run)
		meet_planned(in, f, from);
	else
		create(in, f, from); /* also where other content has the name, so that the refusal
					is the store's */
}

static void deposit_one(struct intake *in, struct intake_file *f)
{
	int from = open_source(f);
	if (from < 0 || fstat(from, &f->st) != 0)
		settle_failed(in, f, false, errno);
	else if (!S_ISREG(f->st.st_mode))
		settle(in, f, INTAKE_UNPLACED, "not-a-file",
			_("this is neither a file nor a folder"));
	else {
		take_sample(in, f, from);
		deposit_open(in, f, from);
	}
	if (from >= 0)
		close(from);
}

void intake_copy(struct intake *in)
{
	in->buffer = malloc(PIECE);
	in->kinds = in->dry_run ? NULL : kinds_new(in->control);
	progress_begin(&in->progress, in->dry_run ? _("comparing") : _("depositing"), true);
	for (size_t i = 0; i < in->files; i++) {
		struct intake_file *f = &in->file[i];
		if (f->status != INTAKE_PLANNED)
			continue;
		if (in->buffer == NULL)
			settle_failed(in, f, false, ENOMEM);
		else if (in->dry_run || intake_make_folder(in, f))
			deposit_one(in, f);
	}
	progress_end(&in->progress);
}

/* Whether it was named twice, and went the first time. */
static bool went_before(const struct intake *in, const struct intake_file *f)
{
	for (const struct intake_file *g = in->file; g < f; g++)
		if (g->cleared && g->st.st_dev == f->st.st_dev && g->st.st_ino == f->st.st_ino)
			return true;
	return false;
}

/*
 * Opens a source and asks for a lease on it (fcntl(2), F_SETLEASE), where the kernel gives one:
 * nobody has the file open for writing then, and who opens it so waits until the descriptor is
 * closed.  The descriptor, or -1 where it cannot be opened; *err: EAGAIN where somebody writes, and
 * what they still write would be gone with it; else 0.
 */
static int lease(const struct intake_file *f, int *err)
{
	int fd = open(f->source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	bool given = fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
	*err = !given && errno == EAGAIN ? EAGAIN : 0;
	return fd;
}

/* Removes a source that is what was deposited, with nobody writing to it. */
static void clear_one(const struct intake *in, struct intake_file *f)
{
	struct stat now;
	int writer, fd = lease(f, &writer), err = lstat(f->source, &now) != 0 ? errno : 0;
	if (err == ENOENT && went_before(in, f))
		f->cleared = true;
	else if (err != 0)
		output_complain(
			in->control->out, f->source, _("it was not removed: %s"), i18n_error(err));
	else if (!is_unchanged(&f->st, &now))
		output_complain(in->control->out, f->source, "%s",
			_("it was not removed: it is no longer the file that was deposited"));
	else if (writer != 0)
		output_complain(in->control->out, f->source, "%s",
			_("it was not removed: somebody has it open for writing"));
	else if (unlink(f->source) != 0)
		output_complain(in->control->out, f->source, _("it was not removed: %s"),
			i18n_error(errno));
	else
		f->cleared = true;
	if (fd >= 0)
		close(fd); /* and the lease with it */
}

void intake_clear(struct intake *in)
{
	signal(SIGIO, SIG_IGN); /* comes to who has a lease when someone else opens the file */
	for (size_t i = 0; i < in->files; i++)
		if (in->file[i].status == INTAKE_DEPOSITED ||
			in->file[i].status == INTAKE_DUPLICATE)
			clear_one(in, &in->file[i]);
}
