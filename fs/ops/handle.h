/* The objects behind open descriptors. */
#ifndef FS_OPS_HANDLE_H
#define FS_OPS_HANDLE_H

#include <sys/queue.h>

#include "fs/call/handle_ops.h"

/* Behind an open descriptor (fuse_file_info.fh).  Constant once it is opened, but for its place
 * among the others. */
struct handle {
	LIST_ENTRY(handle) others; /* under their lock */
	const struct handle_ops *ops;
	void *self;   /* what the table's functions work on; NULL until it is opened */
	uint32_t uid; /* who opened it */
};

int handles_new(struct handles **out);
void handles_free(struct handles *all); /* NULL is fine; every handle must be gone */

/* Makes one, without its object, for the user who asks.  ENOMEM; EMFILE: it is an item's, and the
 * user has as many open as one may. */
int handle_new(struct call *c, const struct handle_ops *ops, struct handle **out);

/* Releases the object, if there is one, and frees the handle. */
void handle_release(struct fs *fs, struct handle *h);

/* Releases all that are left. */
void handles_end(struct fs *fs);

#endif
