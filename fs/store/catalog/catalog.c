#include "fs/store/catalog/catalog.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/retention.h"

static const char schema[] =
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"INSERT INTO meta VALUES('applied', 0);"
	"CREATE TABLE unit(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL "
	"UNIQUE);"
	"CREATE TABLE device(id INTEGER PRIMARY KEY, serial TEXT NOT NULL UNIQUE, unit INTEGER NOT "
	"NULL);"
	"CREATE INDEX device_unit ON device(unit, serial);"
	"CREATE TABLE person(id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT "
	"NULL, uid INTEGER UNIQUE, unit INTEGER,"
	"  roles INTEGER NOT NULL, formal INTEGER NOT NULL, cert_from INTEGER, cert_to INTEGER);"
	"CREATE INDEX person_unit ON person(unit, number);"
	/* kase: '' for a date folder, else the case folder's name */
	"CREATE TABLE folder(id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, device INTEGER NOT "
	"NULL, officer INTEGER NOT NULL, day INTEGER NOT NULL,"
	"  kase TEXT NOT NULL, made INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0, "
	"UNIQUE(unit, device, officer, day, kase));"
	/* state: enum item_state; a name is taken by what is in sight (receiving, sealed) */
	"CREATE TABLE item(id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, name TEXT NOT NULL, "
	"state INTEGER NOT NULL, depositor INTEGER NOT NULL,"
	"  uid INTEGER NOT NULL, gid INTEGER NOT NULL, mode INTEGER NOT NULL, size INTEGER NOT "
	"NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0, root BLOB,"
	"  mtime INTEGER NOT NULL, begun INTEGER NOT NULL, sealed INTEGER NOT NULL DEFAULT 0, "
	"settle_until INTEGER NOT NULL DEFAULT 0,"
	"  important INTEGER NOT NULL, class TEXT NOT NULL, retain_until INTEGER NOT NULL, reason "
	"TEXT, sha256 BLOB, sm3 BLOB,"
	"  policy INTEGER NOT NULL DEFAULT 1, until_set INTEGER NOT NULL DEFAULT 0);"
	"CREATE UNIQUE INDEX item_name ON item(folder, name) WHERE state <= " SQL_SEALED ";"
	"CREATE INDEX item_apart ON item(state, id) WHERE state <> " SQL_SEALED ";"
	"CREATE INDEX item_undigested ON item(id) WHERE state = " SQL_SEALED " AND sha256 IS NULL;"
	/* How many items, and bytes, there are of each state; kept by triggers so that telling
	   costs the same at any size. */
	"CREATE TABLE tally(state INTEGER PRIMARY KEY, items INTEGER NOT NULL, bytes INTEGER NOT "
	"NULL);"
	"INSERT INTO tally VALUES(" SQL_RECEIVING ",0,0),(" SQL_SEALED ",0,0),(" SQL_INCOMPLETE
	",0,0),(" SQL_WITHDRAWN ",0,0),(" SQL_DISPOSED ",0,0);"
	"CREATE TRIGGER item_in AFTER INSERT ON item BEGIN UPDATE tally SET items=items+1, "
	"bytes=bytes+new.size WHERE state=new.state; END;"
	"CREATE TRIGGER item_change AFTER UPDATE OF state, size ON item WHEN old.state<>new.state "
	"OR old.size<>new.size BEGIN"
	"  UPDATE tally SET items=items-1, bytes=bytes-old.size WHERE state=old.state;"
	"  UPDATE tally SET items=items+1, bytes=bytes+new.size WHERE state=new.state; END;"
	"CREATE TABLE xattr(item INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, "
	"PRIMARY KEY(item, name)) WITHOUT ROWID;"
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, item "
	"INTEGER, person INTEGER, kase TEXT);"
	"CREATE INDEX event_item ON event(item, seq) WHERE item IS NOT NULL;"
	"CREATE INDEX event_person ON event(person, seq) WHERE person IS NOT NULL;"
	"CREATE INDEX event_case ON event(kase, seq) WHERE kase IS NOT NULL;"
	"CREATE INDEX event_at ON event(at);";

/* Which tables this version has: a number made of their text (FNV-1a), so that it never has to be
 * remembered to be counted up. */
static int64_t schema_mark(void)
{
	uint32_t h = 2166136261u;
	const char *text = schema;

	for (size_t part = 0; text != NULL; text = catalog_part_schema(part++))
		for (const char *p = text; *p != '\0'; p++)
			h = (h ^ (unsigned char)*p) * 16777619u;
	return h;
}

