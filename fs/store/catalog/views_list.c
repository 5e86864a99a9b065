/* Listings of views: each row comes from an index in the order of its name, so that the beginning
 * of a long folder costs no more than that of a short one. */
#include "fs/store/catalog/views.h"

#include <errno.h>
#include <stdio.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/catalog/views_private.h"

/* Arguments of a level's query: 1 unit, 2 device, 3 officer, 4 day, 5 the name (for dates: the day)
 * given last, 6 how many to pass over. */
#define TAIL " LIMIT -1 OFFSET ?6"
#define GROUPED(key, from, where)                                               \
	"SELECT " key ", min(folder.id) FROM " from " WHERE " where " AND " key \
	">?5 GROUP BY " key " HAVING max(" FOLDER_SHOWS ") ORDER BY " key TAIL
#define DAYS(where) GROUPED("folder.day", "folder", where)
#define UNITS(where) GROUPED("unit.name", "folder JOIN unit ON unit.id=folder.unit", where)
#define DEVICES(where) \
	GROUPED("device.serial", "folder JOIN device ON device.id=folder.device", where)
#define OFFICERS(where) \
	GROUPED("person.number", "folder JOIN person ON person.id=folder.officer", where)
#define FOLDERS                                                                                  \
	"SELECT kase, id FROM folder WHERE unit=?1 AND device=?2 AND officer=?3 AND day=?4 AND " \
	"kase>?5 AND " FOLDER_SHOWS " ORDER BY kase" TAIL
#define USED(column, id) \
	"EXISTS(SELECT 1 FROM folder WHERE folder." column "=" id " AND " FOLDER_SHOWS ")"

#define ALL_OFFICERS                                               \
	"SELECT number, id FROM person WHERE number>?5 AND " USED( \
		"officer", "person.id") " ORDER BY number" TAIL
#define ALL_DEVICES                                                \
	"SELECT serial, id FROM device WHERE serial>?5 AND " USED( \
		"device", "device.id") " ORDER BY serial" TAIL

static const char *const texts[VIEW_DATE + 1][VIEW_LEAF] = {
	[VIEW_OFFICER] = {
		ALL_OFFICERS,
		DAYS("folder.officer=?3"),
		UNITS("folder.officer=?3 AND folder.day=?4"),
		DEVICES("folder.officer=?3 AND folder.day=?4 AND folder.unit=?1"),
		FOLDERS,
	},
	[VIEW_DEVICE] = {
		ALL_DEVICES,
		DAYS("folder.device=?2"),
		UNITS("folder.device=?2 AND folder.day=?4"),
		OFFICERS("folder.device=?2 AND folder.day=?4 AND folder.unit=?1"),
		FOLDERS,
	},
	[VIEW_DATE] = {
		/* from one day to the next, however many folders each has */
		"WITH RECURSIVE days(day) AS (SELECT min(day) FROM folder WHERE day>?5"
		" UNION ALL SELECT (SELECT min(folder.day) FROM folder WHERE folder.day>days.day)"
		" FROM days WHERE days.day IS NOT NULL)"
		" SELECT day, day-(" SQL_VIEW_DAY_ZERO ") FROM days"
		" WHERE day IS NOT NULL AND " USED("day", "days.day") TAIL,
		UNITS("folder.day=?4"),
		DEVICES("folder.day=?4 AND folder.unit=?1"),
		OFFICERS("folder.day=?4 AND folder.unit=?1 AND folder.device=?2"),
		FOLDERS,
	},
};

static bool lists_days(const struct view_at *folder)
{
	return view_rearranges(folder) && !view_is_leaf(folder) &&
		view_orders[folder->view][folder->level] == 'a';
}

static struct sql_rows *list_rearranged(
	struct sql *db, const struct view_at *folder, const char *after, int64_t skip)
{
	struct scope s = SCOPE_ANY;
	int32_t day;

	if (view_is_leaf(folder))
		return sql_query(db,
			"SELECT " ITEM_COLUMNS
			", name FROM item WHERE folder=? AND name>? AND state" SQL_HAS_NAME
			" AND state=" SQL_SEALED " ORDER "
			"BY name LIMIT -1 OFFSET ?",
			"isi", folder->id, after, skip);
	(void)views_scope(db, folder, &s); /* a folder that does not exist lists nothing */
	if (lists_days(folder))
		return sql_query(db, texts[folder->view][folder->level], "iiiiii", s.unit, s.device,
			s.officer, (int64_t)s.day,
			day_parse(after, &day) ? (int64_t)day : INT64_MIN, skip);
	return sql_query(db, texts[folder->view][folder->level], "iiiisi", s.unit, s.device,
		s.officer, (int64_t)s.day, after, skip);
}

