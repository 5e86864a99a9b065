/* What the disk shows of a file. */
#include "tools/dockd/look.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void stamp_of(const struct stat *st, struct stamp *out)
{
	*out = (struct stamp){ .dev = st->st_dev,
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime = st->st_mtim,
		.ctime = st->st_ctim };
}

bool look_stamp(const char *path, struct stamp *out)
{
	struct stat st;
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	stamp_of(&st, out);
	return true;
}

static enum writers writers_of(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		return WRITERS_NONE;
	}
	return errno == EAGAIN ? WRITERS_SOME : WRITERS_UNKNOWN;
}

void look_at(const char *path, struct look *out)
{
	struct stat st;
	int fd;
	out->there = look_stamp(path, &out->stamp);
	out->writers = WRITERS_UNKNOWN;
	if (!out->there)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		out->writers = errno == EAGAIN ? WRITERS_SOME : WRITERS_UNKNOWN;
		return;
	}
	out->writers = writers_of(fd);
	/* of the same open file */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		stamp_of(&st, &out->stamp);
	close(fd);
}
