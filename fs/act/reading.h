/*
 * Logged reading.  An open is durable on the ledger before it succeeds; every byte that is served
 * was verified against the content tree; which bytes were served is recorded when the descriptor
 * goes, and every half minute while it stays.  A descriptor whose grant ends stops.
 */
#ifndef FS_ACT_READING_H
#define FS_ACT_READING_H

#include "fs/call/handle_ops.h"

struct reading;

int readings_new(struct readings **out);
void readings_free(struct readings *all); /* NULL is fine */

/* Opens an item for reading: sealed, under a grant; or one's own that is still being received.  Not
 * for uninvited readers, grant or not. */
int reading_open(struct call *c, int64_t id, struct reading **out);

/*
 * What is done with its descriptors: a struct reading is their `self`.  A read gives EACCES once
 * the grant has ended, EIO where the bytes are not those that were sealed.  The kernel's pages are
 * to be dropped (handle_read.drop) where another person's descriptor could take them unseen, or
 * where the grant is about to end.
 */
extern const struct handle_ops reading_handle;

/* Something may have ended a grant, or a person's right to read: descriptors look again at their
 * next read, and the kernel's pages of those that ended go at once. */
void readings_recheck(struct call *c);

/* Each second: records ranges of descriptors open for long, and drops cached pages of those whose
 * grant has ended, or ends before the next time. */
void readings_tick(struct fs *fs);

size_t readings_count(struct readings *all);

#endif
