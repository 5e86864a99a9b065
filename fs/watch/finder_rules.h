/* What the finder looks for: a function an event, and gaps in a device's day.  For finder.c
 * alone. */
#ifndef FS_WATCH_FINDER_RULES_H
#define FS_WATCH_FINDER_RULES_H

#include "fs/call/fs.h"
#include "fs/store/records/findings.h"

#define FINDER_DAYS \
	1024 /* devices' days waiting to become quiet; past that all are looked at as they are */
#define FINDER_STORMS 256 /* people whose refusals of the hour are counted */

struct finder_day {
	int64_t device;
	int32_t day;
	int64_t touched;
	bool looked;
}; /* touched: boot time, ms */
struct finder_storm {
	uint32_t uid;
	int64_t hour, count;
};

/* What was looked at is forgotten when its findings are on the ledger (finder_remember()), no
 * sooner. */
struct finder_memory {
	struct finder_day *days;
	size_t day_count, day_cap;
	struct finder_storm storm[FINDER_STORMS];
	bool copies_due; /* something came about by which held items may lack a copy, or have one */
	bool copies_seen;      /* and the holds were gone over since */
	int64_t copies_looked; /* boot time, ms; 0: never */
};

/* What was found: raised, or, where it was put right, settled. */
struct finder_found {
	struct finding finding;
	bool right;
};

struct finder_event {
	uint64_t seq;
	char kind[32];
	int64_t item;
};

struct finder_look {
	struct fs *fs;
	struct sql *db;
	struct event_time now;
	struct finder_memory *memory;
	struct finder_found *found;
	size_t count, cap;
	uint64_t upto;
	bool save;
};

/* One event: adds what it gives to the look's list. */
int finder_judge(struct finder_look *l, const struct finder_event *e);

/* Gaps in a device's days: notes that one was touched; looks for them in those that are quiet now
 * (all: in all of them). */
int finder_gaps_touch(struct finder_memory *m, int64_t device, int32_t day); /* 0, ENOMEM */
int finder_gaps(struct finder_look *l, bool all);

/* Held items and their offline copies: notes what concerns them; goes over the holds, where
 * something did (all: at once). */
int finder_copies_see(struct finder_look *l, const struct finder_event *e);
int finder_copies(struct finder_look *l, bool all);

/* Whether something still waits to be looked at. */
bool finder_pending(const struct finder_memory *m);

/* After a look: what was looked at is done with, or, where its findings could not be put on the
 * ledger, looked at again. */
void finder_remember(struct finder_memory *m, bool done);
void finder_forget(struct finder_memory *m);

/* Adds to the list; for the rules. */
int finder_found(struct finder_look *l, const struct finding *f, bool right);

#endif
