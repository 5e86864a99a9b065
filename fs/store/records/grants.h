/* Requests to read, and the grants that come of them, as the catalog has them (policy/grant.h). */
#ifndef FS_STORE_RECORDS_GRANTS_H
#define FS_STORE_RECORDS_GRANTS_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/record.h"
#include "policy/grant.h"
#include "policy/scope.h"

struct request {
	struct grant grant;
	char kase[NAME_BUFFER]; /* "": items only */
	char purpose[1024];
	int64_t asked, decided_at, decided_by;
	char reason[1024];
};

int grants_get(struct sql *db, int64_t id, struct request *out);

/* The next number of a request; the committer alone gives them out. */
int grants_next_id(struct sql *db, int64_t *id);

/* The item that a request names, where it names one item alone; else 0.  Folders and the case are
 * not looked at. */
int grants_single_item(struct sql *db, int64_t request, int64_t *item);

/*
 * The grant that lets `person` open the item now, judged by grant_allows() over all that cover it:
 * those for the item, for a folder that it lies in, for a case that it belongs to.  REASON_NONE and
 * *out: the one that ends first; else the most telling refusal, and the grant that met it (id 0:
 * there is none).  A grant for a folder or a case does not cover what its approver deposited: that
 * takes another approver (REASON_SELF_APPROVAL).  Its errors: reason REASON_NONE with the
 * function's errno.
 */
int grants_for_item(struct sql *db, const struct item *item, int64_t person, int64_t wall,
	int64_t clock, struct grant *out, enum reason *why);

/* Whether a request names the item, a folder that it lies in, or a case that it belongs to now. */
int grants_cover(struct sql *db, int64_t request, const struct item *item, bool *covers);

/* The folders and the case that a request names, in order. */
typedef bool (*grants_each)(void *arg, const struct scope *s);
int grants_scopes(struct sql *db, int64_t request, grants_each each, void *arg);

/* Whether `person` deposited any of the items that a request names, or any in its case. */
int grants_own_deposit(struct sql *db, int64_t request, int64_t person, bool *own);

#define REQUEST_COLUMNS                                                                \
	"request.id, request.applicant, request.state, request.starts, request.ends, " \
	"request.opens, request.used, request.kase, "                                  \
	"request.purpose, request.asked, request.decided_at, request.decided_by, request.reason"
void grants_read(struct sql_rows *rows, struct request *out);

extern const char grants_schema[];

/* items: numbers; scopes: folders (scopes.h); case: its number. */
#define REQUEST_MADE_FIELDS(F, K) \
	F(INT, id)                \
	F(JSON, items)            \
	F(JSON, scopes)           \
	K(NOTE, kase, "case") F(TEXT, purpose) F(TIME, from) F(TIME, to) F(INT, opens)
RECORD(REQUEST, request_made, REQUEST_MADE_FIELDS);

/* What is asked for: items, folders with all that lies in them, or a case. */
struct request_terms {
	int64_t id;
	const int64_t *items;
	size_t item_count;
	const struct scope *folders;
	size_t folder_count;
	const char *kase; /* a number; NULL: none */
	const char *purpose;
	int64_t from, to, opens;
};

/* Records it, as asked for by that subject. */
int grants_record_request(
	struct turn *t, const struct subject *who, const struct request_terms *terms);

#define GRANT_DECISION_FIELDS(F, K) F(INT, id) F(NOTE, reason)
RECORD(GRANT_APPROVE, grant_approve, GRANT_DECISION_FIELDS);
RECORD(GRANT_DENY, grant_deny, GRANT_DECISION_FIELDS);
RECORD(GRANT_REVOKE, grant_revoke, GRANT_DECISION_FIELDS);

#endif
