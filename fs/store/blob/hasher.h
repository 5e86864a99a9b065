/*
 * Leaf hashing of content that is being received, on worker threads, while it arrives.
 *
 * A write marks the leaves that it touched; workers hash leaves that lie wholly below the highest
 * byte written; finishing hashes what is left, everywhere at once.  So content may be written in
 * any order and rewritten, and each byte is hashed about once.  While the content still changes,
 * one worker at a time serves it: two of them could store an older hash over a newer.
 *
 * Threads: `threads` workers, and any number that write and finish.  One lock guards the queue and
 * the state of every hashing; no worker holds it while it reads or hashes, and no other lock is
 * taken under it.  hashing_free() and hashing_finish() wait for workers, and so for the disk, but
 * for no other lock; the others never wait for the disk.
 */
#ifndef FS_STORE_BLOB_HASHER_H
#define FS_STORE_BLOB_HASHER_H

#include "fs/store/base/annotate.h"
#include "fs/store/base/buffers.h"
#include "fs/store/blob/blob.h"

struct hasher;
struct hashing;

MUST_CHECK int hasher_new(unsigned threads, struct buffers *buffers, struct hasher **out);
void hasher_free(struct hasher *h); /* NULL is fine; every hashing must be gone */

/* Begins with a blob of `size` bytes (0 for a new one), all of it still to be hashed.  The blob is
 * borrowed. */
MUST_CHECK int hashing_new(struct hasher *h, struct blob *b, int64_t size, struct hashing **out);
void hashing_free(struct hashing *g); /* waits for workers that serve it; NULL is fine */

/* [offset, offset+len) was written; call it after the write.  ENOMEM: the write could not be noted,
 * so roots are wrong until the size is set to 0. */
MUST_CHECK int hashing_wrote(struct hashing *g, int64_t offset, int64_t len);
/* The size was set (shorter or longer).  ENOMEM: as above. */
MUST_CHECK int hashing_resized(struct hashing *g, int64_t size);

/* Hashes what is left and gives the content's root; nobody may write meanwhile.  The blob's errno
 * on failure. */
MUST_CHECK int hashing_finish(struct hashing *g, uint8_t root[HASH_LEN]);

#endif
