/* Removing from the source what is verified to be in the store. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/deposit/intake_private.h"
#include "tools/text/output.h"

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
static int open_leased(const struct intake_file *f, int *err)
{
	int fd = open(f->source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	bool given = fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
	*err = !given && errno == EAGAIN ? EAGAIN : 0;
	return fd;
}

/* Removes a source that is what was deposited, with nobody writing to it. */
static void clear_source(const struct intake *in, struct intake_file *f)
{
	struct stat now;
	int writer, fd = open_leased(f, &writer), err = lstat(f->source, &now) != 0 ? errno : 0;
	if (err == ENOENT && went_before(in, f))
		f->cleared = true;
	else if (err != 0)
		output_complain(
			in->control->out, f->source, _("it was not removed: %s"), i18n_error(err));
	else if (!intake_is_unchanged(&f->st, &now))
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
			clear_source(in, &in->file[i]);
}
