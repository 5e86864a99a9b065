/* Disposals, as the catalog has them (policy/disposal.h). */
#ifndef FS_STORE_RECORDS_DISPOSALS_H
#define FS_STORE_RECORDS_DISPOSALS_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/catalog/scope_items.h"
#include "fs/store/records/event.h"
#include "fs/store/records/record.h"
#include "policy/disposal.h"

#define DISPOSAL_REASON 1024 /* bytes, NUL included */

struct disposal {
	int64_t id;
	enum disposal_state state;
	char kind[16];                    /* "named", "expired", "incomplete", "withdrawn" */
	char reason[DISPOSAL_REASON];     /* the proposer's; "" */
	int64_t proposed_by, proposed_at; /* person; ms of the compliance clock */
	int64_t policy;
	int64_t items, bytes, done;
	int64_t decided_by, decided_at; /* 0: not yet */
	char decided_why[DISPOSAL_REASON];
	int64_t stopped_item;              /* at which it stopped; 0 */
	char stopped_why[DISPOSAL_REASON]; /* a reason's name, or what the person said who
					      called off the rest */
};

/* An item that was disposed of. */
struct disposed {
	int64_t seq, item, disposal, at, policy;
	enum erasure erasure;
	bool flash;  /* a disk where overwritten bytes may survive */
	char fs[32]; /* file system of the store; "" */
};

int disposals_get(struct sql *db, int64_t id, struct disposal *out); /* ENOENT */
int disposals_item(
	struct sql *db, int64_t item, struct disposed *out); /* ENOENT: it was not disposed of */

/* The next number of a proposal; the committer alone gives them out. */
int disposals_next_id(struct sql *db, int64_t *id);

/* The items of a proposal that are not disposed of yet, in order of their numbers, from beyond
 * `after` on; `limit` at most.  each returns true to go on. */
int disposals_left(
	struct sql *db, int64_t id, int64_t after, int64_t limit, items_each each, void *arg);

/* How far a search for what might be proposed has come: beyond that item among those whose term
 * was promised to end then. */
struct disposal_mark {
	int64_t until; /* ms */
	int64_t item;
};

/* The sealed items of a unit whose promised term has ended by `now` (the term itself may have been
 * lengthened), in order of their marks, from beyond `from` on; `limit` at most. */
int disposals_expired(struct sql *db, int64_t unit, int64_t now, const struct disposal_mark *from,
	int64_t limit, items_each each, void *arg);

/* The items in a state other than sealed, in order of their numbers, from beyond `after` on. */
int disposals_unsealed(struct sql *db, enum item_state state, int64_t after, int64_t limit,
	items_each each, void *arg);

/* Whether an open proposal has the item; *id: which. */
int disposals_open(struct sql *db, int64_t item, bool *open, int64_t *id);

/*
 * Whether an item may be disposed of now.  A sealed one: by its term and its holds; UNDIGESTED
 * where its digests are not computed yet.  One that is incomplete or withdrawn: by its holds alone.
 * DISPOSED; STATE while it is received.  *term: its term; TERM_NONE where it has none, or is held.
 */
int disposals_judge(struct sql *db, const struct item *item, const struct event_time *now,
	struct term *term, enum reason *why);

/* The unit that an item belongs to; 0 where its place is no longer known. */
int disposals_unit(struct sql *db, const struct item *item, int64_t *unit);

/* Whether a person recorded or deposited any of a proposal's items. */
int disposals_own(struct sql *db, int64_t id, int64_t person, bool *own);

/*
 * Whether a person may do that to a proposal; *out: the proposal as it is now.  NOT_FOUND.  To
 * approve and to refuse: as disposal_may_decide().  To withdraw: NO_ROLE for all but the proposer.
 * To carry it out: the proposer, who approved it, or another who may approve.  STATE: it is not
 * open, or, to carry it out, not approved.
 */
enum disposal_act { DISPOSAL_APPROVE, DISPOSAL_REFUSE, DISPOSAL_WITHDRAW, DISPOSAL_EXECUTE };
int disposals_may(struct sql *db, const struct person *who, enum disposal_act act, int64_t id,
	struct disposal *out, enum reason *why);

#define DISPOSAL_COLUMNS                                                                      \
	"disposal.id, disposal.state, disposal.kind, disposal.reason, disposal.proposed_by, " \
	"disposal.proposed_at, disposal.policy, disposal.items,"                              \
	" disposal.bytes, disposal.done, disposal.decided_by, disposal.decided_at, "          \
	"disposal.decided_why, disposal.stopped_item, disposal.stopped_why"
void disposals_read(struct sql_rows *rows, struct disposal *out);
#define DISPOSED_COLUMNS                                                                 \
	"disposed.seq, disposed.item, disposed.disposal, disposed.at, disposed.policy, " \
	"disposed.erasure, disposed.flash, disposed.fs"
void disposals_read_item(struct sql_rows *rows, struct disposed *out);

extern const char disposals_schema[];

/* items: numbers; those that do not fit one event follow in dispose.items. */
#define DISPOSE_PROPOSE_FIELDS(F, K) \
	F(INT, id) F(TEXT, kind) F(NOTE, reason) F(INT, count) F(JSON, items)
RECORD(DISPOSE_PROPOSE, dispose_propose, DISPOSE_PROPOSE_FIELDS);

#define DISPOSE_ITEMS_FIELDS(F, K) F(INT, id) F(JSON, items)
RECORD(DISPOSE_ITEMS, dispose_items, DISPOSE_ITEMS_FIELDS);

/* What somebody proposes to dispose of. */
struct disposal_wish {
	int64_t id;
	const char *kind;   /* as in struct disposal */
	const char *reason; /* NULL: none */
	const int64_t *items;
	size_t count; /* at least one */
};

/* Records it: dispose.propose, and as many dispose.items as its items need. */
int disposals_record_wish(struct turn *t, const struct subject *who, const struct disposal_wish *w);

#define DISPOSE_DECISION_FIELDS(F, K) F(INT, id) F(NOTE, reason)
RECORD(DISPOSE_APPROVE, dispose_approve, DISPOSE_DECISION_FIELDS);
RECORD(DISPOSE_REFUSE, dispose_refuse, DISPOSE_DECISION_FIELDS);
RECORD(DISPOSE_WITHDRAW, dispose_withdraw, DISPOSE_DECISION_FIELDS);

/* What is left of an item: all that its record needs. */
/* clang-format off */
#define DISPOSE_ITEM_FIELDS(F, K) \
	F(INT, id) F(TEXT, proposed_by) F(TEXT, approved_by) F(TEXT, state) F(TEXT, name) \
	F(NOTE, path) F(DAY, recorded_on) F(WHEN, term_ended) F(INT, size) F(HASH, sha256) \
	F(HASH, sm3) F(HASH, root)
/* clang-format on */
RECORD(DISPOSE_ITEM, dispose_item, DISPOSE_ITEM_FIELDS);

/* reason: the name of a refusal (policy/reason.h). */
#define DISPOSE_STOP_FIELDS(F, K) F(INT, id) F(TEXT, reason)
RECORD(DISPOSE_STOP, dispose_stop, DISPOSE_STOP_FIELDS);

#define DISPOSE_DONE_FIELDS(F, K) F(INT, id)
RECORD(DISPOSE_DONE, dispose_done, DISPOSE_DONE_FIELDS);

#define DISPOSE_ERASED_FIELDS(F, K) F(TEXT, how) F(FLAG, flash) F(TEXT, fs)
RECORD(DISPOSE_ERASED, dispose_erased, DISPOSE_ERASED_FIELDS);

#endif
