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
