#include "fs/store/records/schema.h"

#include <errno.h>

#include "fs/store/catalog/catalog.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/casefiles.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/copies.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/disposals.h"
#include "fs/store/records/findings.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/register.h"
#include "fs/store/records/retention.h"
#include "fs/store/records/tags.h"

static const char *const parts[] = { catalog_meta_schema, register_schema, deposits_schema,
	catalog_event_schema, grants_schema, casefiles_schema, policies_schema, retention_schema,
	holds_schema, clocks_schema, findings_schema, register_service_schema, tags_schema,
	copies_schema, disposals_schema, views_schema };
#define PARTS (sizeof parts / sizeof parts[0])

/* A number made of the tables' text (FNV-1a), so that no one has to remember to count it up. */
static int64_t schema_mark(void)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < PARTS; i++)
		for (const char *p = parts[i]; *p != '\0'; p++)
			h = (h ^ (unsigned char)*p) * 16777619u;
	return h;
}

int schema_create(struct sql *db)
{
	int err = sql_script(db, "BEGIN");

	for (size_t i = 0; err == 0 && i < PARTS; i++)
		err = sql_script(db, parts[i]);
	if (err == 0)
		err = retention_builtin(db);
	if (err == 0)
		err = sql_run(db, "INSERT INTO meta VALUES('schema', ?)", "i", schema_mark());
	return err == 0 ? sql_script(db, "COMMIT") : err;
}

int schema_known(struct sql *db, bool *known)
{
	int64_t mark = 0, there = 0;
	int err = sql_value(db, &there, "SELECT count(*) FROM sqlite_master WHERE name='meta'", "");

	if (err == 0 && there != 0)
		err = sql_value(db, &mark, "SELECT value FROM meta WHERE key='schema'", "");
	*known = err == 0 && there != 0 && mark == schema_mark();
	return err == ENOENT ? 0 : err;
}
