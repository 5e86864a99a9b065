/*
 * The committer: the one thread that decides, appends, makes durable, applies, and answers, for
 * many requests at a time (group commit).
 *
 * A request is a decision: a function that runs in the committer's thread, inside the catalog's
 * write transaction.  It sees all that was decided before it, and either emits events or refuses
 * with an errno, which removes the events that it had emitted.  A batch of requests is appended to
 * the ledger with one write, committed to the catalog, and synced once for all that asked for
 * durability.  When the ledger or the catalog cannot be written, the whole batch is undone in both,
 * and each request gets the errno: nothing is half done (promise 3).  Where only the sync fails,
 * the requests that asked for durability get the errno, but what was appended remains: nobody knows
 * what the disk has of it, and the ledger accepts no more until it is opened again.
 *
 * Threads: the committer's own, which alone touches the ledger's writing half and the connection
 * given to it, and any number that ask.  One lock (committer_private.h) guards the queue, the count
 * of posted events and the order to stop.  It is held for moments only: no decision, no disk and no
 * other lock is waited for under it.  committer_run(), committer_barrier() and
 * committer_exclusive() wait for decisions and for the disk: a caller must hold no lock that a
 * decision takes, and a decision must not call them.  committer_post() and committer_now() never
 * wait for the disk, and may be called under other locks.
 */
#ifndef FS_STORE_COMMITTER_H
#define FS_STORE_COMMITTER_H

#include "fs/store/base/annotate.h"
#include "fs/store/base/sql.h"
#include "fs/store/ledger/ledger.h"
#include "fs/store/records/kinds.h"
#include "fs/store/records/turn.h"

struct committer;

/* Decides.  0, or a positive errno: then nothing that it emitted remains.  It may be run again from
 * the start when its batch had to be split, so it must set all its outputs each time. */
typedef int (*decide_fn)(struct turn *t, void *arg);

enum commit_mode {
	COMMIT_DURABLE, /* returns when it would survive a power cut */
	COMMIT_ORDERED /* returns when it is appended and applied; durable with the next that is, or
			  within a second */
};

/* Reads the clocks; the committer itself fills in the version of the policy in force.  Called in
 * the committer's thread, and by committer_now() in any. */
typedef void (*clock_fn)(void *arg, struct event_time *out);

/*
 * Applies to the catalog what it lacks of the ledger, then starts the thread.  The ledger and the
 * connection remain the caller's, and must outlive the committer.  EUCLEAN where the ledger's rest
 * cannot be applied.
 */
MUST_CHECK int committer_start(struct ledger *ledger, struct sql *db, clock_fn clock,
	void *clock_arg, struct committer **out);

/* Finishes what is queued, syncs, and ends the thread.  NULL is fine. */
void committer_stop(struct committer *c);

/* Runs a decision and waits.  Its errno, or the one that kept it from being written (ENOSPC,
 * EIO). */
MUST_CHECK int committer_run(
	struct committer *c, enum commit_mode mode, decide_fn decide, void *arg);

/*
 * Queues an event that nobody waits for (the close of a reading, a coalesced refusal).  Where the
 * disk is full it is kept and tried again each second, in order. e and its subject are copied;
 * e->details is taken.  ENOMEM, or 0.  EAGAIN where too many wait already.
 */
MUST_CHECK int committer_post(struct committer *c, const struct event *e);

/* The same of a record: details as its function hold_set_details() makes them (record.h); taken. */
MUST_CHECK int committer_post_record(
	struct committer *c, enum event_kind kind, const struct about *about, json_t *details);

/* Waits until everything posted before is applied, or known not to be writable now. */
MUST_CHECK int committer_barrier(struct committer *c, enum commit_mode mode);

/* Runs fn in the committer's thread between batches, with the ledger synced: for signing its head.
 * fn's errno, or the sync's. */
MUST_CHECK int committer_exclusive(
	struct committer *c, int (*fn)(struct ledger *ledger, void *arg), void *arg);

void committer_now(struct committer *c, struct event_time *out);

/* Applies the ledger's entries from the catalog's own mark up to `end`, some thousands a
 * transaction.  progress may be NULL.  EUCLEAN: they contradict it. */
MUST_CHECK int committer_replay(
	struct ledger *ledger, struct sql *db, uint64_t end, ledger_progress progress, void *arg);

#endif
