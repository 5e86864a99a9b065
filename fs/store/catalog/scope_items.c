#include "fs/store/catalog/scope_items.h"

#include <stdio.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/scopes.h"

/* Up to so many are found by an index and sorted; beyond, all folders are looked through. */
#define FOLDERS_FEW 1000

/* Arguments: the least folder, limit, unit, device, officer, day (or DAY_NONE), folder's name. */
#define ARGUMENTS "iiiiiis"
#define VALUES(s, from, limit) \
	from, limit, (s)->unit, (s)->device, (s)->officer, (int64_t)(s)->day, (s)->folder
#define REST "(?6=" SQL_DAY_NONE " OR folder.day=?6) AND (?7='' OR folder.kase=?7)"
#define ANYWHERE                                                                                   \
	"(?3=0 OR folder.unit=?3) AND (?4=0 OR folder.device=?4) AND (?5=0 OR folder.officer=?5) " \
	"AND " REST
#define IN_UNIT \
	"folder.unit=?3 AND (?4=0 OR folder.device=?4) AND (?5=0 OR folder.officer=?5) AND " REST
#define BY_OFFICER \
	"folder.officer=?5 AND (?3=0 OR folder.unit=?3) AND (?4=0 OR folder.device=?4) AND " REST
#define BY_DEVICE \
	"folder.device=?4 AND (?3=0 OR folder.unit=?3) AND (?5=0 OR folder.officer=?5) AND " REST
#define ON_DAY                                                                                    \
	"folder.day=?6 AND (?3=0 OR folder.unit=?3) AND (?4=0 OR folder.device=?4) AND (?5=0 OR " \
	"folder.officer=?5) AND (?7='' OR folder.kase=?7)"
#define OF_OFFICER "folder.unit=?3 AND folder.device=?4 AND folder.officer=?5 AND " REST

#define SIEVED                                                           \
	"SELECT folder.id FROM folder WHERE folder.id>=?1 AND " ANYWHERE \
	" ORDER BY folder.id LIMIT ?2"

/* One text for each way in, so that an index of the folders serves it; the narrowest first. */
static const struct {
	const char *count, *folders;
} ways[] = {
#define WAY(where)                                                                                \
	{                                                                                         \
		"SELECT count(*) FROM (SELECT 1 FROM folder WHERE " where " AND ?1=?1 LIMIT ?2)", \
			"SELECT folder.id FROM folder WHERE +folder.id>=?1 AND " where            \
			" ORDER BY folder.id LIMIT ?2"                                            \
	}
	WAY(OF_OFFICER),
	WAY(BY_OFFICER),
	WAY(BY_DEVICE),
	WAY(IN_UNIT),
	WAY(ON_DAY),
	WAY(ANYWHERE),
#undef WAY
};

static size_t way_of(const struct scope *s)
{
	if (s->officer != 0)
		return s->unit != 0 && s->device != 0 ? 0 : 1;
	if (s->device != 0)
		return 2;
	return s->unit != 0 ? 3 : s->day != DAY_NONE ? 4 : 5;
}

static int is_narrow(struct sql *db, const struct scope *s, bool *narrow)
{
	int64_t n = 0;
	int err = sql_value(db, &n, ways[way_of(s)].count, ARGUMENTS,
		VALUES(s, (int64_t)0, (int64_t)FOLDERS_FEW + 1));

	*narrow = n <= FOLDERS_FEW;
	return err;
}

struct going {
	items_each each;
	void *arg;
	int64_t left;
	bool stopped;
	struct scope_mark *mark;
};

/* in_folder: the items are in order of names in it, else of ids. */
static int go(struct going *g, struct sql_rows *rows, bool in_folder)
{
	struct item item;
	int rc = 0;

	while (!g->stopped && (rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		g->mark->folder = in_folder ? item.folder : item.id;
		snprintf(g->mark->name, sizeof g->mark->name, "%s", in_folder ? item.name : "");
		g->left--;
		g->stopped = !g->each(g->arg, &item) || g->left == 0;
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

static int in_tree(struct sql *db, const struct scope *s, struct going *g)
{
	const struct scope_mark from = *g->mark;
	struct sql_rows *folders;
	bool narrow;
	int rc = 0, err = is_narrow(db, s, &narrow);

	if (err != 0)
		return err;
	folders = sql_query(db, narrow ? ways[way_of(s)].folders : SIEVED, ARGUMENTS,
		VALUES(s, from.folder, INT64_MAX));
	while (err == 0 && !g->stopped && (rc = sql_next(folders)) == 1) {
		int64_t id = sql_int(folders, 0);

		err = go(g,
			sql_query(db,
				"SELECT " ITEM_COLUMNS
				" FROM item WHERE folder=?1 AND state" SQL_HAS_NAME " "
				"AND state=" SQL_SEALED " AND name>?2 ORDER BY name",
				"is", id, id == from.folder ? from.name : ""),
			true);
	}
	sql_done(folders);
	return err != 0 ? err : rc < 0 ? -rc : 0;
}

/* In the case's folders, by its number or an alias; and what is or ever was linked to it. */
static struct sql_rows *in_case(struct sql *db, int64_t kase, int64_t after)
{
	return sql_query(db,
		"SELECT " ITEM_COLUMNS " FROM item WHERE item.state=" SQL_SEALED
		" AND item.id>?1 AND item.id IN ("
		"SELECT case_item.item FROM case_item WHERE case_item.kase=?2 UNION SELECT i.id "
		"FROM folder JOIN item AS i ON i.folder=folder.id AND i.state" SQL_HAS_NAME
		" WHERE folder.kase IN (SELECT number FROM casefile WHERE id=?2 UNION SELECT name "
		"FROM case_alias WHERE kase=?2)) ORDER BY item.id",
		"ii", after, kase);
}

int scope_items(struct sql *db, const struct scope *s, struct scope_mark *mark, int64_t limit,
	items_each each, void *arg)
{
	struct going g = {
		.each = each, .arg = arg, .left = limit, .stopped = limit <= 0, .mark = mark
	};

	if (s->item != 0)
		return go(&g,
			sql_query(db,
				"SELECT " ITEM_COLUMNS
				" FROM item WHERE id=?1 AND id>?2 AND state=" SQL_SEALED,
				"ii", s->item, mark->folder),
			false);
	return s->kase != 0 ? go(&g, in_case(db, s->kase, mark->folder), false)
			    : in_tree(db, s, &g);
}
