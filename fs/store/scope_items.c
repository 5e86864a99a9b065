#include "fs/store/scope_items.h"

#include <errno.h>

#include "fs/store/scopes.h"

#define FOLDERS_FEW 1000        /* so many are gone through one by one; of more, the items are sieved */

/* Arguments: after, limit, unit, device, officer, day (or DAY_NONE), folder's name. */
#define ARGUMENTS "iiiiiis"
#define VALUES(s, after, limit) after, limit, (s)->unit, (s)->device, (s)->officer, (int64_t)(s)->day, (s)->folder
#define REST "(?6=-2147483648 OR folder.day=?6) AND (?7='' OR folder.kase=?7)"
#define ANYWHERE "(?3=0 OR folder.unit=?3) AND (?4=0 OR folder.device=?4) AND (?5=0 OR folder.officer=?5) AND " REST
#define IN_UNIT "folder.unit=?3 AND (?4=0 OR folder.device=?4) AND (?5=0 OR folder.officer=?5) AND " REST
#define BY_OFFICER "folder.officer=?5 AND (?3=0 OR folder.unit=?3) AND (?4=0 OR folder.device=?4) AND " REST
#define BY_DEVICE "folder.device=?4 AND (?3=0 OR folder.unit=?3) AND (?5=0 OR folder.officer=?5) AND " REST
#define ON_DAY "folder.day=?6 AND (?3=0 OR folder.unit=?3) AND (?4=0 OR folder.device=?4) AND (?5=0 OR folder.officer=?5) AND (?7='' OR folder.kase=?7)"
#define OF_OFFICER "folder.unit=?3 AND folder.device=?4 AND folder.officer=?5 AND " REST

#define BY_FOLDER(where) "SELECT " ITEM_COLUMNS " FROM folder CROSS JOIN item ON item.folder=folder.id AND item.state<=1 WHERE item.state=1 AND item.id>?1 AND " where \
	" ORDER BY item.id LIMIT ?2"
#define BY_ITEM "SELECT " ITEM_COLUMNS " FROM item CROSS JOIN folder ON folder.id=item.folder WHERE item.state=1 AND item.id>?1 AND " ANYWHERE " ORDER BY item.id LIMIT ?2"

/* One text for each way in, so that an index of the folders serves it; the narrowest first. */
static const struct { const char *count, *items; } ways[] = {
#define WAY(where) { "SELECT count(*) FROM (SELECT 1 FROM folder WHERE " where " AND ?1=?1 LIMIT ?2)", BY_FOLDER(where) }
	WAY(OF_OFFICER), WAY(BY_OFFICER), WAY(BY_DEVICE), WAY(IN_UNIT), WAY(ON_DAY), WAY(ANYWHERE),
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
	int err = sql_value(db, &n, ways[way_of(s)].count, ARGUMENTS, VALUES(s, (int64_t)0, (int64_t)FOLDERS_FEW + 1));

	*narrow = n <= FOLDERS_FEW;
	return err;
}

static struct sql_rows *in_tree(struct sql *db, const struct scope *s, bool narrow, int64_t after, int64_t limit)
{
	return sql_query(db, narrow ? ways[way_of(s)].items : BY_ITEM, ARGUMENTS, VALUES(s, after, limit));
}

/* In the case's folders, by its number or an alias; and what is or ever was linked to it. */
static struct sql_rows *in_case(struct sql *db, int64_t kase, int64_t after, int64_t limit)
{
	return sql_query(db, "SELECT " ITEM_COLUMNS " FROM item WHERE item.state=1 AND item.id>?1 AND item.id IN ("
			 "SELECT case_item.item FROM case_item WHERE case_item.kase=?3 UNION SELECT i.id FROM folder JOIN item AS i ON i.folder=folder.id AND i.state<=1"
			 " WHERE folder.kase IN (SELECT number FROM casefile WHERE id=?3 UNION SELECT name FROM case_alias WHERE kase=?3)) ORDER BY item.id LIMIT ?2",
			 "iii", after, limit, kase);
}

int scope_items(struct sql *db, const struct scope *s, int64_t after, int64_t limit, items_each each, void *arg)
{
	struct sql_rows *rows;
	struct item item;
	bool narrow = true;
	int rc, err = 0;

	if (s->item == 0 && s->kase == 0)
		err = is_narrow(db, s, &narrow);
	if (err != 0)
		return err;
	if (s->item != 0)
		rows = sql_query(db, "SELECT " ITEM_COLUMNS " FROM item WHERE id=?1 AND id>?2 AND state=1 LIMIT ?3", "iii", s->item, after, limit);
	else
		rows = s->kase != 0 ? in_case(db, s->kase, after, limit) : in_tree(db, s, narrow, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		if (!each(arg, &item))
			break;
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
