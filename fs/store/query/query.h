/*
 * Questions to a store, answered in JSON (custody-control(5)): everything that only reads.  In a
 * mount the user who writes to the control file asks; offline, root asks with every right.
 */
#ifndef FS_STORE_QUERY_QUERY_H
#define FS_STORE_QUERY_QUERY_H

#include <jansson.h>

#include "fs/store/catalog/views.h"
#include "fs/store/query/request.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/holds.h"
#include "fs/store/store.h"
#include "policy/act.h"

#define QUERY_BYTES (1 << 20) /* a page of the ledger ends after so many bytes of its text */

/* Where a path leads: an item, or a folder, told by what all below it has in common. */
struct query_place {
	int64_t item;                  /* 0: a folder */
	int64_t unit, device, officer; /* 0: any */
	int32_t day;                   /* DAY_NONE: any */
	char kase[NAME_BUFFER];        /* "": any */
	int64_t folder;                /* of a date or case folder; else 0 */
	int64_t casefile;              /* of a case's folder in by-case; else 0 */
	int64_t group;                 /* of a party's or a cause's folder; else 0 */
	bool view;                     /* of a view */
};

struct query {
	struct store *store;
	struct sql *db;
	struct event_time now;
	const struct person *who;
	bool all; /* offline: no right is asked for */
	/* Resolves a path below the mount's root.  ENOENT. */
	int (*resolve)(void *arg, const char *path, struct query_place *out);
	void *arg;
	enum reason why;   /* out: the refusal, where the errno is one */
	const char *field; /* out: the request's field at fault; NULL */
	int64_t item;      /* out: the item at fault, where a request names many; 0 */
	bool recorded;     /* out: the refusal is on the ledger already, with what it was about */
};

/* What a command's function gives: 0 and *answer (without "ok"), or an errno; then why may say
 * more. */
typedef int (*query_fn)(struct query *q, const json_t *request, json_t **answer);

/* A question: its name, what answers it, and the fields that it takes.  Each file has a table of
 * its own, with a row of NULL at its end; query_table.c lists the tables. */
struct query_row {
	const char *command;
	query_fn fn;
	const struct request_field *fields;
};

/* The row of a reading command ("list", "log", …); NULL where there is none. */
const struct query_row *query_find(const char *command);

/* Refuses, in one line: sets why, gives its errno. */
int query_refuse(struct query *q, enum reason why, const char *field);
int query_need(struct query *q, enum act act);

/* Renderings, new references. */
json_t *query_unit_json(const struct unit *u);
json_t *query_device_json(struct query *q, const struct device *d);
json_t *query_person_json(struct query *q, const struct person *p);
json_t *query_case_json(struct query *q, const struct casefile *k);
json_t *query_item_json(struct query *q, const struct item *item);
json_t *query_request_json(struct query *q, const struct request *r);
struct copy;
struct disposal;
struct disposed;
json_t *query_disposal_json(struct query *q, const struct disposal *d);
json_t *query_disposed_json(struct query *q, const struct disposed *g);
json_t *query_copy_json(struct query *q, const struct copy *c);
json_t *query_copied_json(
	struct query *q, const struct item *item); /* {item,path,name,size,sha256,sm3} */
json_t *query_hold_json(struct query *q, const struct held *h);
json_t *query_hash(bool known, const uint8_t hash[HASH_LEN]); /* hex, or null */
json_t *query_text(const char *text);                         /* null for NULL and "" */
/* A person's number, name, or both as {number,name}; null where the id is 0. */
json_t *query_person_number(struct query *q, int64_t id);
json_t *query_person_name(struct query *q, int64_t id);
json_t *query_named_person(struct query *q, int64_t id);
/* A person's number and name under two keys; null where the id is 0. */
void query_set_person(
	struct query *q, json_t *j, const char *key, const char *name_key, int64_t id);
json_t *query_instant(const struct query *q, int64_t ms); /* null for 0 */
json_t *query_day(int32_t day);                           /* YYYY-MM-DD; null for DAY_NONE */

/* The item that a request names by "item" or "path".  ENOENT with why. */
int query_item(struct query *q, const json_t *request, struct item *out);

/* What a path leads to, as a scope: an item (item set, and where it lies), a case, or a folder.
 * ENOENT; ENOTSUP where no scope says it (a party's or a cause's folder). */
int query_scope(struct query *q, const char *path, struct scope *out);

/* Whether the request's fields are of the types that the command takes; else VALUE_BAD with the
 * field.  Done before a command's function is called. */
int query_check_fields(struct query *q, const struct request_field *fields, const json_t *request);

/* The date or case folder of that id as a place. */
int query_place_of(struct sql *db, int64_t folder, struct query_place *out);

/* A view's folder as a place. */
int query_place_of_view(struct sql *db, const struct view_at *at, struct query_place *out);

/* Whether the place has no limits: it is the whole store. */
bool query_place_whole(const struct query_place *p);

/* The sealed items of a place, ITEM_COLUMNS, in order of their numbers after `after`.  The folder
 * of all parties, or all causes, means everything. */
struct sql_rows *query_place_items(
	struct sql *db, const struct query_place *p, int64_t after, int64_t limit);

/* The numbers of the first `most` of them. */
int query_place_numbers(struct sql *db, const struct query_place *p, int64_t after, int64_t *ids,
	size_t most, size_t *count);

/* "after" and "limit" of a paged request; false (why VALUE_BAD) where they are malformed. */
int query_page(struct query *q, const json_t *request, int64_t *after, int64_t *limit);

/* Resolves "by-unit/…", or a view's path, in the catalog alone, for offline use; fits resolve (arg:
 * a struct sql). */
int query_resolve(void *arg, const char *path, struct query_place *out);
int query_resolve_view(struct sql *db, const char *path, struct query_place *out);

/* Reads the next component of a path, as a name; false at its end, and where it is none. */
bool query_component(const char **path, char out[NAME_BUFFER]);

struct finding;
int query_findings(struct query *q, const json_t *request, json_t **answer);
json_t *query_finding_json(struct query *q, const struct finding *f);
json_t *query_custodian_row(struct query *q, struct sql_rows *rows);
json_t *query_service_row(struct query *q, struct sql_rows *rows);

/* What people say of an item, and what its name says, added to its rendering. */
void query_tags_json(struct query *q, const struct item *item, json_t *j);
/* Which stages a case has recordings of (Q2): [{stage,items}…], every stage there is, and
 * {stage:null,items}. */
json_t *query_stages_json(struct query *q, int64_t kase);

struct policyfile;
struct proposal;
json_t *query_policyfile_json(const struct policyfile *p, const char *text);
json_t *query_proposal_json(struct query *q, const struct proposal *p);

int query_trail(struct query *q, int64_t item, json_t **out);

/* For query_hold.c's list: what is held and on no good medium (query_copy.c). */
int query_uncopied(struct query *q, const json_t *request, json_t **answer);

extern const struct query_row query_lists[], query_shows[], query_logs[], query_states[],
	query_found[], query_holds[], query_copies[], query_disposals[], query_policies[],
	query_tags[], query_cases[], query_ledgers[];

#endif
