/* What the files of reading share: reading.c opens and reads, reading_judge.c tells whether a
 * descriptor may still read, reading_ranges.c records what was read, readings.c keeps all of them.
 */
#ifndef FS_ACT_READING_PRIVATE_H
#define FS_ACT_READING_PRIVATE_H

#include <pthread.h>
#include <time.h>

#include "fs/act/reading.h"
#include "policy/grant.h"

#define RANGES_MAX 64 /* separate ranges kept; more are recorded and begun anew */

struct range {
	int64_t from, to;
}; /* to: exclusive */

struct reading {
	struct reading *next, **at; /* among the others */
	int64_t item;
	bool own;                /* one's own content, not sealed yet: no grant */
	struct content *content; /* NULL when own */
	struct deposit *deposit; /* when own */
	struct subject who;
	pthread_mutex_t lock; /* all below */
	struct grant grant;
	uint64_t revocations; /* as of when the grant was looked at last */
	enum reason ended;    /* why it may read no more; REASON_NONE while it may */
	struct range range[RANGES_MAX];
	size_t ranges;
	int64_t bytes;   /* served in all */
	time_t recorded; /* monotonic seconds */
	int64_t leaf;    /* the leaf kept in last: small reads in order would verify it again and
			    again; -1: none */
	size_t leaf_len;
	uint8_t *last;
};

/* Seconds of the monotonic clock. */
time_t reading_seconds(void);

/* Posts what was read since the last record.  Under the reading's lock. */
void reading_record(struct fs *fs, struct reading *r, bool closing);

/* Notes a range, joined with those that it meets.  Under the reading's lock. */
void reading_note(struct fs *fs, struct reading *r, int64_t from, int64_t to);

/* Whether the descriptor may still read.  Under the reading's lock. */
enum reason reading_judge(
	struct fs *fs, struct reading *r, struct sql *db, const struct event_time *now);

/* Whether its grant ends before the next tick.  Under the reading's lock. */
bool reading_ends_soon(const struct reading *r, const struct event_time *now);

/* Puts a reading among the others, and takes it out. */
void readings_add(struct readings *all, struct reading *r);
void readings_remove(struct readings *all, struct reading *r);

/* Whether another person has the item open. */
bool readings_shared(struct readings *all, const struct reading *r);

#endif
