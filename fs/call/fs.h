/*
 * The mount: one object, and what every part of it shares.  An inner function works on a `struct
 * call` and returns 0 or a positive errno; the FUSE handler (ops.c) replies once.
 */
#ifndef FS_CALL_FS_H
#define FS_CALL_FS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/call/node.h"
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
	struct store *store;
	struct fs_options options;
	struct uninvited *uninvited; /* who is not to be served */
	struct ctls *ctls;
	struct opens *opens;
	struct deposits *deposits;
	struct readings *readings;
	struct refusals *refusals;
	struct finder *finder;
	struct ticker *ticker;
	struct fuse_session *session;
	struct handles *handles;
	pthread_mutex_t forget_lock; /* names to be taken back from the kernel (forget.h) */
	struct forgotten *forgotten;
	bool forgetting; /* a thread is at it */
	int64_t mounted; /* wall time, ms */
	bool ending; /* the mount is over: what is still open is ended by us, not by those who have
			it open */
	/* Counts changes of the register and of what may be read.  An open descriptor that
	 * remembers its person or its grant as of another count looks them up again. */
	atomic_uint_fast64_t revocations;
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
