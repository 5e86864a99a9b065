/* Copies one file after the other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "policy/verb.h"
#include "tools/deposit/intake_private.h"
#include "tools/deposit/kinds.h"
#include "tools/text/render.h"

/* The store refused: settles the file with the store's own reason where it gives one. */
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
		intake_settle_failed(in, f, true, error);
}

/*
 * Copies the content and closes the copy, with the source's times.  A copy that is not complete and
 * right is removed again, so nothing partial is ever sealed.
 */
static void copy_content(
	struct intake *in, struct intake_file *f, int from, int to, const char *destination)
{
	const struct timespec times[2] = { f->st.st_atim, f->st.st_mtim };
	bool writing;
	int err = intake_stream(in, f, from, to, &writing);
	bool differs = err == 0 &&
		(f->size != (uint64_t)f->st.st_size || intake_has_changed(f, from));
	if (differs || (err != 0 && !writing))
		unlink(destination);
	else if (err == 0) {
		futimens(to, times);
		if (f->place.important &&
			!name_important(f->place.name)) /* the name of its folder says so */
			(void)fsetxattr(to, "user.custody.important", "yes", 3, 0);
	}
	if (close(to) != 0 && err == 0 && !differs) {
		err = errno;
		writing = true;
	}
	/* a writer is seen here, or else while the copy settles */
	if (err == 0 && !differs && intake_has_changed(f, from))
		differs = unlink(destination) == 0;
	if (err != 0)
		intake_settle_failed(in, f, writing, err);
	else if (differs)
		intake_settle_changed(in, f);
	else {
		f->status = INTAKE_COPIED;
		intake_day_add(in, f);
		f->mismatch = kinds_mismatch(in->kinds, from, f->place.name);
	}
	if (err != 0 || differs)
		*f->sha256 = *f->sm3 = '\0';
}

static void create_item(struct intake *in, struct intake_file *f, int from)
{
	struct statvfs disk;
	char *destination = render_format("%s/%s", in->control->mount, f->path);
	int to = -1;
	if (statvfs(in->control->mount, &disk) == 0 &&
		(uint64_t)f->st.st_size / disk.f_frsize >= disk.f_bavail)
		intake_settle_failed(in, f, true, ENOSPC);
	else if ((to = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			  0666)) >= 0)
		copy_content(in, f, from, to, destination);
	else if (errno == EEXIST)
		intake_compare(in, f, from);
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
		intake_compare(in, f, from);
	else if (in->folder == NULL && intake_is_there_otherwise(in, f, from))
		return;
	else if (in->dry_run)
		intake_meet_planned(in, f, from);
	else
		create_item(in, f, from); /* also where the name is taken by other content, so that
					     the store refuses and records it */
}

static void deposit_one(struct intake *in, struct intake_file *f)
{
	int from = intake_open_source(f);
	if (from < 0 || fstat(from, &f->st) != 0)
		intake_settle_failed(in, f, false, errno);
	else if (!S_ISREG(f->st.st_mode))
		intake_settle_as(in, f, INTAKE_UNPLACED, "not-a-file",
			_("this is neither a file nor a folder"));
	else {
		intake_take_sample(in, f, from);
		deposit_open(in, f, from);
	}
	if (from >= 0)
		close(from);
}

void intake_copy(struct intake *in)
{
	in->buffer = malloc(INTAKE_PIECE);
	in->kinds = in->dry_run ? NULL : kinds_new(in->control);
	progress_begin(&in->progress, in->dry_run ? _("comparing") : _("depositing"), true);
	for (size_t i = 0; i < in->files; i++) {
		struct intake_file *f = &in->file[i];
		if (f->status != INTAKE_PLANNED)
			continue;
		if (in->buffer == NULL)
			intake_settle_failed(in, f, false, ENOMEM);
		else if (in->dry_run || intake_make_folder(in, f))
			deposit_one(in, f);
	}
	progress_end(&in->progress);
}
