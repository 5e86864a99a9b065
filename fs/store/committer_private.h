/* What the committer's two files share: its queue (committer_queue.c), and the thread that works it
 * off (committer.c).  For them and their tests alone. */
#ifndef FS_STORE_COMMITTER_PRIVATE_H
#define FS_STORE_COMMITTER_PRIVATE_H

#include <sys/queue.h>

#include "fs/store/base/annotate.h"
#include "fs/store/committer.h"

#define BATCH_JOBS 256
#define BATCH_ENTRIES 4096 /* a safeguard: a job emits a handful */
#define BACKLOG_MAX 65536  /* posted events that wait for room on the disk */

/* A posted event, with copies of what it points to. */
struct posted {
	struct event event;
	struct subject who;
	char kind[32];
	char *kase;
};

/* A request.  The thread that waits for it owns it; a posted one is the committer's. */
struct job {
	STAILQ_ENTRY(job) link;
	decide_fn decide;
	int (*exclusive)(struct ledger *, void *); /* after the batch, alone; NULL: nothing */
	void *arg;
	enum commit_mode mode;
	int result;            /* the thread's until done is set */
	bool done;             /* guarded by the committer's lock */
	struct posted *posted; /* NULL: someone waits */
};
STAILQ_HEAD(jobs, job);

struct committer {
	/* set at the start, and then the same for all */
	struct ledger *ledger;
	struct sql *db; /* for the thread alone */
	clock_fn clock;
	void *clock_arg;
	pthread_t thread;

	struct mutex lock;
	pthread_cond_t work;     /* something is queued, or stop */
	pthread_cond_t answered; /* some jobs are done */
	struct jobs queue GUARDED_BY(lock);
	size_t posted_count GUARDED_BY(lock); /* posted and not yet written */
	bool stop GUARDED_BY(lock);

	_Atomic int64_t policy; /* the version in force; written by the thread alone */

	/* the thread's own */
	struct jobs backlog; /* posted events that met a full disk */
	bool unsynced;       /* appended since the last sync */
	uint64_t wal_entries;
	struct ledger_entry entries[BATCH_ENTRIES];
};

/* Moves up to BATCH_JOBS from the front of one list to the end of another. */
void committer_take(struct jobs *from, struct jobs *to);

/* Waits until something is queued, the committer is to stop, or `until` has come, and takes what is
 * queued.  True where it is to stop and nothing is left. */
bool committer_wait(struct committer *c, const struct timespec *until, struct jobs *out)
	EXCLUDES(c->lock);

/* Wakes up those who wait for these jobs, and frees the posted ones that are done with.  Posted
 * events that met a full disk stay in the list, in order. */
void committer_answer(struct committer *c, struct jobs *jobs) EXCLUDES(c->lock);

/* Frees the posted events of a list, written or not. */
void committer_drop(struct jobs *jobs);

bool committer_is_full(int err); /* whether an errno says that the disk is full */

#endif
