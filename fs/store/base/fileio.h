/* Whole reads and writes, and what a power cut must not undo.  Functions return 0 or an errno. */
#ifndef FS_STORE_BASE_FILEIO_H
#define FS_STORE_BASE_FILEIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fs/store/base/annotate.h"

/*
 * For the beginning of a program: where it was started without standard input, output or error,
 * gives it /dev/null there, opened so that using it fails (as glibc does for setuid programs). Else
 * messages could be written into a store's file that got that descriptor.  0, or an errno: then the
 * program must not go on.
 */
MUST_CHECK int fileio_standard(void);

/* Reads up to len bytes at offset; *got is short only at the file's end. */
MUST_CHECK int fileio_read(int fd, void *buf, size_t len, uint64_t offset, size_t *got);

/* Writes all of buf.  On an error part of it may have been written. */
MUST_CHECK int fileio_write(int fd, const void *buf, size_t len, uint64_t offset);

MUST_CHECK int fileio_size(int fd, uint64_t *size);

/* A small text file into out, NUL-terminated.  EFBIG where it does not fit, EINVAL where it holds a
 * NUL. */
MUST_CHECK int fileio_text(int dirfd, const char *name, char *out, size_t cap);

/* Replaces the file `name` by data, through the file `temporary` in dirfd: a reader sees the old
 * file or the new. */
MUST_CHECK int fileio_swap(int dirfd, const char *temporary, const char *name, const void *data,
	size_t len, mode_t mode);

/* The same, and durable when it returns (name must be directly in dirfd). */
MUST_CHECK int fileio_replace(int dirfd, const char *temporary, const char *name, const void *data,
	size_t len, mode_t mode);

/* Makes the names in the folder that holds `path` durable. */
MUST_CHECK int fileio_sync_parent(const char *path);

/* Makes the names in the folder `up` steps above `name` durable; name is below root, at most 255
 * bytes. */
MUST_CHECK int fileio_sync_folder(int root, const char *name, int up);

/* The immutable flag, where the file system has it and the process may set it; otherwise nothing
 * happens. */
void fileio_immutable(int fd, bool on);

#endif
