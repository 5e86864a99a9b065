/* Offline copies, as the catalog has them (policy/copy.h). */
#ifndef FS_STORE_RECORDS_COPIES_H
#define FS_STORE_RECORDS_COPIES_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/record.h"
#include "policy/copy.h"

struct copy {
	int64_t id;
	char medium[MEDIUM_NAME];
	enum copy_type type;
	int64_t registered_by, registered_at; /* person; ms of the compliance clock */
	int64_t items, bytes;
	int64_t verified_by, verified_at; /* last; 0: never */
	bool failed;                      /* the last verification did */
};

int copies_named(struct sql *db, const char *medium, struct copy *out); /* ENOENT */

/* The next number of a medium; the committer alone gives them out. */
int copies_next_id(struct sql *db, int64_t *id);

/* Whether the item is registered as lying on that medium. */
int copies_has(struct sql *db, int64_t id, int64_t item, bool *out);

/* Whether the item is on a medium whose last verification, if there was one, passed. */
int copies_hold(struct sql *db, int64_t item, bool *out);

/* Months after which a medium is to be read again: the policy's. */
int copies_check_months(struct sql *db, int *out);

#define COPY_COLUMNS                                                                            \
	"copy.id, copy.medium, copy.type, copy.registered_by, copy.registered_at, copy.items, " \
	"copy.bytes, copy.verified_by, copy.verified_at, copy.failed"
void copies_read(struct sql_rows *rows, struct copy *out);

extern const char copies_schema[];

#define COPY_REGISTER_FIELDS(F, K) F(INT, id) F(TEXT, medium) F(TEXT, type)
RECORD(COPY_REGISTER, copy_register, COPY_REGISTER_FIELDS);

#define COPY_ITEM_FIELDS(F, K) F(INT, id) F(TEXT, medium) F(HASH, sha256)
RECORD(COPY_ITEM, copy_item, COPY_ITEM_FIELDS);

/* extra: files beside the registered ones; missing, damaged: the first of them, item numbers. */
#define COPY_VERIFIED_FIELDS(F, K) \
	F(INT, id)                 \
	F(TEXT, medium)            \
	F(FLAG, passed)            \
	F(INT, files)              \
	F(INT, extra) F(INT, missing_count) F(INT, damaged_count) F(JSON, missing) F(JSON, damaged)
RECORD(COPY_VERIFIED, copy_verified, COPY_VERIFIED_FIELDS);

/* How a reading of a whole medium ended.  The lists may be cut, the counts are whole. */
struct copy_reading {
	int64_t files, extra; /* read; and beside the registered ones */
	const int64_t *missing, *damaged;
	size_t missing_listed, damaged_listed;
	int64_t missing_count, damaged_count;
};

/* Records a reading (copy.verified), with the first 200 items of each list. */
int copies_record_reading(struct turn *t, const struct about *about, const struct copy *copy,
	const struct copy_reading *r);

#endif
