/*
 * The catalog: the result of the ledger's events, in tables, so that questions are quick.  It has
 * nothing that is not on the ledger. Reading is on snapshots, in many threads, each with a
 * connection from the pool; the committer alone writes.
 *
 * Every lookup gives 0, ENOENT, or an errno of the database.
 */
#ifndef FS_STORE_CATALOG_CATALOG_H
#define FS_STORE_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/base/digest.h"
#include "fs/store/base/sql.h"
#include "policy/name.h"
#include "policy/person.h"
#include "policy/verb.h"

struct unit {
	int64_t id;
	char code[64];
	char name[NAME_BUFFER];
};
struct device {
	int64_t id;
	char serial[NAME_BUFFER];
	int64_t unit;
};
struct casefile {
	int64_t id;
	char number[NAME_BUFFER];
	char party[256];
	char cause[256];
	char class[32];
	int64_t opened;
	int32_t closed; /* day; DAY_NONE: open */
};

/* A date folder (kase "") or a case folder. */
struct folder {
	int64_t id;
	int64_t unit, device, officer;
	int32_t day;
	char kase[NAME_BUFFER];
	int64_t made; /* ms */
};

struct item {
	int64_t id;
	int64_t folder;
	char name[NAME_BUFFER];
	enum item_state state;
	int64_t depositor; /* person */
	uint32_t uid, gid;
	uint32_t mode; /* permission bits, a label */
	int64_t size;
	bool closed;                         /* size and root are of a clean close */
	uint8_t root[HASH_LEN];              /* of the content tree */
	int64_t mtime;                       /* ns */
	int64_t begun, sealed, settle_until; /* ms of the compliance clock; 0: not yet */
	bool important;
	char class[32];
	int64_t policy;       /* version in force at its deposit */
	int64_t retain_until; /* ms: what was promised at the deposit, or set since; one of the
				 bonds of its term (retention.h) */
	bool until_set;       /* set since */
	char reason[32];      /* why incomplete; "" */
	bool digested;
	uint8_t sha256[HASH_LEN], sm3[HASH_LEN];
};

/* Gets one id after the other; returns true to go on. */
typedef bool (*catalog_each)(void *arg, int64_t id);

/* The list of events, and how far the ledger has been applied. */
extern const char catalog_meta_schema[], catalog_event_schema[];

/* How many events have been applied: the sequence number of the next. */
int catalog_applied(struct sql *db, uint64_t *next);

/* The events from a sequence number on, in order, `most` at most; item 0: about none.  each returns
 * true to go on. */
typedef bool (*catalog_each_event)(void *arg, uint64_t seq, const char *kind, int64_t item);
int catalog_events(struct sql *db, uint64_t from, int64_t most, catalog_each_event each, void *arg);

int catalog_unit(struct sql *db, int64_t id, struct unit *out);
int catalog_unit_named(struct sql *db, const char *name, struct unit *out); /* by name */
int catalog_unit_find(struct sql *db, const char *code_or_name, struct unit *out);
int catalog_device(struct sql *db, int64_t id, struct device *out);
int catalog_device_serial(struct sql *db, const char *serial, struct device *out);
int catalog_person(struct sql *db, int64_t id, struct person *out);
int catalog_person_number(struct sql *db, const char *number, struct person *out);
int catalog_person_uid(struct sql *db, uint32_t uid, struct person *out);
int catalog_case(
	struct sql *db, const char *number, struct casefile *out); /* by number, or by an alias */
int catalog_case_id(struct sql *db, int64_t id, struct casefile *out);

int catalog_folder(struct sql *db, int64_t id, struct folder *out);
int catalog_folder_any(
	struct sql *db, int64_t id, struct folder *out); /* also one that was removed */
int catalog_folder_at(struct sql *db, int64_t unit, int64_t device, int64_t officer, int32_t day,
	const char *kase, struct folder *out);
/* The number for a folder that is to be made there: its old one, if it was removed, or the next
 * free one.  In the committer alone, so that two never get the same. */
int catalog_folder_number(struct sql *db, int64_t unit, int64_t device, int64_t officer,
	int32_t day, const char *kase, int64_t *id);
/* Whether a date folder holds case folders, or a case folder items that are not out of sight. */
int catalog_folder_used(struct sql *db, const struct folder *f, bool *used);

/* Whether a device, an officer, belongs in that part of the tree: registered there now, or with a
 * folder there from before. */
int catalog_device_in(struct sql *db, int64_t unit, const char *serial, struct device *out);
int catalog_officer_in(
	struct sql *db, int64_t unit, int64_t device, const char *number, struct person *out);

int catalog_item(struct sql *db, int64_t id, struct item *out);
int catalog_item_named(struct sql *db, int64_t folder, const char *name,
	struct item *out);                            /* receiving or sealed */
int catalog_item_number(struct sql *db, int64_t *id); /* for a new one; in the committer alone */
int catalog_item_path(struct sql *db, const struct item *item, char *out,
	size_t cap); /* "by-unit/…", no slash before; ENAMETOOLONG */
int catalog_folder_path(struct sql *db, const struct folder *f, char *out, size_t cap);

/* Reads the columns ITEM_COLUMNS of a query into an item. */
#define ITEM_COLUMNS                                                                           \
	"item.id, item.folder, item.name, item.state, item.depositor, item.uid, item.gid, "    \
	"item.mode, item.size, item.closed, item.root, "                                       \
	"item.mtime, item.begun, item.sealed, item.settle_until, item.important, item.class, " \
	"item.retain_until, item.reason, item.sha256, item.sm3, "                              \
	"item.policy, item.until_set"
void catalog_read_item(struct sql_rows *rows, struct item *out);
#define PERSON_COLUMNS                                                                   \
	"person.id, person.number, person.name, person.uid, person.unit, person.roles, " \
	"person.formal, person.cert_from, person.cert_to"
void catalog_read_person(struct sql_rows *rows, struct person *out);
#define CASE_COLUMNS                                                                     \
	"casefile.id, casefile.number, casefile.party, casefile.cause, casefile.class, " \
	"casefile.opened, casefile.closed"
void catalog_read_case(struct sql_rows *rows, struct casefile *out);
/* Connections for readers. */
struct catalog_pool;
int catalog_pool_new(const char *path, enum sql_mode mode,
	struct catalog_pool **out);             /* SQL_READ or SQL_STILL */
void catalog_pool_free(struct catalog_pool *p); /* NULL is fine */
int catalog_take(struct catalog_pool *p, struct sql **out);
void catalog_give(struct catalog_pool *p, struct sql *db);

#endif
