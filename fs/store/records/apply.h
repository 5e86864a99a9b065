/*
 * Applying events to the catalog.  Each record has one function for it, apply_RECORD() (record.h),
 * which reads nothing but the event and the catalog, so that replaying the ledger gives the same
 * catalog (promise 5).  It gives 0, EUCLEAN for what contradicts the catalog, or an errno of the
 * database.
 */
#ifndef FS_STORE_RECORDS_APPLY_H
#define FS_STORE_RECORDS_APPLY_H

#include <jansson.h>
#include <stdint.h>

#include "fs/store/base/sql.h"

/* What every event says, beside its details. */
struct head {
	int64_t seq;
	int64_t wall, clock; /* ms */
	int64_t item;        /* 0: none */
	const char *kase;    /* a case's number; NULL: none */
	int64_t person;      /* 0: nobody */
	int64_t policy;      /* the version in force */
};

/*
 * Applies an entry to the catalog, inside the caller's transaction.  0; EUCLEAN for an entry that
 * this version does not understand or that contradicts the catalog; else an errno of the database.
 */
int event_apply(struct sql *db, const json_t *entry);

#endif
