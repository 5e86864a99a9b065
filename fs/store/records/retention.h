/* How long items are kept, in the catalog: classes by version of the policy, an item's own, its
 * cases', the floors of folders (policy/term.h). */
#ifndef FS_STORE_RECORDS_RETENTION_H
#define FS_STORE_RECORDS_RETENTION_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/event.h"
#include "fs/store/records/record.h"
#include "policy/reason.h"
#include "policy/scope.h"
#include "policy/term.h"

/* Puts the classes of policy version 1 into a new catalog. */
int retention_builtin(struct sql *db);

/* A class of a version of the policy.  ENOENT: that version does not have it. */
int retention_class(struct sql *db, const char *name, int64_t version, struct class_rule *out);

/* The version of the policy in force: the last one loaded; 1 before any was. */
int retention_policy(struct sql *db, int64_t *version);

/*
 * The term in force of an item.  A class counts with the longest term that any version of the
 * policy has given it since it was set, so that a new policy can lengthen but not shorten.
 */
int retention_term(struct sql *db, const struct item *item, int utc_offset, struct term *out);

/* An item's present retention: what is shown of it, and what unlink, `why` and disposal judge by
 * (policy/disposal.h). */
struct retention {
	struct term term;
	bool held;              /* it is held */
	char class[CLASS_NAME]; /* the class that decides; long-term while it is held, unless the
				   term is permanent anyway (Art. 12) */
};
int retention_state(struct sql *db, const struct item *item, int utc_offset, struct retention *out);

/* Whether somebody said how long to keep this very item: a class or a date set on it, a case that
 * it was linked to. */
int retention_was_set(struct sql *db, const struct item *item, bool *set);

/* What is promised at a deposit, by the class that an item has until somebody sets another: later
 * policies do not change it. */
int retention_promise(
	struct sql *db, int32_t recorded, const struct event_time *now, int64_t *until);

/* The end of a term as it is shown: an instant, "never", or "open" while there is none yet. */
void retention_text(const struct term *t, int utc_offset, char out[INSTANT_TEXT]);

/* Whether a class, or a date (class NULL), set on the item would lengthen its term. */
int retention_lengthens(struct sql *db, const struct item *item, const char *class, int64_t version,
	int64_t until, int utc_offset, bool *lengthens);

/*
 * The floor that a folder has of its own, by that very scope: the longest of its classes and of its
 * dates.  class "": none; until 0: none.  What lies above or below it is not looked at.
 */
struct floor_of {
	char class[CLASS_NAME];
	int64_t until;
};
int retention_floor(struct sql *db, const struct scope *on, int32_t today, int utc_offset,
	struct floor_of *out);

/* Whether a class or a date would lengthen that floor: a class is compared with its classes (for
 * what is recorded today), a date with its dates. */
int retention_floor_lengthens(struct sql *db, const struct scope *on, const char *class,
	int64_t version, int64_t until, int32_t today, int utc_offset, bool *lengthens);

/* Whether moving `item` to `moved` (in another folder) would shorten what the folders' floors keep
 * it for. */
int retention_floors_shorter(struct sql *db, const struct item *item, const struct item *moved,
	int utc_offset, bool *shorter);

/* A class, or a date (class NULL), that somebody wants to set on an item, or (item NULL) on a
 * folder. */
struct lengthening {
	const struct item *item;
	const struct scope *on;
	const char *class;
	int64_t until;
};

/*
 * Whether it may be set: CLASS_UNKNOWN where the policy in force has no such class, or not for
 * items; SHORTENS where it would not lengthen, or is a date that has passed.  *exists: whether
 * there is one already; an item always has both.
 */
int retention_judge(struct sql *db, const struct lengthening *l, const struct event_time *now,
	bool *exists, enum reason *why);

extern const char retention_schema[];

/* Set on the event's item, or (scope) on a folder. */
#define RETAIN_CLASS_FIELDS(F, K) K(TEXT, klass, "class") F(PLACE, scope)
RECORD(RETAIN_CLASS, retain_class, RETAIN_CLASS_FIELDS);

#define RETAIN_UNTIL_FIELDS(F, K) F(TIME, until) F(PLACE, scope)
RECORD(RETAIN_UNTIL, retain_until, RETAIN_UNTIL_FIELDS);

/* What a floor was set on, by its number (bond.source of a term from a folder).  ENOENT. */
int retention_floor_scope(struct sql *db, int64_t id, struct scope *out);

#endif
