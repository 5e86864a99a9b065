/* The objects behind open descriptors. */
#ifndef FS_OPS_HANDLE_H
#define FS_OPS_HANDLE_H

#include <sys/queue.h>

#include "fs/call/handle_ops.h"
#include "fs/store/base/annotate.h"

/* Behind an open descriptor (fuse_file_info.fh). */
struct handle {
	LIST_ENTRY(handle) others;    /* under the lock of the list */
	const struct handle_ops *ops; /* constant, as the next two once it is opened */
	void *self;   /* what the table's functions work on; NULL until it is opened */
	uint32_t uid; /* who opened it */

	struct mutex lock;                     /* all below */
	struct person person GUARDED_BY(lock); /* the uid's, as of so many revocations (fs.h) */
	uint64_t revocations GUARDED_BY(lock);
};

int handles_new(struct handles **out);
void handles_free(struct handles *all); /* NULL is fine; every handle must be gone */

/* Makes one, without its object, for the user who asks.  ENOMEM; EMFILE: it is an item's, and the
 * user has as many open as one may. */
int handle_make(struct call *c, const struct handle_ops *ops, struct handle **out);

/*
 * Begins a call by descriptor, without a connection to the catalog.  Who asks is known from the
 * open, and looked up again only where the register may have changed since, or where another user's
 * process asks: a descriptor may be passed on.  0, or an errno of the catalog: then there is
 * nothing to end.
 */
int handle_begin(
	struct handle *h, struct fs *fs, uint32_t uid, uint32_t gid, int32_t pid, struct call *c);

/* Releases the object, if there is one, and frees the handle. */
void handle_release(struct fs *fs, struct handle *h);

/* Releases all that are left. */
void handles_end(struct fs *fs);

#endif
