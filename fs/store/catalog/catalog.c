#include "fs/store/catalog/catalog.h"

#include <errno.h>

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
