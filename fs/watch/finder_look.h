/*
 * One look of the finder: what it works with, what it has found so far, and what it keeps in memory
 * from one look to the next.  For the finder's own files.
 *
 * A look works on a copy of the memory, which takes the old one's place once its findings are on
 * the ledger.  Where that fails, the next look begins again from the same events and the same
 * memory.
 */
#ifndef FS_WATCH_FINDER_LOOK_H
#define FS_WATCH_FINDER_LOOK_H

#include "fs/call/fs.h"
#include "fs/store/records/findings.h"

#define FINDER_DAYS 1024  /* devices' days that wait to become quiet; then all are looked at */
#define FINDER_STORMS 256 /* people whose refusals of the hour are counted */

/* A device's day in which something was sealed. */
struct finder_day {
	int64_t device;
	int32_t day;
	int64_t touched; /* boot time, ms */
};

/* Somebody's refusals in an hour of the wall clock, counted from 1970. */
struct finder_storm {
	uint32_t uid;
	int64_t hour, count;
};

struct finder_memory {
	struct finder_day days[FINDER_DAYS];
	size_t day_count;
	struct finder_storm storm[FINDER_STORMS];
	bool copies_due;       /* held items may lack a copy now, or have got one */
	int64_t copies_looked; /* when holds were last gone through; boot time, ms; 0: never */
};

/* What was found: to be raised, or, where it was put right, to be settled. */
struct finder_found {
	struct finding finding;
	bool right;
};

struct finder_event {
	uint64_t seq;
	enum event_kind kind;
	int64_t item; /* 0: none */
};

struct finder_look {
	struct fs *fs;
	struct sql *db;
	struct event_time now;
	struct finder_memory *memory;
	struct finder_found *found; /* malloc'd */
	size_t count, cap;
	uint64_t upto; /* the first event that was not looked at */
	bool save;     /* upto is put on the ledger */
};

/* Adds to what was found.  0, ENOMEM. */
int finder_found(struct finder_look *l, const struct finding *f, bool right);

/* Makes a number the finding's key. */
void finder_key(struct finding *f, int64_t number);

/* An event as it is on the ledger: what the catalog does not have of it.  A new reference. */
int finder_entry(struct finder_look *l, uint64_t seq, json_t **out);

#endif
