/*
 * A turn: one request's time in the committer's thread, where it decides.  What decides sees the
 * catalog with all that was decided before, and emits events.
 */
#ifndef FS_STORE_RECORDS_TURN_H
#define FS_STORE_RECORDS_TURN_H

#include "fs/store/base/annotate.h"
#include "fs/store/base/sql.h"
#include "fs/store/records/event.h"

/* The part of a turn that what decides may see; the committer embeds it in its own. */
struct turn {
	struct sql *db;         /* the catalog, as decided so far */
	struct event_time time; /* the batch's clocks, and the policy in force */
	uint64_t next;          /* the next event's sequence number */
	/* Applies an event to the catalog, and keeps its text for the ledger.  text is malloc'd,
	 * and taken also on error.  EMSGSIZE: it is too long, or the batch is full; else as
	 * event_apply(). */
	int (*take)(struct turn *t, const json_t *entry, char *text);
};

/* Whom and what an event is about. */
struct about {
	const struct subject *who; /* NULL: the store itself */
	int64_t item;              /* 0: none */
	const char *kase;          /* a case's number; NULL: none */
};

struct sql *turn_db(struct turn *t);
const struct event_time *turn_time(const struct turn *t);

/*
 * Emits an event: numbered, applied to the catalog at once, and handed to the batch.  e->details is
 * taken, even on error.  0; EMSGSIZE: too long for an entry; EUCLEAN: it contradicts the catalog;
 * ENOMEM, or an errno of the database.  A decision that met an error must return it.
 */
MUST_CHECK int turn_emit(struct turn *t, const struct event *e);

#endif
