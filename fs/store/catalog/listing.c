#include "fs/store/catalog/listing.h"

#include "fs/store/catalog/numbers.h"

/* Goes through rows of a name and an id. */
static int list_names(struct sql_rows *rows, listing_each each, void *arg)
{
	char name[NAME_BUFFER];
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1) {
		sql_copy(rows, 0, name, sizeof name);
		more = each(arg, sql_int(rows, 1), name);
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int listing_units(struct sql *db, const char *after, int64_t skip, listing_each each, void *arg)
{
	return list_names(
		sql_query(db,
			"SELECT name, id FROM unit WHERE name>? ORDER BY name LIMIT -1 OFFSET ?",
			"si", after, skip),
		each, arg);
}

int listing_devices(
	struct sql *db, int64_t unit, const char *after, int64_t skip, listing_each each, void *arg)
{
	return list_names(
		sql_query(db,
			"SELECT serial, id FROM device WHERE serial>?1 AND (unit=?2 OR EXISTS "
			"(SELECT 1 FROM folder"
			" WHERE folder.unit=?2 AND folder.device=device.id))"
			" ORDER BY serial LIMIT -1 OFFSET ?3",
			"sii", after, unit, skip),
		each, arg);
}

int listing_officers(struct sql *db, int64_t unit, int64_t device, const char *after, int64_t skip,
	listing_each each, void *arg)
{
	return list_names(
		sql_query(db,
			"SELECT number, id FROM person WHERE number>?1"
			" AND ((unit=?2 AND roles & " SQL_ROLE_OFFICER ") OR EXISTS (SELECT 1 FROM "
			"folder"
			" WHERE folder.unit=?2 AND folder.device=?3 AND folder.officer=person.id))"
			" ORDER BY number LIMIT -1 OFFSET ?4",
			"siii", after, unit, device, skip),
		each, arg);
}

int listing_days(struct sql *db, int64_t unit, int64_t device, int64_t officer, const char *after,
	int64_t skip, listing_each each, void *arg)
{
	int32_t day;
	struct sql_rows *rows = sql_query(db,
		"SELECT day, id FROM folder WHERE unit=? AND device=? AND officer=? AND kase='' "
		"AND removed=0 AND day>?"
		" ORDER BY day LIMIT -1 OFFSET ?",
		"iiiii", unit, device, officer, day_parse(after, &day) ? (int64_t)day : INT64_MIN,
		skip);
	char name[DAY_TEXT];
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1) {
		day_format((int32_t)sql_int(rows, 0), name);
		more = each(arg, sql_int(rows, 1), name);
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int listing_cases(struct sql *db, const struct folder *date, const char *after, int64_t skip,
	listing_each each, void *arg)
{
	return list_names(
		sql_query(db,
			"SELECT kase, id FROM folder WHERE unit=? AND device=? AND officer=? AND "
			"day=? AND kase>? AND removed=0"
			" ORDER BY kase LIMIT -1 OFFSET ?",
			"iiiisi", date->unit, date->device, date->officer, (int64_t)date->day,
			after, skip),
		each, arg);
}

int listing_items(struct sql *db, int64_t folder, int64_t depositor, const char *after,
	int64_t skip, items_each each, void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT " ITEM_COLUMNS " FROM item WHERE folder=? AND name>? AND "
		"state" SQL_HAS_NAME " AND (state=" SQL_SEALED " OR depositor=?)"
		" ORDER BY name LIMIT -1 OFFSET ?",
		"isii", folder, after, depositor, skip);
	struct item item;
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		more = each(arg, &item);
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int listing_recorded(struct sql *db, int64_t device, int32_t day, listing_each each, void *arg)
{
	return list_names(
		sql_query(db,
			"SELECT item.name, item.id FROM folder JOIN item ON item.folder=folder.id"
			" WHERE folder.device=? AND folder.day=?"
			" AND item.state IN (" SQL_SEALED ", " SQL_DISPOSED ")",
			"ii", device, (int64_t)day),
		each, arg);
}
