/* What the files of reading share: reading.c opens and reads, reading_judge.c decides whether a
 * descriptor may still read, reading_ranges.c records what was read, readings.c keeps all of them.
 */
#ifndef FS_ACT_READING_PRIVATE_H
#define FS_ACT_READING_PRIVATE_H

#include <stdatomic.h>
#include <sys/queue.h>
#include <time.h>

#include "fs/act/reading.h"
#include "fs/store/base/annotate.h"
#include "fs/store/records/readings.h"
#include "policy/grant.h"

#define RANGES_MAX 64 /* separate ranges kept; more are recorded and begun anew */

struct reading {
	/* Set before others see it, and then constant. */
	int64_t item;
	bool own;                /* one's own content, not sealed yet: no grant */
	struct content *content; /* NULL when own */
	struct deposit *deposit; /* when own */
	struct subject who;
	int64_t grant_id; /* 0 when own */

	atomic_bool shared; /* another person has the item open, too; set under the list's lock */

	/* Under the list's lock. */
	LIST_ENTRY(reading) others; /* in its bucket */
	unsigned holders;           /* the descriptor, and those who look at all readings */

	/* The leaf kept; its lock is also held while the leaf is read from the disk. */
	struct mutex leaf_lock;
	int64_t leaf GUARDED_BY(leaf_lock); /* the one in `last`; -1: none.  Small reads in order
					     * would verify it each time */
	size_t leaf_len GUARDED_BY(leaf_lock);
	uint8_t *last GUARDED_BY(leaf_lock);

	struct mutex lock; /* all below; never held over the catalog or the disk */
	struct grant grant GUARDED_BY(lock);
	uint64_t revocations GUARDED_BY(lock); /* as of when the grant was looked at last */
	enum reason ended GUARDED_BY(lock); /* why it may read no more; REASON_NONE while it may */
	struct byte_range range[RANGES_MAX] GUARDED_BY(lock);
	size_t ranges GUARDED_BY(lock);
	int64_t bytes GUARDED_BY(lock);   /* served in all */
	time_t recorded GUARDED_BY(lock); /* monotonic seconds */
	bool closed GUARDED_BY(lock);     /* the last record was posted */
};

/* Seconds of the monotonic clock. */
time_t reading_seconds(void);

/* Posts what was read since the last record. */
void reading_record(struct fs *fs, struct reading *r, bool closing) REQUIRES(r->lock);

/* Notes a range, joined with those that it meets. */
void reading_note(struct fs *fs, struct reading *r, int64_t from, int64_t to) REQUIRES(r->lock);

/*
 * Why the descriptor may read no more; REASON_NONE while it may.  The catalog is asked only where
 * something may have changed, and with no lock held.  *soon: its grant ends before the next tick.
 * 0, or an errno of the catalog: then nothing is known.
 */
int reading_judge(struct call *c, struct reading *r, enum reason *why, bool *soon);

/* Posts the last record: nothing more is read. */
void reading_finish(struct fs *fs, struct reading *r);

/* Frees a reading that nobody holds. */
void readings_destroy(struct fs *fs, struct reading *r);

/* Puts a reading, held once, among the others; and takes it out, which ends that hold. */
void readings_add(struct readings *all, struct reading *r);
void readings_remove(struct fs *fs, struct reading *r);

#endif
