/* Holds: set, asked to be released, released.  A row stays for ever. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"

static const char schema[] =
	"CREATE TABLE hold(id INTEGER PRIMARY KEY, " SCOPE_SCHEMA
	", name TEXT NOT NULL, ground INTEGER NOT NULL, reason TEXT NOT NULL, set_by INTEGER NOT "
	"NULL,"
	"  set_at INTEGER NOT NULL, asked_by INTEGER NOT NULL DEFAULT 0, asked_at INTEGER NOT NULL "
	"DEFAULT 0, asked_why TEXT, released_by INTEGER NOT NULL DEFAULT 0,"
	"  released_at INTEGER NOT NULL DEFAULT 0, released_why TEXT);"
	"CREATE UNIQUE INDEX hold_standing ON hold(item, unit, device, officer, day, folder, kase, "
	"name) WHERE released_at=0;";

static int apply_set(struct sql *db, const struct head *h)
{
	struct scope s;

	scopes_parse(json_object_get(h->d, "scope"), &s);
	return sql_run(db,
		"INSERT INTO hold(" SCOPE_COLUMNS
		", id, name, ground, reason, set_by, set_at) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		SCOPE_FORMAT "isisii", SCOPE_VALUES(&s), jsonget_int(h->d, "id", 0),
		jsonget_str(h->d, "name"), jsonget_int(h->d, "ground", 0),
		jsonget_str(h->d, "reason"), h->person, h->clock);
}

static int apply_ask(struct sql *db, const struct head *h)
{
	return sql_run(db, "UPDATE hold SET asked_by=?, asked_at=?, asked_why=? WHERE id=?", "iisi",
		h->person, h->clock, jsonget_str(h->d, "reason"), jsonget_int(h->d, "id", 0));
}

static int apply_release(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"UPDATE hold SET released_by=?, released_at=?, released_why=? WHERE id=?", "iisi",
		h->person, h->clock, jsonget_str(h->d, "reason"), jsonget_int(h->d, "id", 0));
}

static const struct apply events[] = {
	{ "hold.set", apply_set },
	{ "hold.ask", apply_ask },
	{ "hold.release", apply_release },
};

const struct catalog_part catalog_holds = CATALOG_PART(schema, events);
