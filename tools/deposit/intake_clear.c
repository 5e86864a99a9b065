/* Removes from the source what is verified to be in the store. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/deposit/intake_private.h"
#include "tools/text/output.h"

/* Whether the file was named twice, and the first time it was removed. */
static bool went_before(const struct intake *in, const struct intake_file *f)
{
	for (const struct intake_file *g = in->file; g < f; g++)
		if (g->cleared && g->st.st_dev == f->st.st_dev && g->st.st_ino == f->st.st_ino)
			return true;
	return false;
}

/*
 * Opens a source and asks for a lease on it (fcntl(2), F_SETLEASE).  With a lease, nobody has the
 * file open for writing, and opening it for writing waits until the descriptor is closed.  Gives
 * the descriptor, or -1 where it cannot be opened.  *err: EAGAIN where somebody has it open for
 * writing, and would lose what they still write; else 0.
 */
static int open_leased(const struct intake_file *f, int *err)
{
	int fd = open(f->source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	bool given = fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
	*err = !given && errno == EAGAIN ? EAGAIN : 0;
	return fd;
}

/* Removes a source if it is still the file that was deposited and nobody is writing to it. */
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
		close(fd); /* this also ends the lease */
}

void intake_clear(struct intake *in)
{
	signal(SIGIO, SIG_IGN); /* sent when another program opens a file with a lease */
	for (size_t i = 0; i < in->files; i++)
		if (in->file[i].status == INTAKE_DEPOSITED ||
			in->file[i].status == INTAKE_DUPLICATE)
			clear_source(in, &in->file[i]);
}
