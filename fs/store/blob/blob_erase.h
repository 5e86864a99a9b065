/* Erasing a file's bytes. */
#ifndef FS_STORE_BLOB_BLOB_ERASE_H
#define FS_STORE_BLOB_BLOB_ERASE_H

#include "fs/store/base/annotate.h"
#include "fs/store/blob/blob.h"

/* What the file system below a descriptor is: its name, whether it overwrites in place, and whether
 * its disk is of flash. */
struct medium {
	char fs[ERASED_FS];
	bool in_place, flash;
};
void erase_medium(int fd, struct medium *out);

/*
 * Overwrites what the file holds, where the file system overwrites in place, and removes it,
 * durably.  Lifts the immutable flag.  *how: OVERWRITTEN, REMOVED, or ABSENT where there is no such
 * file.  Links and what is no regular file are never followed nor opened: EINVAL.
 */
MUST_CHECK int erase_file(int root, const char *name, const struct medium *m, enum erasure *how);

#endif
