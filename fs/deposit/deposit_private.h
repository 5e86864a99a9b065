/* What the files of the deposits share: deposits.c keeps them, deposit.c begins them, deposit_io.c
 * fills them, deposit_end.c brings them to their end. */
#ifndef FS_DEPOSIT_DEPOSIT_PRIVATE_H
#define FS_DEPOSIT_DEPOSIT_PRIVATE_H

#include <pthread.h>
#include <sys/queue.h>

#include "fs/deposit/deposit.h"

#define DEPOSIT_BUCKETS 1024 /* a power of two */
#define DEPOSIT_WRITERS                                                                         \
	8 /* processes remembered as having written; more: any that dies of a signal breaks the \
	     deposit */
#define CLOSES_AWAITED                                                                           \
	4 /* one that is closed more often has been duplicated: its release is not about to come \
	   * \ */
#define RELEASE_WAIT_MS 100 /* how long after a close its release may be awaited */

struct deposit {
	LIST_ENTRY(deposit) others; /* in its bucket, while `listed` */
	bool listed;
	int64_t id;
	unsigned holders, writers; /* writers: descriptors */
	bool ending; /* the last descriptor is gone, and what becomes of it is being recorded */
	struct blob *blob;
	struct hashing *hashing;
	struct subject who;

	pthread_rwlock_t content; /* writers share it; closing excludes them */
	pthread_mutex_t lock;     /* all below */
	int64_t size, mtime;
	uint32_t mode;
	uid_t uid, gid;
	bool changed;      /* since the close that the ledger has */
	bool closed;       /* a clean close is on the ledger, and nothing was changed since */
	int broken;        /* the errno of a write that failed; 0: none did */
	bool killed;       /* a task that wrote died of a signal */
	bool broken_off;   /* a program that wrote closed it because its work had broken off */
	bool forgotten;    /* unlinked by its depositor */
	int64_t closed_at; /* boot ms */
	unsigned closes;   /* close(2) of its descriptors so far */
	int32_t last_tid, writer[DEPOSIT_WRITERS];
	unsigned writer_count;
	int64_t started; /* write-back has been begun up to here */
};

/* An end that could not be recorded: tried again each second.  The item stays "receiving" until
 * then, out of everyone's sight but its depositor's. */
struct unended {
	STAILQ_ENTRY(unended) others;
	int64_t id;
	bool seal;
	char reason[16];
	int64_t size;
	struct subject who;
};

struct deposits {
	pthread_mutex_t lock; /* buckets, holders, writers, pending */
	pthread_cond_t released;
	LIST_HEAD(deposit_list, deposit) bucket[DEPOSIT_BUCKETS];
	size_t count; /* in all buckets */
	STAILQ_HEAD(unended_list, unended) unended;
};

/* Puts a new deposit among the others, with one holder and one descriptor.  The blob is taken when
 * it succeeds. */
int deposits_add(struct call *c, const struct item *item, struct blob *blob, struct deposit **out);

/* One more descriptor on a deposit.  NULL: it has come to its end meanwhile, which was waited for,
 * so the item is to be judged again. */
struct deposit *deposits_one_more(struct deposits *all, int64_t id);

/* It has come to its end: whoever looks for the item's deposit finds none any more, though some may
 * still hold this one. */
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
void deposit_end(struct fs *fs, const struct unended *end);

/*
 * These three ask /proc about processes.  They take the deposit's lock for a moment themselves and
 * never hold it while they ask: call them without it.
 */

/* Remembers that task tid's process fills it: should a signal kill that process, the deposit is
 * broken. */
void deposit_note_writer(struct deposit *d, int32_t tid);

/* Whether task tid's process wrote to it. */
bool deposit_wrote(struct deposit *d, int32_t tid);

/* Whether one of the processes that wrote is ending because of a signal, or may be. */
bool deposit_writer_killed(struct deposit *d);

/* Whether its depositor unlinked it.  What was unlinked is kept as it was then, for the
 * administrator (promise 7): a descriptor that is still open may not empty it. */
bool deposit_is_forgotten(struct deposit *d);

/* The modification time of a write now, ns: the store's wall clock. */
int64_t deposit_now(const struct fs *fs);

#endif
