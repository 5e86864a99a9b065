/* What was set on items and folders beside the policy: classes and dates, which only lengthen. */
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/retention.h"

const char retention_schema[] =
	/* classes given to an item after its deposit, each with the version of the policy then in
	   force */
	"CREATE TABLE item_class(item INTEGER NOT NULL, class TEXT NOT NULL, version INTEGER NOT "
	"NULL, PRIMARY KEY(item, class, version)) WITHOUT ROWID;"
	/* what a folder asks of all that lies in it, now or later: a class, or (class NULL) a
	 * date */
	"CREATE TABLE floor(id INTEGER PRIMARY KEY, " SCOPE_SCHEMA
	", class TEXT, version INTEGER NOT NULL, until INTEGER NOT NULL);"
	"CREATE INDEX floor_scope ON floor(item, unit, device, officer, day, folder, kase);";

int apply_retain_class(struct sql *db, const struct head *h, const struct retain_class *e)
{
	if (h->item != 0)
		return sql_run(db,
			"INSERT OR IGNORE INTO item_class(item, class, version) VALUES(?,?,?)",
			"isi", h->item, e->klass, h->policy);
	return sql_run(db,
		"INSERT INTO floor(" SCOPE_COLUMNS
		", class, version, until) VALUES(?,?,?,?,?,?,?,?,?,0)",
		SCOPE_FORMAT "si", SCOPE_VALUES(&e->scope), e->klass, h->policy);
}

int apply_retain_until(struct sql *db, const struct head *h, const struct retain_until *e)
{
	if (h->item != 0)
		return sql_run(db,
			"UPDATE item SET until_set=1, retain_until=max(retain_until, ?) WHERE id=?",
			"ii", e->until, h->item);
	return sql_run(db,
		"INSERT INTO floor(" SCOPE_COLUMNS
		", class, version, until) VALUES(?,?,?,?,?,?,?,NULL,?,?)",
		SCOPE_FORMAT "ii", SCOPE_VALUES(&e->scope), h->policy, e->until);
}
