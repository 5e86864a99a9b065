/* The register of findings (policy/finding.h) in the catalog, and raising and settling in the
 * committer. */
#ifndef FS_STORE_RECORDS_FINDINGS_H
#define FS_STORE_RECORDS_FINDINGS_H

#include "fs/store/records/holds.h"
#include "fs/store/records/record.h"
#include "policy/finding.h"

#define FINDING_KEY 192 /* bytes, NUL included */
#define FINDING_NOTE 1024

struct finding {
	int64_t id;
	enum finding_rule rule;
	char key[FINDING_KEY]; /* what it is about, within its rule: one open finding a key */
	int64_t item, unit, device, officer; /* 0: none */
	int32_t day;                         /* DAY_NONE: none */
	int64_t low, high;                   /* sequence numbers missing; 0: none */
	char note[FINDING_NOTE];             /* what to say beside the rule's text */
	int64_t raised, reported_by;
	int64_t settled, settled_by; /* ms; person.  settled by nobody: it was put right */
	char settled_why[FINDING_NOTE];
};

#define FINDING_NEW(r)                       \
	{                                    \
		.rule = (r), .day = DAY_NONE \
	}

/* Fills unit, device, officer and day from where the item lies. */
int findings_place(struct sql *db, int64_t item, struct finding *f);

/*
 * Records a finding, unless the same one is open already, or a person has settled it.  It is
 * recorded again where it was put right and is wrong again, and where yet another file (its digest
 * is the note) came under a name that is taken.  f->id: its number; 0 where it was not recorded.
 */
int findings_raise(struct turn *t, const struct subject *who, struct finding *f);

/* The latest finding of that rule and key, settled or not.  ENOENT. */
int findings_latest(struct sql *db, enum finding_rule rule, const char *key, struct finding *out);

/* The same, unless it is settled.  ENOENT. */
int findings_open(struct sql *db, enum finding_rule rule, const char *key, struct finding *out);

/* Settles the open one, because it was put right.  Does nothing where none is open. */
int findings_right(struct turn *t, enum finding_rule rule, const char *key);

int findings_get(struct sql *db, int64_t id, struct finding *out); /* ENOENT */

/* How far the ledger was looked through, as it says itself: the first event that was not; 0. */
int findings_upto(struct sql *db, uint64_t *next);

/* The gaps of a device's day that are findings and not settled; each returns true to go on. */
typedef bool (*findings_each_gap)(void *arg, int64_t low, int64_t high);
int findings_gaps(struct sql *db, int64_t device, int32_t day, findings_each_gap each, void *arg);

/* The holds after `after` that are in force, or that an open finding says lack a copy; `most` at
 * most, in order of ids. */
int findings_holds(struct sql *db, int64_t after, struct held *out, size_t most, size_t *count);

#define FINDING_COLUMNS                                                                       \
	"finding.id, finding.rule, finding.key, finding.item, finding.unit, finding.device, " \
	"finding.officer, finding.day, finding.low, finding.high,"                            \
	" finding.note, finding.raised, finding.reported_by, finding.settled, "               \
	"finding.settled_by, finding.settled_why"
void findings_read(struct sql_rows *rows, struct finding *out);

extern const char findings_schema[];

/* low, high: sequence numbers that are missing. */
#define FINDING_RAISE_FIELDS(F, K) \
	F(INT, id)                 \
	F(TEXT, rule)              \
	F(TEXT, key)               \
	F(INT, unit_id)            \
	F(INT, device_id) F(INT, officer_id) F(DAY, date) F(INT, low) F(INT, high) F(TEXT, note)
RECORD(FINDING_RAISE, finding_raise, FINDING_RAISE_FIELDS);

/* reason: "" where nobody settled it: it was put right. */
#define FINDING_SETTLE_FIELDS(F, K) F(INT, id) F(MAYBE, rule) F(TEXT, reason)
RECORD(FINDING_SETTLE, finding_settle, FINDING_SETTLE_FIELDS);

/* upto: how far the ledger has been looked through. */
#define FINDINGS_CHECKED_FIELDS(F, K) F(INT, upto)
RECORD(FINDINGS_CHECKED, findings_checked, FINDINGS_CHECKED_FIELDS);

#endif