int catalog_create(struct sql *db)
{
	const char *text = schema;
	int err = sql_script(db, "BEGIN");

	for (size_t part = 0; err == 0 && text != NULL; text = catalog_part_schema(part++))
		err = sql_script(db, text);
	if (err == 0)
		err = retention_builtin(db);
	if (err == 0)
		err = sql_run(db, "INSERT INTO meta VALUES('schema', ?)", "i", schema_mark());
	return err == 0 ? sql_script(db, "COMMIT") : err;
}

int catalog_known(struct sql *db, bool *known)
{
	int64_t mark = 0, there = 0;
	int err = sql_value(db, &there, "SELECT count(*) FROM sqlite_master WHERE name='meta'", "");

	if (err == 0 && there != 0)
		err = sql_value(db, &mark, "SELECT value FROM meta WHERE key='schema'", "");
	*known = err == 0 && there != 0 && mark == schema_mark();
	return err == ENOENT ? 0 : err;
}

int catalog_applied(struct sql *db, uint64_t *next)
{
	int64_t n = 0;
	int err = sql_value(db, &n, "SELECT value FROM meta WHERE key='applied'", "");

	*next = (uint64_t)n;
	return err;
}

/* The end of a lookup of one row: 1 means a row stands ready to be read. */
static int one(struct sql_rows *r)
{
	int rc = sql_next(r);

	return rc == 1 ? 0 : rc == 0 ? ENOENT : -rc;
}

static int read_unit(struct sql_rows *r, struct unit *out)
{
	int err = one(r);

	if (err != 0)
		return err;
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->code, sizeof out->code);
	sql_copy(r, 2, out->name, sizeof out->name);
	sql_done(r);
	return 0;
}

int catalog_unit(struct sql *db, int64_t id, struct unit *out)
{
	return read_unit(sql_query(db, "SELECT id, code, name FROM unit WHERE id=?", "i", id), out);
}

int catalog_unit_named(struct sql *db, const char *name, struct unit *out)
{
	return read_unit(
		sql_query(db, "SELECT id, code, name FROM unit WHERE name=?", "s", name), out);
}

int catalog_unit_find(struct sql *db, const char *code_or_name, struct unit *out)
{
	int err = read_unit(
		sql_query(db, "SELECT id, code, name FROM unit WHERE code=?", "s", code_or_name),
		out);

	return err == ENOENT ? catalog_unit_named(db, code_or_name, out) : err;
}

static int read_device(struct sql_rows *r, struct device *out)
{
	int err = one(r);

	if (err != 0)
		return err;
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->serial, sizeof out->serial);
	out->unit = sql_int(r, 2);
	sql_done(r);
	return 0;
}

int catalog_device(struct sql *db, int64_t id, struct device *out)
{
	return read_device(
		sql_query(db, "SELECT id, serial, unit FROM device WHERE id=?", "i", id), out);
}

int catalog_device_serial(struct sql *db, const char *serial, struct device *out)
{
	return read_device(
		sql_query(db, "SELECT id, serial, unit FROM device WHERE serial=?", "s", serial),
		out);
}

int catalog_device_in(struct sql *db, int64_t unit, const char *serial, struct device *out)
{
	return read_device(
		sql_query(db,
			"SELECT id, serial, unit FROM device WHERE serial=?1 AND (unit=?2 OR EXISTS"
			" (SELECT 1 FROM folder WHERE folder.unit=?2 AND folder.device=device.id))",
			"si", serial, unit),
		out);
}

void catalog_read_person(struct sql_rows *r, struct person *out)
{
	memset(out, 0, sizeof *out);
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->number, sizeof out->number);
	sql_copy(r, 2, out->name, sizeof out->name);
	out->uid = sql_null(r, 3) ? UID_NONE : (uint32_t)sql_int(r, 3);
	out->unit = sql_int(r, 4);
	out->roles = (unsigned)sql_int(r, 5);
	out->formal = sql_int(r, 6) != 0;
	out->certified_from = sql_null(r, 7) ? DAY_NONE : (int32_t)sql_int(r, 7);
	out->certified_to = sql_null(r, 8) ? DAY_NONE : (int32_t)sql_int(r, 8);
}

static int read_person(struct sql_rows *r, struct person *out)
{
	int err = one(r);

	if (err != 0)
		return err;
	catalog_read_person(r, out);
	sql_done(r);
	return 0;
}

int catalog_person(struct sql *db, int64_t id, struct person *out)
{
	return read_person(
		sql_query(db, "SELECT " PERSON_COLUMNS " FROM person WHERE id=?", "i", id), out);
}

