/*
 * What each kind of event does to the catalog: a function a kind, in tables by subject.  An apply
 * function reads nothing but the entry and the catalog, so that replaying the ledger gives the same
 * catalog (promise 5); it gives 0, EUCLEAN for what contradicts the catalog, or an errno of the
 * database.
 */
#ifndef FS_STORE_RECORDS_APPLY_H
#define FS_STORE_RECORDS_APPLY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/store/base/sql.h"

/* The head of an entry, read. */
struct head {
	int64_t seq, wall, clock, item;
	const char *kase;
	int64_t person;
	int64_t policy;  /* version in force */
	const json_t *d; /* details */
};

typedef int (*apply_fn)(struct sql *db, const struct head *h);
struct apply {
	const char *kind;
	apply_fn apply;
};

/* Keeps the account of who was custodian of which unit, at a person's registration (Q6). */
int apply_custodian(struct sql *db, int64_t person, int64_t unit, bool custodian, int64_t wall);

int apply_none(struct sql *db, const struct head *h); /* nothing but its place in the trail */

/* Fields of details; DAY_NONE, INSTANT_NEVER where absent or malformed. */
int64_t day_field(const json_t *d, const char *key);
int64_t instant_field(const json_t *d, const char *key);

/* A part of the catalog: its tables, and the events that fill them.  The parts are listed in
 * apply.c. */
struct catalog_part {
	const char *schema;
	const struct apply *events;
	size_t count;
};
#define CATALOG_PART(schema, table)                           \
	{                                                     \
		schema, table, sizeof table / sizeof table[0] \
	}

extern const struct catalog_part catalog_grants;    /* apply_grant.c */
extern const struct catalog_part catalog_cases;     /* apply_case.c */
extern const struct catalog_part catalog_retention; /* apply_retention.c */
extern const struct catalog_part catalog_holds;     /* apply_hold.c */
extern const struct catalog_part catalog_copies;    /* apply_copy.c */
extern const struct catalog_part catalog_disposals; /* apply_disposal.c */
extern const struct catalog_part catalog_clock;     /* apply_clock.c */
extern const struct catalog_part catalog_findings;  /* apply_finding.c */
extern const struct catalog_part catalog_tags;      /* apply_tag.c */
extern const struct catalog_part catalog_views;     /* apply_view.c */

/* The schemas of all parts, in order, NULL at the end. */
const char *catalog_part_schema(size_t part);

#endif
