#include "fs/store/catalog/catalog.h"

#include <errno.h>

#include "fs/store/catalog/numbers.h"

const char catalog_meta_schema[] = "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
				   "INSERT INTO meta VALUES('applied', 0);";

const char catalog_event_schema[] =
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, item "
	"INTEGER, person INTEGER, kase TEXT);"
	"CREATE INDEX event_item ON event(item, seq) WHERE item IS NOT NULL;"
	"CREATE INDEX event_person ON event(person, seq) WHERE person IS NOT NULL;"
	"CREATE INDEX event_case ON event(kase, seq) WHERE kase IS NOT NULL;"
	"CREATE INDEX event_at ON event(at);";

int catalog_applied(struct sql *db, uint64_t *next)
{
	int64_t n = 0;
	int err = sql_value(db, &n, "SELECT value FROM meta WHERE key='applied'", "");

	*next = (uint64_t)n;
	return err;
}

int catalog_events(struct sql *db, uint64_t from, int64_t most, catalog_each_event each, void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT seq, kind, coalesce(item, 0) FROM event WHERE seq>=? ORDER BY seq LIMIT ?",
		"ii", (int64_t)from, most);
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1)
		more = each(arg, (uint64_t)sql_int(rows, 0), sql_string(rows, 1), sql_int(rows, 2));
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
