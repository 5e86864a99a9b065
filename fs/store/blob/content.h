/*
 * Content trees: an RFC 6962 tree over an item's 64 KiB leaves, whose root is on the ledger, so any
 * range can be verified on its own.
 *
 * Reading holds no leaf hashes in memory but the roots of groups of 256 (16 MiB of content) and a
 * few groups' leaves; each group is checked against its root when it is loaded, and those against
 * the ledger's root when the content is opened.
 */
#ifndef FS_STORE_BLOB_CONTENT_H
#define FS_STORE_BLOB_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/buffers.h"
#include "fs/store/base/digest.h"
#include "fs/store/blob/blob.h"

#define LEAF_BYTES 65536
#define GROUP_LEAVES 256
#define CONTENT_SPAN (1 << 20) /* the longest read at once */
#define CONTENT_BUFFER \
	(CONTENT_SPAN + 2 * LEAF_BYTES) /* what such a read needs, whole leaves at both ends */

static inline uint64_t leaf_count(int64_t size)
{
	return ((uint64_t)size + LEAF_BYTES - 1) / LEAF_BYTES;
}

/* The root over leaf hashes that are stored with the blob (n > 1). */
MUST_CHECK int content_root(struct blob *b, uint64_t n, uint8_t root[HASH_LEN]);

struct content;

/*
 * Opens sealed content for verified reading.  Leaf hashes that are missing or wrong are made again
 * from the bytes; they are stored if `repair`, else kept in memory. EIO: the bytes are not those of
 * the root (or not as many); ENOENT: the blob is gone; else an errno.
 */
MUST_CHECK int content_open(const struct blob_store *store, struct buffers *buffers, int64_t id,
	int64_t size, const uint8_t root[HASH_LEN], bool repair, struct content **out);
void content_close(struct content *c); /* NULL is fine */

/*
 * Reads [offset, offset+len), len <= CONTENT_SPAN, into buffer (CONTENT_BUFFER bytes) and verifies
 * every leaf that it touches.  *data: where in buffer it begins; *got: how many bytes, short only
 * at the end.  EIO where a leaf does not verify; *bad (if not NULL): that leaf's offset.
 * Thread-safe.
 */
MUST_CHECK int content_read(struct content *c, void *buffer, int64_t offset, size_t len,
	const void **data, size_t *got, int64_t *bad);

int64_t content_size(const struct content *c);

#endif
