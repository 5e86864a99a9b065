/*
 * The ledger's segment files.  One thread changes them (append, roll, cut, list); any thread may
 * read meanwhile. Descriptors of older segments are opened when needed and bounded in number, so
 * that a ledger of any length can be read.
 */
#ifndef FS_STORE_LEDGER_SEGMENTS_H
#define FS_STORE_LEDGER_SEGMENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_NAME 32 /* "segment/<16 digits>", NUL included */

struct segment {
	uint64_t first; /* sequence number of its first entry */
	int fd;         /* -1 while closed */
};

struct segments {
	int dirfd;
	bool writable;
	pthread_rwlock_t lock; /* over list, count and the descriptors */
	struct segment *list;  /* in order; the last one is always open */
	size_t count, opened;
	uint64_t end;     /* length of the last one, as the writer knows it */
	uint64_t roll_at; /* a new one is begun once the last is this long */
};

/* Makes the folder and the first, empty segment; not yet durable. */
int segments_create(int ledger_fd);

int segments_open(int ledger_fd, bool writable, struct segments *s);
void segments_close(struct segments *s);

/* Takes up segments that were begun by another process since. */
int segments_list(struct segments *s);

/* Writes out what the kernel still holds of the last segment and drops its cache, which can't be
 * believed after a failed write-back. */
int segments_settle(struct segments *s);

void segments_name(const struct segments *s, size_t index, char out[SEGMENT_NAME]);
size_t segments_find(
	struct segments *s, uint64_t seq); /* the index of the segment that holds the entry */
int segments_length(struct segments *s, size_t index, uint64_t *length);

/* Up to len bytes; *got is short only at the segment's end. */
int segments_read(
	struct segments *s, size_t index, uint64_t offset, void *buf, size_t len, size_t *got);
int segments_read_entry(
	struct segments *s, uint64_t seq, uint64_t offset, void *buf, size_t len, size_t *got);

/* Begins a new segment, durably.  Sync before: all in front of it must be durable, so that a gap is
 * never a crash's doing. */
int segments_roll(struct segments *s, uint64_t first);

/* Writes at s->end, which stays; on an error what was written is to be cut. */
int segments_write(struct segments *s, const void *buf, size_t len);

/* Removes all behind offset in that segment, and the segments behind it; durable on return. */
int segments_cut(struct segments *s, size_t index, uint64_t offset);

int segments_sync(struct segments *s);

#endif
