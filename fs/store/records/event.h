/*
 * Events: the entries of the ledger.  An event's text is made once, appended, hashed unchanged, and
 * applied to the catalog; applying the ledger's entries in order to an empty catalog gives the same
 * catalog (promise 5), so apply reads nothing but the entry and the catalog.
 */
#ifndef FS_STORE_RECORDS_EVENT_H
#define FS_STORE_RECORDS_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "fs/store/base/sql.h"
#include "policy/person.h"

/* What every event says, beside its details. */
struct event {
	const char *kind;          /* "deposit.close": names a row of apply.c's table */
	const struct subject *who; /* NULL: the store itself */
	int64_t item;              /* 0: none */
	const char *kase;          /* a case's number, NULL: none */
	json_t *details;           /* owned by the caller until passed on; NULL: none */
	bool detailed; /* details must not be NULL: they could not be made where they are */
};

/* When: both clocks, and how to write them. */
struct event_time {
	int64_t wall, clock; /* ms */
	int utc_offset;      /* minutes */
	int64_t policy;      /* version of the policy in force */
};

/* The entry as JSON (a new reference, NULL when out of memory); e->details is borrowed.  Invalid
 * UTF-8 in the program's path is replaced. */
json_t *event_encode(const struct event *e, uint64_t seq, const struct event_time *t);

/* The one-line text of an entry; malloc'd.  NULL when out of memory. */
char *event_text(const json_t *entry);

/* Reads an entry's text.  0, EUCLEAN where it is not an entry, or its number is not seq; ENOMEM. */
int event_decode(const char *text, size_t len, uint64_t seq, json_t **out);

#endif
