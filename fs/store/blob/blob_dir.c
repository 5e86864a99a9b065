/*
 * A directory behind the table of blob operations: blob/<id / 10^6>/<id / 1000 mod 1000>/<id, 12
 * digits>, and the same below leaf/ for leaf hashes, so a folder holds at most a thousand entries.
 * Content of at most one leaf has no leaf file: its root is the leaf's hash.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/fileio.h"
#include "fs/store/blob/blob_erase.h"

struct dir_store {
	int blob_fd, leaf_fd; /* the two roots */
	bool sync_folder;     /* the file system does not make a new file's name durable with its
			       * fsync */
};

struct dir_blob {
	struct blob base;
	struct dir_store *store;
	int fd;
	struct mutex lock;
	int leaf_fd GUARDED_BY(lock); /* -1: not opened yet */
};

static const struct blob_ops dir_ops;

static struct dir_blob *dir_blob_of(struct blob *b)
{
	return (struct dir_blob *)b;
}

static void blob_name(int64_t id, char out[40])
{
	snprintf(out, 40, "%06lld/%03lld/%012lld", (long long)(id / 1000000),
		(long long)(id / 1000 % 1000), (long long)id);
}

/* Makes the two folders above a name, durably; rare, once in a thousand blobs. */
static int make_folders(int root, const char *name)
{
	char folder[40];
	int err = 0;

	for (const char *slash = strchr(name, '/'); slash != NULL && err == 0;
		slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
		if (mkdirat(root, folder, 0700) == 0)
			err = fileio_sync_folder(root, folder, 1);
		else if (errno != EEXIST)
			err = errno;
	}
	return err;
}

/* openat() that makes the folders when they are missing. */
static int open_made(int root, const char *name, int flags, mode_t mode, int *fd)
{
	int err;

	*fd = openat(root, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
	if (*fd >= 0)
		return 0;
	if (errno != ENOENT || !(flags & O_CREAT))
		return errno;
	err = make_folders(root, name);
	if (err != 0)
		return err;
	*fd = openat(root, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
	return *fd >= 0 ? 0 : errno;
}

static int open_blob(
	struct dir_store *s, int64_t id, int flags, struct blob **out) UNCHECKED /* the only user */
{
	struct dir_blob *b = calloc(1, sizeof *b);
	char name[40];
	int err;

	if (b == NULL)
		return ENOMEM;
	blob_name(id, name);
	err = open_made(s->blob_fd, name, flags, 0600, &b->fd);
	if (err != 0) {
		free(b);
		return err;
	}
	b->base.ops = &dir_ops;
	b->base.id = id;
	b->store = s;
	b->leaf_fd = -1;
	mutex_init(&b->lock);
	*out = &b->base;
	return 0;
}

static int dir_create(void *impl, int64_t id, struct blob **out)
{
	return open_blob(impl, id, O_RDWR | O_CREAT | O_EXCL, out);
}

static int dir_open(void *impl, int64_t id, bool writable, struct blob **out)
{
	return open_blob(impl, id, writable ? O_RDWR : O_RDONLY, out);
}

static void dir_close(struct blob *blob) UNCHECKED /* the last user */
{
	struct dir_blob *b = dir_blob_of(blob);

	if (b == NULL)
		return;
	close(b->fd);
	if (b->leaf_fd >= 0)
		close(b->leaf_fd);
	mutex_destroy(&b->lock);
	free(b);
}

static int dir_size(struct blob *blob, int64_t *out)
{
	struct stat st;

	if (fstat(dir_blob_of(blob)->fd, &st) != 0)
		return errno;
	*out = st.st_size;
	return 0;
}

static int dir_stored(struct blob *blob, int64_t *out)
{
	struct stat st;

	if (fstat(dir_blob_of(blob)->fd, &st) != 0)
		return errno;
	*out = (int64_t)st.st_blocks * 512;
	return 0;
}

static int read_all(int fd, void *buf, size_t len, int64_t offset)
{
	size_t got;
	int err = fileio_read(fd, buf, len, (uint64_t)offset, &got);

	return err == 0 && got < len ? ENODATA : err;
}

static int dir_read(struct blob *blob, void *buf, size_t len, int64_t offset)
{
	return read_all(dir_blob_of(blob)->fd, buf, len, offset);
}

static int dir_write(struct blob *blob, const void *buf, size_t len, int64_t offset)
{
	return fileio_write(dir_blob_of(blob)->fd, buf, len, (uint64_t)offset);
}

static int dir_truncate(struct blob *blob, int64_t size)
{
	return ftruncate(dir_blob_of(blob)->fd, size) == 0 ? 0 : errno;
}

static int dir_allocate(struct blob *blob, int mode, int64_t offset, int64_t len)
{
	return fallocate(dir_blob_of(blob)->fd, mode, offset, len) == 0 ? 0 : errno;
}

static int dir_sync(struct blob *blob)
{
	struct dir_blob *b = dir_blob_of(blob);
	char name[40];

	if (fdatasync(b->fd) != 0)
		return errno;
	if (!b->store->sync_folder)
		return 0;
	blob_name(blob->id, name);
	return fileio_sync_folder(b->store->blob_fd, name, 1);
}

static void dir_flush_range(struct blob *blob, int64_t offset, int64_t len)
{
	sync_file_range(dir_blob_of(blob)->fd, offset, len, SYNC_FILE_RANGE_WRITE);
}

static bool is_immutable(int fd)
{
	int flags;

	return ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_IMMUTABLE_FL);
}

/* Sealing what is sealed is no error: a crash may have come between this and its record. */
static int dir_seal(struct blob *blob)
{
	int fd = dir_blob_of(blob)->fd;

	if (is_immutable(fd))
		return 0;
	if (fchmod(fd, 0400) != 0)
		return errno;
	fileio_immutable(fd, true);
	return 0;
}

static int dir_unseal(void *impl, int64_t id)
{
	struct dir_store *s = impl;
	char name[40];
	struct stat st;
	int fd, err = 0;

	blob_name(id, name);
	fd = openat(s->blob_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno;
	if (fstat(fd, &st) != 0)
		err = errno;
	else if (st.st_size != 0)
		err = EPERM;
	if (err == 0) {
		fileio_immutable(fd, false);
		if (fchmod(fd, 0600) != 0)
			err = errno;
	}
	close(fd);
	return err;
}

static int open_leaves(struct dir_blob *b, bool make, int *fd)
{
	char name[40];
	int err = 0;

	mutex_lock(&b->lock);
	if (b->leaf_fd < 0) {
		blob_name(b->base.id, name);
		err = open_made(b->store->leaf_fd, name, make ? O_RDWR | O_CREAT : O_RDWR, 0600,
			&b->leaf_fd);
		if (err == EROFS || err == EACCES)
			err = open_made(b->store->leaf_fd, name, O_RDONLY, 0, &b->leaf_fd);
	}
	*fd = b->leaf_fd;
	mutex_unlock(&b->lock);
	return err;
}

static int dir_leaves_read(struct blob *blob, uint64_t first, size_t n, uint8_t (*out)[HASH_LEN])
{
	int fd, err = open_leaves(dir_blob_of(blob), false, &fd);

	if (err != 0)
		return err == ENOENT ? ENODATA : err;
	return read_all(fd, out, n * HASH_LEN, (int64_t)first * HASH_LEN);
}

static int dir_leaves_write(
	struct blob *blob, uint64_t first, size_t n, const uint8_t (*in)[HASH_LEN])
{
	int fd, err = open_leaves(dir_blob_of(blob), true, &fd);

	return err != 0 ? err : fileio_write(fd, in, n * HASH_LEN, first * HASH_LEN);
}

/* Leaf hashes say something about the content, too. */
static int dir_erase(void *impl, int64_t id, struct erased *out)
{
	struct dir_store *s = impl;
	struct medium m;
	enum erasure leaf;
	char name[40];
	int err;

	blob_name(id, name);
	erase_medium(s->blob_fd, &m);
	*out = (struct erased){ .flash = m.flash };
	snprintf(out->fs, sizeof out->fs, "%s", m.fs);
	err = erase_file(s->leaf_fd, name, &m, &leaf);
	return err == 0 ? erase_file(s->blob_fd, name, &m, &out->how) : err;
}

static int dir_usage(void *impl, struct statvfs *out)
{
	struct dir_store *s = impl;

	return fstatvfs(s->blob_fd, out) == 0 ? 0 : errno;
}

static void dir_free(void *impl)
{
	struct dir_store *s = impl;

	if (s == NULL)
		return;
	if (s->blob_fd >= 0)
		close(s->blob_fd);
	if (s->leaf_fd >= 0)
		close(s->leaf_fd);
	free(s);
}

int blob_dir_make(const char *dir)
{
	char path[4096];

	for (int i = 0; i < 2; i++) {
		if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, i == 0 ? "blob" : "leaf") >=
			sizeof path)
			return ENAMETOOLONG;
		if (mkdir(path, 0700) != 0)
			return errno;
	}
	return 0;
}

