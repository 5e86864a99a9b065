/* Whole reads and writes over calls that may do only a part. */
#include "fs/store/base/fileio.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int fileio_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return errno != 0 ? errno : EBADF;
	return 0;
}

int fileio_read(int fd, void *buf, size_t len, uint64_t offset, size_t *got)
{
	uint8_t *p = buf;

	*got = 0;
	if (offset > (uint64_t)INT64_MAX - len)
		return 0; /* behind the end of any file; the kernel would refuse it */
	while (*got < len) {
		ssize_t n = pread(fd, p + *got, len - *got, (off_t)(offset + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

int fileio_write(int fd, const void *buf, size_t len, uint64_t offset)
{
	const uint8_t *p = buf;

	while (len > 0) {
		ssize_t n = pwrite(fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return EIO;
		p += n;
		len -= (size_t)n;
		offset += (size_t)n;
	}
	return 0;
}

int fileio_size(int fd, uint64_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno;
	*size = (uint64_t)st.st_size;
	return 0;
}

int fileio_text(int dirfd, const char *name, char *out, size_t cap)
{
	size_t got;
	int fd, err;

	fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = fileio_read(fd, out, cap, 0, &got);
	close(fd);
	if (err != 0)
		return err;
	if (got == cap)
		return EFBIG;
	out[got] = '\0';
	return strlen(out) == got ? 0 : EINVAL;
}

static int swap(int dirfd, const char *temporary, const char *name, const void *data, size_t len,
	mode_t mode, int durable)
{
	int fd, err;

	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return errno;
	err = fileio_write(fd, data, len, 0);
	if (err == 0 && durable && fsync(fd) < 0)
		err = errno;
	if (close(fd) < 0 && err == 0)
		err = errno;
	if (err == 0 && renameat(dirfd, temporary, dirfd, name) < 0)
		err = errno;
	if (err != 0)
		unlinkat(dirfd, temporary, 0);
	else if (durable && fsync(dirfd) < 0)
		err = errno;
	return err;
}

int fileio_swap(int dirfd, const char *temporary, const char *name, const void *data, size_t len,
	mode_t mode)
{
	return swap(dirfd, temporary, name, data, len, mode, 0);
}

int fileio_replace(int dirfd, const char *temporary, const char *name, const void *data, size_t len,
	mode_t mode)
{
	return swap(dirfd, temporary, name, data, len, mode, 1);
}

int fileio_sync_parent(const char *path)
{
	char *copy = strdup(path);
	int fd, err = 0;

	if (copy == NULL)
		return ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		err = errno;
		goto err0;
	}
	if (fsync(fd) < 0)
		err = errno;
	close(fd);
err0:
	free(copy);
	return err;
}

void fileio_immutable(int fd, bool on)
{
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
		return;
	flags = on ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	(void)ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

int fileio_sync_folder(int root, const char *name, int up)
{
	char folder[256];
	int fd, err = 0;

	snprintf(folder, sizeof folder, "%s", name);
	for (; up > 0; up--) {
		char *slash = strrchr(folder, '/');

		if (slash == NULL)
			snprintf(folder, sizeof folder, ".");
		else
			*slash = '\0';
	}
	fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (fsync(fd) != 0)
		err = errno;
	close(fd);
	return err;
}
