/*
 * The mount: one object, and what every part of it shares.  An inner function works on a `struct
 * call` and returns 0 or a positive errno; the FUSE handler (fs/ops) replies once.
 *
 * Threads, and what each may wait for:
 *
 * - main: starts everything and waits in libfuse's loop until the mount ends.  When the workers
 *   and the ticker are gone it ends, alone, what is still open.
 * - FUSE workers: one request each, up to 32 at a time (main.c).  They wait for the disk, the
 *   committer, the hasher (at a close), another worker's write or close of the same deposit, and
 *   a tenth of a second for a release (deposits_settle()).
 * - ticker: once a second the windows of refusals, the open readings, ends that could not be
 *   recorded, findings, the signed head.  Waits for the committer, and for the kernel (below).
 * - committer: decides, appends, syncs (store/committer.h).  Waits for the disk only.
 * - hasher: two to eight workers (store/blob/hasher.h).  They wait for the disk.
 * - digester: one, for sealed content (store/digester.h).  Waits for the disk and the committer.
 *
 * The finder has no thread: the ticker runs it, and a worker that is asked for findings.  The
 * keeper (daemon/keeper.h) is a process that only waits to unmount.
 *
 * Locks, in the order in which they are taken.  These may be held while their holder waits:
 *
 * 1 finder.lock: one look at a time.  Over the catalog and the committer.
 * 2 listing.lock: one answer of an open folder at a time.  Over the catalog.
 * 3 deposit.content: shared by writers, alone for a close or a new length.  Over the disk, the
 *   hasher and the committer.
 * 4 reading.leaf_lock: the leaf kept for small reads.  Over the disk.
 * 5 content.lock: hashes of groups of leaves (store/blob/content.c).  Over the disk.
 *
 * These are held for moments of work in memory:
 *
 * 6 deposits.lock: which deposits there are; then deposit.lock: what is known of one.
 * 7 readings.lock: which readings there are, and who shares an item.
 * 8 reading.lock: grant and ranges of one; then the committer's queue, to post them.
 * 9 the rest, of which each is the last: handles, handle, opens, ctls, ctl, refusals, forget_lock,
 *   the committer's queue, the hasher's, the digester's, the clock, the stocks of connections and
 *   buffers.  (uninvited.lock is held over the catalog while a new policy is read.)
 *
 * Which lock guards a field is written at the field (store/base/annotate.h) and checked by Clang;
 * the order is checked by ThreadSanitizer (tests/faults/threads.sh).  Three rules have no check:
 *
 * - A decision runs in the committer, for which others wait with 1 and 3 held.  It may take 6
 *   (deposit_get()) and 9, no other.
 * - Making the kernel drop pages or names (tree/forget.h) waits for requests that are under way
 *   on them: no lock may be held then.
 * - /proc may make us wait for a process that waits for us: none of 6 to 9 may be held then.
 */
#ifndef FS_CALL_FS_H
#define FS_CALL_FS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include "fs/call/node.h"
#include "fs/store/base/annotate.h"
#include "fs/store/catalog/catalog.h"
#include "fs/store/store.h"
#include "policy/person.h"
#include "policy/reader.h"
#include "policy/reason.h"
#include "policy/verb.h"

struct fuse_session;
struct ctls;
struct deposits;
struct finder;
struct forgotten;
struct handles;
struct opens;
struct readings;
struct refusals;
struct ticker;
struct uninvited;

struct fs_options {
	int64_t settle_ms;     /* quiet time after sealing in which the label may be put right */
	int64_t settle_max_ms; /* its hard end */
};

struct fs {
	/* Constant while the mount serves. */
	struct store *store;
	struct fs_options options;
	struct uninvited *uninvited; /* who is not to be served */
	struct ctls *ctls;
	struct opens *opens;
	struct handles *handles;
	struct deposits *deposits;
	struct readings *readings;
	struct refusals *refusals;
	struct finder *finder;
	struct ticker *ticker;
	struct fuse_session *session;
	int64_t mounted; /* wall time, ms */

	/* Main's alone: the mount is over.  What is still open is ended here, not by those
	 * who have it open. */
	bool ending;

	/* Counts changes of the register and of what may be read.  An open descriptor that
	 * remembers its person or its grant as of another count looks them up again. */
	atomic_uint_fast64_t revocations;

	struct mutex forget_lock; /* what the kernel is to forget (tree/forget.h) */
	SLIST_HEAD(forgotten_list, forgotten) forgotten GUARDED_BY(forget_lock);
	bool forgetting GUARDED_BY(forget_lock); /* a thread tells the kernel */
};

/* One request: a connection to the catalog, who asks, and when. */
struct call {
	struct fs *fs;
	struct sql *db;       /* NULL until call_connect() */
	uint64_t revocations; /* as of before who.person was looked up */
	struct subject who;   /* program is filled when it is needed: call_subject() */
	struct event_time now;
	bool looked;            /* rule is known: call_uninvited() */
	char rule[READER_RULE]; /* by which the program is an uninvited reader; "" */
};

/* Begins a call: connects to the catalog and looks up who asks.  0, or an errno of the catalog:
 * then there is nothing to end.  pid may be a thread's. */
int call_begin(struct call *c, struct fs *fs, uint32_t uid, uint32_t gid, int32_t pid);
void call_end(struct call *c);

/* The two halves of call_begin(), for those who may know the person already: a call without
 * connection and person, which costs no query; and looking up its person. */
void call_prepare(struct call *c, struct fs *fs, uint32_t uid, uint32_t gid, int32_t pid);
int call_identify(struct call *c);

/* Connects the call to the catalog if it is not connected yet.  0, or an errno of the catalog. */
int call_connect(struct call *c);

/* Who asks, with the program. */
const struct subject *call_subject(struct call *c);

/* Whether the program that asks is an uninvited reader (policy/reader.h); then c->rule says by
 * which rule. */
bool call_uninvited(struct call *c);

/* Whether the subject is a registered person with a role. */
bool call_browses(const struct call *c);

#endif
