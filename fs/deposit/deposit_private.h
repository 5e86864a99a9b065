/* What the files of the deposits share: deposits.c keeps them, deposit.c begins them, deposit_io.c
 * fills them, deposit_end.c brings them to their end. */
#ifndef FS_DEPOSIT_DEPOSIT_PRIVATE_H
#define FS_DEPOSIT_DEPOSIT_PRIVATE_H

#include <pthread.h>
#include <sys/queue.h>

#include "fs/deposit/deposit.h"
#include "fs/store/base/annotate.h"

#define DEPOSIT_BUCKETS 1024 /* a power of two */
/* Processes remembered as having written; with more of them any that dies of a signal breaks the
 * deposit. */
#define DEPOSIT_WRITERS 8
/* A descriptor that is closed more often has been duplicated: its release will not come soon. */
#define CLOSES_AWAITED 4
#define RELEASE_WAIT_MS 100 /* how long after a close its release may be awaited */

struct deposit {
	/* Constant. */
	int64_t id;
	struct blob *blob;
	struct hashing *hashing;
	struct subject who;
	uid_t uid, gid;

	/* Guarded by the lock of the list. */
	LIST_ENTRY(deposit) others; /* in its bucket, while `listed` */
	bool listed;
	unsigned holders, writers; /* writers: descriptors */
	bool ending; /* the last descriptor is gone, and what becomes of it is being recorded */

	/* Held while content changes: by writers together, by what must find it still (a close, a
	 * new length) alone.  It is taken first, and held over the disk and the committer. */
	struct rwlock content;

	struct mutex lock; /* all below; held for moments only, never over /proc or the disk */
	int64_t size GUARDED_BY(lock), mtime GUARDED_BY(lock);
	uint32_t mode GUARDED_BY(lock);
	bool changed GUARDED_BY(lock); /* since the close that the ledger has */
	bool closed GUARDED_BY(
		lock); /* a clean close is on the ledger, and nothing was changed since */
	int broken GUARDED_BY(lock);        /* the errno of a write that failed; 0: none did */
	bool killed GUARDED_BY(lock);       /* a task that wrote died of a signal */
	bool broken_off GUARDED_BY(lock);   /* a program that wrote closed it because its work had
					     * broken off */
	bool forgotten GUARDED_BY(lock);    /* unlinked by its depositor */
	int64_t closed_at GUARDED_BY(lock); /* boot ms */
	unsigned closes GUARDED_BY(lock);   /* close(2) of its descriptors so far */
	int32_t last_tid GUARDED_BY(lock);  /* who wrote last */
	int32_t writer[DEPOSIT_WRITERS] GUARDED_BY(lock); /* processes */
	unsigned writer_count GUARDED_BY(lock);
	int64_t started GUARDED_BY(lock); /* write-back has been begun up to here */
};

/* An end to be recorded; where that fails it is tried again each second.  Until then the item stays
 * "receiving", and only its depositor sees it. */
struct unended {
	STAILQ_ENTRY(unended) others;
	int64_t id;
	bool seal;
	char reason[16];
	int64_t size;
	struct subject who;
};

struct deposits {
	pthread_cond_t released; /* a deposit came to its end */
	struct mutex lock;       /* all below; a deposit's own lock is taken after it */
	LIST_HEAD(deposit_list, deposit) bucket[DEPOSIT_BUCKETS] GUARDED_BY(lock); /* by item */
	size_t count GUARDED_BY(lock); /* in all buckets */
	STAILQ_HEAD(unended_list, unended) unended GUARDED_BY(lock);
};

/* Puts a new deposit among the others, with one holder and one descriptor.  The blob is taken when
 * it succeeds. */
int deposits_add(struct call *c, const struct item *item, struct blob *blob, struct deposit **out);

/* Adds a descriptor to an item's deposit.  NULL: there is none, perhaps because it ended while this
 * waited for it; judge the item again. */
struct deposit *deposits_one_more(struct deposits *all, int64_t id);

/* It ended: deposit_get() finds it no more, though some may still hold it. */
void deposits_ended(struct deposits *all, struct deposit *d);

/* Verbs on an open deposit, by descriptor (deposit_handle). */
int deposit_write(struct call *c, struct deposit *d, const void *data, size_t len, int64_t offset);
int deposit_truncate(const struct fs *fs, struct deposit *d, int64_t size);
int deposit_allocate(const struct fs *fs, struct deposit *d, int mode, int64_t offset, int64_t len);

/* close(2) of one descriptor by task tid. */
int deposit_flush(struct call *c, struct deposit *d, int32_t tid);

/* The descriptor is gone for good. */
void deposit_release(struct fs *fs, struct deposit *d);

/* Records an end now, or keeps it to be tried again. */
void deposit_end(struct fs *fs, const struct unended *given);

/* These three ask /proc about processes; they take the deposit's lock for a moment, and not while
 * they ask. */

/* Remembers that task tid's process fills it: should a signal kill that process, the deposit is
 * broken. */
void deposit_note_writer(struct deposit *d, int32_t tid) EXCLUDES(d->lock);

/* Whether task tid's process wrote to it. */
bool deposit_written_by(struct deposit *d, int32_t tid) EXCLUDES(d->lock);

/* Whether one of the processes that wrote is ending because of a signal, or may be. */
bool deposit_writer_killed(struct deposit *d) EXCLUDES(d->lock);

/* Whether its depositor unlinked it.  What was unlinked is kept as it was then, for the
 * administrator (promise 7): a descriptor that is still open may not empty it. */
bool deposit_is_forgotten(struct deposit *d);

/* The modification time of a write now, ns: the store's wall clock. */
int64_t deposit_now(const struct fs *fs);

#endif
