/*
 * Logged reading.  An open is durable on the ledger before it succeeds; every byte that is served
 * was verified against the content tree; which bytes were served is recorded when the descriptor
 * goes, and every half minute while it stays.  A descriptor whose grant ends stops.
 */
#ifndef FS_ACT_READING_H
#define FS_ACT_READING_H

#include "fs/call/fs.h"

struct reading;

int readings_new(struct readings **out);
void readings_free(struct readings *all); /* NULL is fine */

/* Opens an item for reading: sealed, under a grant; or one's own that is still being received.  Not
 * for uninvited readers, grant or not. */
int reading_open(struct call *c, int64_t id, struct reading **out);

/*
 * Reads up to len (<= CONTENT_SPAN) bytes into buffer (CONTENT_BUFFER bytes); *data, *got as
 * content_read().  EACCES: the grant has ended; EIO: the bytes are not those that were sealed.
 *
 * cached: the kernel reads for its page cache, which serves private mappings and splice(2) (and
 * with it sendfile(2)) without asking again.  *drop: it must not keep these pages (forget_pages(),
 * once they are on their way), because another person's descriptor could take them unseen, or
 * because the grant is about to end.
 */
int reading_read(struct call *c, struct reading *r, bool cached, void *buffer, size_t len,
	int64_t offset, const void **data, size_t *got, bool *drop);

void reading_release(struct fs *fs, struct reading *r);

/* Something may have ended a grant, or a person's right to read: descriptors look again at their
 * next read, and the kernel's pages of those that ended go at once. */
void readings_recheck(struct call *c);

/* Each second: records ranges of descriptors open for long, and drops cached pages of those whose
 * grant has ended, or ends before the next time. */
void readings_tick(struct fs *fs);

size_t readings_count(struct readings *all);

#endif
