/*
 * Logged reading.  An open is durable on the ledger before it succeeds; every byte that is served was verified against the content tree; which bytes were served is
 * recorded when the descriptor goes, and every half minute while it stays.  A descriptor whose grant ends stops.
 */
#ifndef FS_READING_H
#define FS_READING_H

#include "fs/fs.h"

struct reading;

int readings_new(struct readings **out);
void readings_free(struct readings *all);       /* NULL is fine */

/* Opens an item for reading: sealed, under a grant; or one's own that is still being received.  Not for uninvited readers, grant or not. */
int reading_open(struct call *c, int64_t id, struct reading **out);

/*
 * Reads up to len (<= CONTENT_SPAN) bytes into buffer (CONTENT_BUFFER bytes); *data, *got as content_read().  EACCES: the grant has ended; EIO: the bytes
 * are not those that were sealed.
 */
int reading_read(struct call *c, struct reading *r, void *buffer, size_t len, int64_t offset, const void **data, size_t *got);

void reading_release(struct fs *fs, struct reading *r);

/* Each second: records ranges of descriptors open for long, and drops cached pages of those whose grant has ended. */
void readings_tick(struct fs *fs);

size_t readings_count(struct readings *all);

#endif