/* ext4, XFS and Btrfs write a new file's name with its first fsync; for any other file system the
 * folder is synced as well. */
static bool needs_folder_sync(int fd)
{
	struct statfs s;

	if (fstatfs(fd, &s) != 0)
		return true;
	return s.f_type != EXT4_SUPER_MAGIC && s.f_type != XFS_SUPER_MAGIC &&
		s.f_type != BTRFS_SUPER_MAGIC && s.f_type != TMPFS_MAGIC;
}

int blob_dir_open(const char *dir, struct blob_store *out)
{
	struct dir_store *s = calloc(1, sizeof *s);
	int fd, err;

	if (s == NULL)
		return ENOMEM;
	s->blob_fd = s->leaf_fd = -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fd < 0 ? errno : 0;
	if (err == 0 && (s->blob_fd = openat(fd, "blob", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		err = errno;
	if (err == 0 && (s->leaf_fd = openat(fd, "leaf", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	if (err != 0) {
		dir_free(s);
		return err;
	}
	s->sync_folder = needs_folder_sync(s->blob_fd);
	*out = (struct blob_store){ &dir_ops, s };
	return 0;
}

static const struct blob_ops dir_ops = {
	.create = dir_create,
	.open = dir_open,
	.close = dir_close,
	.size = dir_size,
	.stored = dir_stored,
	.read = dir_read,
	.write = dir_write,
	.truncate = dir_truncate,
	.allocate = dir_allocate,
	.sync = dir_sync,
	.flush_range = dir_flush_range,
	.seal = dir_seal,
	.unseal = dir_unseal,
	.leaves_read = dir_leaves_read,
	.leaves_write = dir_leaves_write,
	.erase = dir_erase,
	.usage = dir_usage,
	.free = dir_free,
};