int catalog_person_number(struct sql *db, const char *number, struct person *out)
{
	return read_person(
		sql_query(db, "SELECT " PERSON_COLUMNS " FROM person WHERE number=?", "s", number),
		out);
}

int catalog_person_uid(struct sql *db, uint32_t uid, struct person *out)
{
	return read_person(sql_query(db, "SELECT " PERSON_COLUMNS " FROM person WHERE uid=?", "i",
				   (int64_t)uid),
		out);
}

int catalog_officer_in(
	struct sql *db, int64_t unit, int64_t device, const char *number, struct person *out)
{
	return read_person(
		sql_query(db,
			"SELECT " PERSON_COLUMNS
			" FROM person WHERE number=?1 AND ((unit=?2 AND roles & " SQL_ROLE_OFFICER
			") OR EXISTS"
			" (SELECT 1 FROM folder WHERE folder.unit=?2 AND folder.device=?3 AND "
			"folder.officer=person.id))",
			"sii", number, unit, device),
		out);
}

int catalog_case(struct sql *db, const char *number, struct casefile *out)
{
	struct sql_rows *r = sql_query(db,
		"SELECT " CASE_COLUMNS
		" FROM casefile WHERE number=?1 OR id=(SELECT kase FROM case_alias WHERE name=?1)",
		"s", number);
	int err = one(r);

	if (err != 0)
		return err;
	catalog_read_case(r, out);
	sql_done(r);
	return 0;
}

void catalog_read_case(struct sql_rows *r, struct casefile *out)
{
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->number, sizeof out->number);
	sql_copy(r, 2, out->party, sizeof out->party);
	sql_copy(r, 3, out->cause, sizeof out->cause);
	sql_copy(r, 4, out->class, sizeof out->class);
	out->opened = sql_int(r, 5);
	out->closed = sql_null(r, 6) ? DAY_NONE : (int32_t)sql_int(r, 6);
}

static int read_folder(struct sql_rows *r, struct folder *out)
{
	int err = one(r);

	if (err != 0)
		return err;
	out->id = sql_int(r, 0);
	out->unit = sql_int(r, 1);
	out->device = sql_int(r, 2);
	out->officer = sql_int(r, 3);
	out->day = (int32_t)sql_int(r, 4);
	sql_copy(r, 5, out->kase, sizeof out->kase);
	out->made = sql_int(r, 6);
	sql_done(r);
	return 0;
}

int catalog_folder(struct sql *db, int64_t id, struct folder *out)
{
	return read_folder(sql_query(db,
				   "SELECT id, unit, device, officer, day, kase, made FROM folder "
				   "WHERE id=? AND removed=0",
				   "i", id),
		out);
}

int catalog_folder_any(struct sql *db, int64_t id, struct folder *out)
{
	return read_folder(
		sql_query(db,
			"SELECT id, unit, device, officer, day, kase, made FROM folder WHERE id=?",
			"i", id),
		out);
}

int catalog_folder_at(struct sql *db, int64_t unit, int64_t device, int64_t officer, int32_t day,
	const char *kase, struct folder *out)
{
	return read_folder(sql_query(db,
				   "SELECT id, unit, device, officer, day, kase, made FROM folder"
				   " WHERE unit=? AND device=? AND officer=? AND day=? AND kase=? "
				   "AND removed=0",
				   "iiiis", unit, device, officer, (int64_t)day, kase),
		out);
}

int catalog_folder_used(struct sql *db, const struct folder *f, bool *used)
{
	int64_t n = 0;
	int err;

	if (f->kase[0] == '\0')
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM folder WHERE unit=? AND device=? AND "
			"officer=? AND day=? AND kase<>'' AND removed=0)",
			"iiii", f->unit, f->device, f->officer, (int64_t)f->day);
	else
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM item WHERE folder=? AND state" SQL_HAS_NAME
			")",
			"i", f->id);
	*used = n != 0;
	return err;
}

static void read_hash(struct sql_rows *r, int column, uint8_t out[HASH_LEN])
{
	size_t len;
	const void *p = sql_blob(r, column, &len);

	memset(out, 0, HASH_LEN);
	if (len == HASH_LEN)
		memcpy(out, p, HASH_LEN);
}

