/*
 * Blobs: items' bytes.  One table of operations; blob_dir.c keeps them as files in a directory.  A
 * blob is named by its item's id.
 *
 * Beside its bytes a blob has leaf hashes (of its content tree, see content.h): derived, never
 * synced, made again from the bytes where they are missing. Functions give 0 or a positive errno.
 * One blob may be used from several threads at once.
 */
#ifndef FS_STORE_BLOB_BLOB_H
#define FS_STORE_BLOB_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/digest.h"
#include "policy/disposal.h"

struct blob;
struct statvfs;

#define ERASED_FS 32

/* How a blob's bytes were erased, and on which kind of file system; flash: its disk does not
 * promise that what was overwritten is gone. */
struct erased {
	enum erasure how;
	bool flash;
	char fs[ERASED_FS];
};

struct blob_ops {
	/* A new, empty, writable blob; EEXIST where there is one. */
	MUST_CHECK int (*create)(void *impl, int64_t id, struct blob **out);
	/* An existing blob; writable only while it is not sealed.  ENOENT. */
	MUST_CHECK int (*open)(void *impl, int64_t id, bool writable, struct blob **out);
	void (*close)(struct blob *b); /* NULL is fine */
	MUST_CHECK int (*size)(struct blob *b, int64_t *out);
	/* How many bytes the medium really holds for it: less than its size where there are
	 * holes. */
	MUST_CHECK int (*stored)(struct blob *b, int64_t *out);
	/* Exactly len bytes, or an error; ENODATA where the blob ends before. */
	MUST_CHECK int (*read)(struct blob *b, void *buf, size_t len, int64_t offset);
	MUST_CHECK int (*write)(struct blob *b, const void *buf, size_t len, int64_t offset);
	MUST_CHECK int (*truncate)(struct blob *b, int64_t size);
	/* fallocate(2) modes 0, KEEP_SIZE, PUNCH_HOLE|KEEP_SIZE, ZERO_RANGE with or without
	 * KEEP_SIZE. */
	MUST_CHECK int (*allocate)(struct blob *b, int mode, int64_t offset, int64_t len);
	/* Content, and that the blob exists, survive a power cut. */
	MUST_CHECK int (*sync)(struct blob *b);
	/* Starts writing back a range, without waiting: so that sync has less to do.  A hint. */
	void (*flush_range)(struct blob *b, int64_t offset, int64_t len);
	/* Read-only for good, as far as the medium can help (mode 0400, immutable flag). */
	MUST_CHECK int (*seal)(struct blob *b);
	/* Writable once more: only for a blob that is still empty. */
	MUST_CHECK int (*unseal)(void *impl, int64_t id);
	/* Leaf hashes [first, first+n).  read: ENODATA where there are not so many. */
	MUST_CHECK int (*leaves_read)(
		struct blob *b, uint64_t first, size_t n, uint8_t (*out)[HASH_LEN]);
	MUST_CHECK int (*leaves_write)(
		struct blob *b, uint64_t first, size_t n, const uint8_t (*in)[HASH_LEN]);
	/*
	 * Erases a blob's bytes and leaf hashes, sealed or not: overwritten where the file system
	 * does that in place, and removed, durably.  Their absence is no error.  Who still has it
	 * open reads what is left, which no longer verifies.
	 */
	MUST_CHECK int (*erase)(void *impl, int64_t id, struct erased *out);
	MUST_CHECK int (*usage)(void *impl, struct statvfs *out);
	void (*free)(void *impl);
};

struct blob_store {
	const struct blob_ops *ops;
	void *impl;
};

/* What every implementation's blob begins with. */
struct blob {
	const struct blob_ops *ops;
	int64_t id;
};

/* Makes the folders of an empty directory store in dir (which exists). */
MUST_CHECK int blob_dir_make(const char *dir);

/* A directory store: DIR/blob/…, DIR/leaf/… . */
MUST_CHECK int blob_dir_open(const char *dir, struct blob_store *out);

#endif
