#include "fs/store/records/copies.h"

#include <errno.h>

#include "fs/store/records/policies.h"

#define LISTED_MOST 200 /* items in a record, of each list */

void copies_read(struct sql_rows *rows, struct copy *out)
{
	out->id = sql_int(rows, 0);
	sql_copy(rows, 1, out->medium, sizeof out->medium);
	out->type = (enum copy_type)sql_int(rows, 2);
	out->registered_by = sql_int(rows, 3);
	out->registered_at = sql_int(rows, 4);
	out->items = sql_int(rows, 5);
	out->bytes = sql_int(rows, 6);
	out->verified_by = sql_int(rows, 7);
	out->verified_at = sql_int(rows, 8);
	out->failed = sql_int(rows, 9) != 0;
}

int copies_named(struct sql *db, const char *medium, struct copy *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " COPY_COLUMNS " FROM copy WHERE medium=?", "s", medium);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	copies_read(rows, out);
	sql_done(rows);
	return 0;
}

int copies_next_id(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id),0)+1 FROM copy", "");
}

int copies_has(struct sql *db, int64_t id, int64_t item, bool *out)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM copy_item WHERE item=? AND copy=?)", "ii", item, id);

	*out = n != 0;
	return err;
}

int copies_hold(struct sql *db, int64_t item, bool *out)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM copy_item JOIN copy ON copy.id=copy_item.copy WHERE "
		"copy_item.item=? AND copy.failed=0)",
		"i", item);

	*out = n != 0;
	return err;
}

int copies_check_months(struct sql *db, int *out)
{
	int64_t months = 0;
	int err = policies_setting(db, "offline-copy-check-months", &months);

	*out = (int)months;
	return err;
}

int copies_record_reading(struct turn *t, const struct about *about, const struct copy *copy,
	const struct copy_reading *r)
{
	const size_t missing = r->missing_listed < LISTED_MOST ? r->missing_listed : LISTED_MOST,
		     damaged = r->damaged_listed < LISTED_MOST ? r->damaged_listed : LISTED_MOST;
	struct copy_verified e = { .id = copy->id,
		.medium = copy->medium,
		.passed = r->missing_count + r->damaged_count == 0,
		.files = r->files,
		.extra = r->extra,
		.missing_count = r->missing_count,
		.damaged_count = r->damaged_count };
	json_t *missing_list = record_numbers(r->missing, missing),
	       *damaged_list = record_numbers(r->damaged, damaged);
	int err = ENOMEM;

	e.missing = missing_list;
	e.damaged = damaged_list;
	if (missing_list != NULL && damaged_list != NULL)
		err = record_copy_verified(t, about, &e);
	json_decref(missing_list);
	json_decref(damaged_list);
	return err;
}

const char copies_schema[] =
	"CREATE TABLE copy(id INTEGER PRIMARY KEY, medium TEXT NOT NULL UNIQUE, type INTEGER NOT "
	"NULL, registered_by INTEGER NOT NULL, registered_at INTEGER NOT NULL,"
	"  items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, verified_by INTEGER "
	"NOT NULL DEFAULT 0, verified_at INTEGER NOT NULL DEFAULT 0,"
	"  failed INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE copy_item(item INTEGER NOT NULL, copy INTEGER NOT NULL, PRIMARY KEY(item, "
	"copy)) WITHOUT ROWID;"
	"CREATE UNIQUE INDEX copy_items ON copy_item(copy, item);";

int apply_copy_register(struct sql *db, const struct head *h, const struct copy_register *e)
{
	enum copy_type type = copy_type_parse(e->type != NULL ? e->type : "");

	if (type == COPY_TYPE_COUNT)
		return EUCLEAN;
	return sql_run(db,
		"INSERT INTO copy(id, medium, type, registered_by, registered_at) "
		"VALUES(?,?,?,?,?)",
		"isiii", e->id, e->medium, (int64_t)type, h->person, h->clock);
}

int apply_copy_item(struct sql *db, const struct head *h, const struct copy_item *e)
{
	int err = sql_run(
		db, "INSERT INTO copy_item(item, copy) VALUES(?,?)", "ii", h->item, e->id);

	return err == 0 ? sql_run(db,
				  "UPDATE copy SET items=items+1, bytes=bytes+(SELECT size FROM "
				  "item WHERE id=?) WHERE id=?",
				  "ii", h->item, e->id)
			: err;
}

int apply_copy_verified(struct sql *db, const struct head *h, const struct copy_verified *e)
{
	return sql_run(db, "UPDATE copy SET verified_by=?, verified_at=?, failed=? WHERE id=?",
		"iiii", h->person, h->clock, (int64_t)!e->passed, e->id);
}
