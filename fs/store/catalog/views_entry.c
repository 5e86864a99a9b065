/* What the views need in the catalog: names of items in cases, folders of parties and causes, and
 * the folders of by-unit in other orders. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/views.h"

const char views_schema[] = "CREATE TABLE case_entry(kase INTEGER NOT NULL, name TEXT NOT NULL, "
			    "item INTEGER NOT NULL, PRIMARY KEY(kase, name)) WITHOUT ROWID;"
			    "CREATE UNIQUE INDEX case_entry_of ON case_entry(item, kase);"
			    /* view: VIEW_PARTY, VIEW_CAUSE; a row stays for ever, so that its
			       folder keeps its number */
			    "CREATE TABLE case_group(id INTEGER PRIMARY KEY, view INTEGER NOT "
			    "NULL, name TEXT NOT NULL, UNIQUE(view, name));"
			    "CREATE INDEX folder_case ON folder(kase);"
			    /* and folder_device(device, day), which findings need as well */
			    "CREATE INDEX folder_officer ON folder(officer, day);"
			    "CREATE INDEX folder_day ON folder(day, unit);";

/* The cases that item ?1 is in now. */
#define CASES_NOW                                                                                  \
	"SELECT casefile.id AS kase FROM item JOIN folder ON folder.id=item.folder JOIN casefile " \
	"ON casefile.number=folder.kase WHERE item.id=?1"                                          \
	" UNION SELECT case_alias.kase FROM item JOIN folder ON folder.id=item.folder JOIN "       \
	"case_alias ON case_alias.name=folder.kase WHERE item.id=?1"                               \
	" UNION SELECT case_item.kase FROM case_item WHERE case_item.item=?1 AND "                 \
	"case_item.unlinked=0"
#define NOT_ENTERED \
	"NOT EXISTS(SELECT 1 FROM case_entry AS had WHERE had.item=?1 AND had.kase=now.kase)"

#define TRIES 10000 /* other names tried for one item in one case */

/* "name (ITEM).ext", or from the second try on "name (ITEM-2).ext"; cut before the bracket where it
 * would be longer than a name may be. */
static void other_name(const char *name, int64_t item, int try, char out[NAME_BUFFER])
{
	const char *dot = strrchr(name, '.');
	size_t stem = dot != NULL && dot != name && strlen(dot) <= 32 ? (size_t)(dot - name)
								      : strlen(name);
	char mark[64];
	size_t room;

	if (try == 1)
		snprintf(mark, sizeof mark, " (%lld)", (long long)item);
	else
		snprintf(mark, sizeof mark, " (%lld-%d)", (long long)item, try);
	room = NAME_BYTES - strlen(mark) - strlen(name + stem);
	snprintf(out, NAME_BUFFER, "%.*s%s%s", (int)(stem < room ? stem : name_cut(name, room)),
		name, mark, name + stem);
}

/* One name that is taken already. */
static int enter_apart(struct sql *db, int64_t kase, int64_t item, const char *name)
{
	char other[NAME_BUFFER];
	int err = sql_run(db, "INSERT INTO case_entry(kase, name, item) VALUES(?,?,?)", "isi", kase,
		name, item);

	for (int try = 1; err == EEXIST && try < TRIES; try++) {
		other_name(name, item, try, other);
		err = sql_run(db, "INSERT INTO case_entry(kase, name, item) VALUES(?,?,?)", "isi",
			kase, other, item);
	}
	return err;
}

/* The next case that the item is in and has no name in; ENOENT after the last. */
static int next_case(struct sql *db, int64_t item, int64_t *kase, char name[NAME_BUFFER])
{
	struct sql_rows *rows = sql_query(db,
		"SELECT now.kase, item.name FROM item JOIN (" CASES_NOW
		") AS now WHERE item.id=?1 AND item.state=" SQL_SEALED " AND " NOT_ENTERED
		" ORDER BY now.kase LIMIT 1",
		"i", item);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	*kase = sql_int(rows, 0);
	sql_copy(rows, 1, name, NAME_BUFFER);
	sql_done(rows);
	return 0;
}

int views_enter(struct sql *db, int64_t item)
{
	char name[NAME_BUFFER];
	int64_t kase;
	int err = sql_run(db,
		"INSERT INTO case_entry(kase, name, item) SELECT now.kase, item.name, item.id FROM "
		"item JOIN (" CASES_NOW ") AS now"
		" WHERE item.id=?1 AND item.state=" SQL_SEALED " AND " NOT_ENTERED,
		"i", item);

	if (err != EEXIST)
		return err;
	while ((err = next_case(db, item, &kase, name)) == 0) {
		err = enter_apart(db, kase, item, name);
		if (err != 0)
			return err;
	}
	return err == ENOENT ? 0 : err;
}

int views_leave(struct sql *db, int64_t item, int64_t kase)
{
	return sql_run(
		db, "DELETE FROM case_entry WHERE item=?1 AND (?2=0 OR kase=?2)", "ii", item, kase);
}

int views_group(struct sql *db, enum view view, const char *text, int64_t *id)
{
	char name[NAME_BUFFER];
	int err;

	*id = 0;
	if (text == NULL || *text == '\0')
		return 0;
	name_from_text(text, name);
	err = sql_value(db, id, "SELECT id FROM case_group WHERE view=? AND name=?", "is",
		(int64_t)view, name);
	if (err != ENOENT)
		return err;
	err = sql_value(db, id, "SELECT coalesce(max(id), 0) + 1 FROM case_group", "");
	return err == 0 ? sql_run(db, "INSERT INTO case_group(id, view, name) VALUES(?,?,?)", "iis",
				  *id, (int64_t)view, name)
			: err;
}
