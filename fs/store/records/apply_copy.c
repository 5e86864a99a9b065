/* Offline copies: media, what is on them, and how their last reading ended. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/copy.h"

static const char schema[] =
	"CREATE TABLE copy(id INTEGER PRIMARY KEY, medium TEXT NOT NULL UNIQUE, type INTEGER NOT "
	"NULL, registered_by INTEGER NOT NULL, registered_at INTEGER NOT NULL,"
	"  items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, verified_by INTEGER "
	"NOT NULL DEFAULT 0, verified_at INTEGER NOT NULL DEFAULT 0,"
	"  failed INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE copy_item(item INTEGER NOT NULL, copy INTEGER NOT NULL, PRIMARY KEY(item, "
	"copy)) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX copy_items ON copy_item(copy, item);";

static int apply_register(struct sql *db, const struct head *h)
{
	const char *type = jsonget_str(h->d, "type");
	enum copy_type t = copy_type_parse(type != NULL ? type : "");

	if (t == COPY_TYPE_COUNT)
		return EUCLEAN;
	return sql_run(db,
		"INSERT INTO copy(id, medium, type, registered_by, registered_at) "
		"VALUES(?,?,?,?,?)",
		"isiii", jsonget_int(h->d, "id", 0), jsonget_str(h->d, "medium"), (int64_t)t,
		h->person, h->clock);
}

static int apply_item(struct sql *db, const struct head *h)
{
	int64_t copy = jsonget_int(h->d, "id", 0);
	int err = sql_run(db, "INSERT INTO copy_item(item, copy) VALUES(?,?)", "ii", h->item, copy);

	return err == 0 ? sql_run(db,
				  "UPDATE copy SET items=items+1, bytes=bytes+(SELECT size FROM "
				  "item WHERE id=?) WHERE id=?",
				  "ii", h->item, copy)
			: err;
}

static int apply_verified(struct sql *db, const struct head *h)
{
	return sql_run(db, "UPDATE copy SET verified_by=?, verified_at=?, failed=? WHERE id=?",
		"iiii", h->person, h->clock,
		(int64_t)!json_is_true(json_object_get(h->d, "passed")),
		jsonget_int(h->d, "id", 0));
}

static const struct apply events[] = {
	{ "copy.register", apply_register },
	{ "copy.item", apply_item },
	{ "copy.verified", apply_verified },
};

const struct catalog_part catalog_copies = CATALOG_PART(schema, events);
