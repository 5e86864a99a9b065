/* Holds in the catalog (policy/hold.h). */
#ifndef FS_STORE_RECORDS_HOLDS_H
#define FS_STORE_RECORDS_HOLDS_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/record.h"
#include "policy/hold.h"
#include "policy/scope.h"

/* A hold, and what it was set on. */
struct held {
	struct hold hold;
	struct scope scope;
};

int holds_get(struct sql *db, int64_t id, struct held *out);

/* The first unreleased hold from that id on.  ENOENT. */
int holds_next(struct sql *db, int64_t from, struct held *out);

/* The next number of a hold; the committer alone gives them out. */
int holds_next_id(struct sql *db, int64_t *id);

/* The unreleased hold of that name set on exactly that scope.  ENOENT. */
int holds_named(struct sql *db, const struct scope *on, const char *name, struct held *out);

/*
 * The holds on an item: its own, and those of the folders and cases that it is in, in order of
 * their ids; the cost does not grow with the number of holds elsewhere.  each returns true to go
 * on.
 */
typedef bool (*holds_each)(void *arg, const struct held *h);
int holds_on_item(struct sql *db, const struct item *item, holds_each each, void *arg);

/* The first of them; ENOENT where there is none. */
int holds_first(struct sql *db, const struct item *item, struct held *out);

/* Those that cover a whole folder or case: set on it, or on what it lies in. */
int holds_on_folder(struct sql *db, const struct scope *folder, holds_each each, void *arg);

/* Whether moving `item` to `moved` (in another folder) would lose a hold.  With more than 64 holds,
 * one counts as lost. */
int holds_lost(struct sql *db, const struct item *item, const struct item *moved, bool *lost);

/* Those set on exactly that scope and not released. */
int holds_on_scope(struct sql *db, const struct scope *on, holds_each each, void *arg);

/* What somebody wants: to set a hold, to ask for its release, or to release it.  `on` is the item,
 * folder or case itself, not what covers it. */
struct hold_wish {
	struct scope on;
	const char *name;
	int ground;         /* setting */
	const char *reason; /* NULL: none; releasing takes one */
};

/*
 * Whether they may, given the present holds.  *why: as in policy/hold.h, HOLD_BAD, VALUE_BAD (the
 * whole store cannot be held), NOT_FOUND, DISPOSED, DIFFERS; with NONE, *stands is the present
 * hold: for setting, one that says the same, or id 0 where it is to be set; for asking, asked_by is
 * set where somebody asked before.
 */
int holds_judge_set(struct sql *db, const struct person *who, const struct hold_wish *w,
	struct held *stands, enum reason *why);
int holds_judge_ask(struct sql *db, const struct person *who, const struct hold_wish *w,
	struct held *stands, enum reason *why);
int holds_judge_release(struct sql *db, const struct person *who, const struct hold_wish *w,
	struct held *stands, enum reason *why);

/* Columns that holds_read() reads. */
#define HOLD_COLUMNS                                                                              \
	"hold.id, hold.name, hold.ground, hold.reason, hold.set_by, hold.set_at, hold.asked_by, " \
	"hold.asked_at, hold.asked_why,"                                                          \
	" hold.released_by, hold.released_at, hold.released_why, hold.item, hold.kase, "          \
	"hold.unit, hold.device, hold.officer, hold.day, hold.folder"
void holds_read(struct sql_rows *rows, struct held *out);

extern const char holds_schema[];

/* path: where the scope is, for people to read; absent where it could not be told. */
#define HOLD_SET_FIELDS(F, K) \
	F(SCOPE, scope) F(INT, ground) F(TEXT, reason) F(INT, id) F(TEXT, name) F(MAYBE, path)
RECORD(HOLD_SET, hold_set, HOLD_SET_FIELDS);

#define HOLD_ASK_FIELDS(F, K) F(NOTE, reason) F(INT, id) F(TEXT, name) F(MAYBE, path)
RECORD(HOLD_ASK, hold_ask, HOLD_ASK_FIELDS);

#define HOLD_RELEASE_FIELDS(F, K) F(TEXT, reason) F(INT, id) F(TEXT, name) F(MAYBE, path)
RECORD(HOLD_RELEASE, hold_release, HOLD_RELEASE_FIELDS);

#endif