static struct sql_rows *list_groups(
	struct sql *db, const struct view_at *folder, const char *after, int64_t skip)
{
	if (folder->level == 0)
		return sql_query(db,
			"SELECT name, id FROM case_group WHERE view=? AND name>? AND " GROUP_SHOWS
			" ORDER BY name LIMIT -1 OFFSET ?",
			"isi", (int64_t)folder->view, after, skip);
	if (folder->view == VIEW_PARTY)
		return sql_query(db,
			"SELECT number, id FROM casefile WHERE party_group=? AND number>? ORDER BY "
			"number LIMIT -1 OFFSET ?",
			"isi", folder->id, after, skip);
	return sql_query(db,
		"SELECT number, id FROM casefile WHERE cause_group=? AND number>? ORDER BY number "
		"LIMIT -1 OFFSET ?",
		"isi", folder->id, after, skip);
}

/* Numbers, aliases, and the two folders of parties and causes, in one order. */
static struct sql_rows *list_by_case(struct sql *db, const char *after, int64_t skip)
{
	return sql_query(db,
		"SELECT number AS name, id, ?3 FROM casefile WHERE number>?1 UNION ALL SELECT "
		"name, id, ?4 FROM case_alias WHERE name>?1"
		" UNION ALL SELECT '" VIEW_BY_PARTY "', 0, ?5 WHERE '" VIEW_BY_PARTY
		"'>?1 UNION ALL SELECT '" VIEW_BY_CAUSE "', 0, ?6 WHERE '" VIEW_BY_CAUSE "'>?1"
		" ORDER BY 1 LIMIT -1 OFFSET ?2",
		"siiiii", after, skip, (int64_t)VIEW_CASE, (int64_t)VIEW_ALIAS, (int64_t)VIEW_PARTY,
		(int64_t)VIEW_CAUSE);
}

static struct sql_rows *list_rows(
	struct sql *db, const struct view_at *folder, const char *after, int64_t skip)
{
	struct scope s = SCOPE_ANY;

	if (view_rearranges(folder))
		return list_rearranged(db, folder, after, skip);
	if (view_is_leaf(folder)) {
		(void)views_scope(db, folder, &s);
		return sql_query(db,
			"SELECT " ITEM_COLUMNS
			", case_entry.name FROM case_entry JOIN item ON item.id=case_entry.item "
			"WHERE case_entry.kase=? AND case_entry.name>?"
			" AND item.state=" SQL_SEALED " ORDER BY case_entry.name LIMIT -1 OFFSET ?",
			"isi", s.kase, after, skip);
	}
	return view_groups(folder) ? list_groups(db, folder, after, skip)
				   : list_by_case(db, after, skip);
}

/* Reads a row of a folder that holds folders. */
static void read_child(struct sql_rows *rows, const struct view_at *folder, char name[NAME_BUFFER],
	struct view_at *child)
{
	*child = (struct view_at){
		.view = folder->view, .level = folder->level + 1, .id = sql_int(rows, 1)
	};
	sql_copy(rows, 0, name, NAME_BUFFER);
	if (lists_days(folder))
		day_format((int32_t)sql_int(rows, 0), name);
	if (folder->view == VIEW_CASE) {
		child->view = (enum view)sql_int(rows, 2);
		child->level = child->id != 0;
	}
}

int views_list(struct sql *db, const struct view_at *folder, const char *after, int64_t skip,
	views_each each, void *arg)
{
	struct sql_rows *rows = list_rows(db, folder, after, skip);
	bool leaf = view_is_leaf(folder), more = true;
	char name[NAME_BUFFER];
	struct view_at child;
	struct item item;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1) {
		if (leaf) {
			catalog_read_item(rows, &item);
			sql_copy(rows, sql_columns(rows) - 1, name, sizeof name);
		} else
			read_child(rows, folder, name, &child);
		more = each(arg, name, leaf ? NULL : &child, leaf ? &item : NULL);
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

static int each_id(struct sql_rows *rows, catalog_each each, void *arg)
{
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1)
		more = each(arg, sql_int(rows, 0));
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int views_case_items(struct sql *db, int64_t kase, catalog_each each, void *arg)
{
	return each_id(
		sql_query(db, "SELECT item FROM case_entry WHERE kase=?", "i", kase), each, arg);
}

int views_case_aliases(struct sql *db, int64_t kase, catalog_each each, void *arg)
{
	return each_id(
		sql_query(db, "SELECT id FROM case_alias WHERE kase=?", "i", kase), each, arg);
}
