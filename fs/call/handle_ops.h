/*
 * What can be done with an open descriptor.  Each kind (a deposit, a reading, the control file, a
 * marker, a folder) has one constant table, beside the code of that kind.  Nothing here knows FUSE:
 * fs/ops unpacks a request, makes one call through the table, and replies.
 */
#ifndef FS_CALL_HANDLE_OPS_H
#define FS_CALL_HANDLE_OPS_H

#include "fs/call/fs.h"

/* One read(2). */
struct handle_read {
	void *buffer; /* CONTENT_BUFFER bytes */
	size_t len;   /* <= CONTENT_SPAN */
	int64_t offset;
	bool cached; /* the kernel reads for its page cache, which serves private mappings and
		      * splice(2) without asking again */

	const void *data; /* out: what was read, somewhere in the buffer */
	size_t got;       /* out: bytes, 0 at the end */
	bool drop;        /* out: the kernel must not keep these pages (forget_pages()) */
};

/* `self`: what the kind's open function gave.  All but release return 0 or an errno; each of them
 * may run in several threads at once, release once, after them. */
struct handle_ops {
	bool item; /* counts among the items that a uid has open (fs/ops/opens.h) */

	int (*read)(struct call *c, void *self, struct handle_read *r); /* NULL: EISDIR */
	int (*write)(struct call *c, void *self, const void *data, size_t len,
		int64_t offset);                                   /* NULL: EBADF */
	int (*truncate)(struct call *c, void *self, int64_t size); /* NULL: as by path */
	int (*allocate)(struct call *c, void *self, int mode, int64_t offset,
		int64_t len); /* fallocate(2).  NULL: EBADF */
	int (*flush)(
		struct call *c, void *self); /* close(2) of one descriptor.  NULL: nothing to do */
	int (*sync)(void *self);             /* fsync(2).  NULL: nothing to do */
	void (*release)(struct fs *fs, void *self); /* frees it.  NULL: nothing to free */
};

#endif
