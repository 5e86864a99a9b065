#include "fs/store/blob/blob_erase.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fs/store/base/fileio.h"

#define PIECE (1 << 20)

/* File systems by their magic number (statfs(2)).  Some write new bytes elsewhere, and the old ones
 * remain where they were. */
static const struct {
	uint32_t magic;
	const char *name;
	bool in_place;
} known[] = {
	{ 0xef53, "ext4", true },
	{ 0x58465342, "xfs", true },
	{ 0x4d44, "vfat", true },
	{ 0x9123683e, "btrfs", false },
	{ 0x2fc12fc1, "zfs", false },
	{ 0xca451a4e, "bcachefs", false },
	{ 0xf2f52010, "f2fs", false },
	{ 0x794c7630, "overlay", false },
	{ 0x01021994, "tmpfs", false },
	{ 0x6969, "nfs", false },
};

/* Whether the disk says that it does not turn: a partition's answer is its disk's. */
static bool is_flash(dev_t dev)
{
	static const char *const places[] = { "queue", "../queue" };
	char path[80], answer = '1';
	bool found = false;

	for (size_t i = 0; i < 2 && !found; i++) {
		int fd;

		snprintf(path, sizeof path, "/sys/dev/block/%u:%u/%s/rotational", major(dev),
			minor(dev), places[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		found = read(fd, &answer, 1) == 1;
		close(fd);
	}
	return answer == '0';
}

void erase_medium(int fd, struct medium *out)
{
	struct statfs s;
	struct stat st;

	*out = (struct medium){ .fs = "?" };
	if (fstatfs(fd, &s) != 0)
		return;
	snprintf(out->fs, sizeof out->fs, "0x%lx", (unsigned long)s.f_type);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].magic == (uint32_t)s.f_type) {
			snprintf(out->fs, sizeof out->fs, "%s", known[i].name);
			out->in_place = known[i].in_place;
		}
	out->flash = fstat(fd, &st) == 0 && is_flash(st.st_dev);
}

/* Zeros over [from, to). */
static int overwrite_range(int fd, const void *zeros, off_t from, off_t to)
{
	while (from < to) {
		ssize_t n = pwrite(
			fd, zeros, to - from > PIECE ? PIECE : (size_t)(to - from), from);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		from += n;
	}
	return 0;
}

/* Over what it holds, not its holes: those would have to be allocated, on a disk that may be
 * full. */
static int overwrite(int fd)
{
	void *zeros = calloc(1, PIECE);
	off_t at = 0, hole;
	int err = zeros == NULL ? ENOMEM : 0;

	while (err == 0 && (at = lseek(fd, at, SEEK_DATA)) >= 0) {
		hole = lseek(fd, at, SEEK_HOLE);
		err = hole < 0 ? errno : overwrite_range(fd, zeros, at, hole);
		at = hole;
	}
	if (err == 0 && at < 0 && errno != ENXIO) /* ENXIO: no more */
		err = errno;
	if (err == 0 && fdatasync(fd) != 0)
		err = errno;
	free(zeros);
	return err;
}

/* Removes its protection. */
static int soften(int root, const char *name)
{
	int fd = openat(root, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return errno == ELOOP ? EINVAL : errno;
	if (fstat(fd, &st) != 0)
		err = errno;
	else if (!S_ISREG(st.st_mode))
		err = EINVAL;
	if (err == 0) {
		fileio_immutable(fd, false);
		if (fchmod(fd, 0600) != 0)
			err = errno;
	}
	close(fd);
	return err;
}

int erase_file(int root, const char *name, const struct medium *m, enum erasure *how)
{
	int fd, err = soften(root, name);

	*how = ERASURE_ABSENT;
	if (err != 0)
		return err == ENOENT ? 0 : err;
	*how = ERASURE_REMOVED;
	if (m->in_place) {
		fd = openat(root, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0)
			return errno;
		if (overwrite(fd) == 0)
			*how = ERASURE_OVERWRITTEN;
		close(fd);
	}
	if (unlinkat(root, name, 0) != 0)
		return errno;
	return fileio_sync_folder(root, name, 1);
}