void catalog_read_item(struct sql_rows *r, struct item *out)
{
	out->id = sql_int(r, 0);
	out->folder = sql_int(r, 1);
	sql_copy(r, 2, out->name, sizeof out->name);
	out->state = (enum item_state)sql_int(r, 3);
	out->depositor = sql_int(r, 4);
	out->uid = (uint32_t)sql_int(r, 5);
	out->gid = (uint32_t)sql_int(r, 6);
	out->mode = (uint32_t)sql_int(r, 7);
	out->size = sql_int(r, 8);
	out->closed = sql_int(r, 9) != 0;
	read_hash(r, 10, out->root);
	out->mtime = sql_int(r, 11);
	out->begun = sql_int(r, 12);
	out->sealed = sql_int(r, 13);
	out->settle_until = sql_int(r, 14);
	out->important = sql_int(r, 15) != 0;
	sql_copy(r, 16, out->class, sizeof out->class);
	out->retain_until = sql_int(r, 17);
	sql_copy(r, 18, out->reason, sizeof out->reason);
	out->digested = !sql_null(r, 19);
	read_hash(r, 19, out->sha256);
	read_hash(r, 20, out->sm3);
	out->policy = sql_int(r, 21);
	out->until_set = sql_int(r, 22) != 0;
}

static int read_item(struct sql_rows *r, struct item *out)
{
	int err = one(r);

	if (err != 0)
		return err;
	catalog_read_item(r, out);
	sql_done(r);
	return 0;
}

int catalog_item(struct sql *db, int64_t id, struct item *out)
{
	return read_item(
		sql_query(db, "SELECT " ITEM_COLUMNS " FROM item WHERE id=?", "i", id), out);
}

int catalog_item_named(struct sql *db, int64_t folder, const char *name, struct item *out)
{
	return read_item(sql_query(db,
				 "SELECT " ITEM_COLUMNS
				 " FROM item WHERE folder=? AND name=? AND state" SQL_HAS_NAME,
				 "is", folder, name),
		out);
}

int catalog_folder_path(struct sql *db, const struct folder *f, char *out, size_t cap)
{
	struct unit unit;
	struct device device;
	struct person officer;
	char day[DAY_TEXT];
	int err = catalog_unit(db, f->unit, &unit);

	if (err == 0)
		err = catalog_device(db, f->device, &device);
	if (err == 0)
		err = catalog_person(db, f->officer, &officer);
	if (err != 0)
		return err;
	day_format(f->day, day);
	if ((size_t)snprintf(out, cap, "by-unit/%s/%s/%s/%s%s%s", unit.name, device.serial,
		    officer.number, day, f->kase[0] != '\0' ? "/" : "", f->kase) >= cap)
		return ENAMETOOLONG;
	return 0;
}

int catalog_item_path(struct sql *db, const struct item *item, char *out, size_t cap)
{
	struct folder f;
	size_t len;
	int err = catalog_folder_any(db, item->folder, &f);

	if (err == 0)
		err = catalog_folder_path(db, &f, out, cap);
	if (err != 0)
		return err;
	len = strlen(out);
	return (size_t)snprintf(out + len, cap - len, "/%s", item->name) >= cap - len ? ENAMETOOLONG
										      : 0;
}

struct catalog_pool {
	pthread_mutex_t lock;
	char *path;
	enum sql_mode mode;
	struct sql **idle;
	size_t count, cap;
};

int catalog_pool_new(const char *path, enum sql_mode mode, struct catalog_pool **out)
{
	struct catalog_pool *p = calloc(1, sizeof *p);

	if (p == NULL)
		return ENOMEM;
	p->mode = mode;
	p->path = strdup(path);
	p->cap = 64;
	p->idle = calloc(p->cap, sizeof(struct sql *));
	pthread_mutex_init(&p->lock, NULL);
	if (p->path == NULL || p->idle == NULL) {
		catalog_pool_free(p);
		return ENOMEM;
	}
	*out = p;
	return 0;
}

void catalog_pool_free(struct catalog_pool *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++)
		sql_close(p->idle[i]);
	pthread_mutex_destroy(&p->lock);
	free(p->idle);
	free(p->path);
	free(p);
}

int catalog_take(struct catalog_pool *p, struct sql **out)
{
	struct sql *db = NULL;

	pthread_mutex_lock(&p->lock);
	if (p->count > 0)
		db = p->idle[--p->count];
	pthread_mutex_unlock(&p->lock);
	if (db == NULL)
		return sql_open(p->path, p->mode, out);
	*out = db;
	return 0;
}

void catalog_give(struct catalog_pool *p, struct sql *db)
{
	pthread_mutex_lock(&p->lock);
	if (p->count < p->cap) {
		p->idle[p->count++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	sql_close(db);
}
