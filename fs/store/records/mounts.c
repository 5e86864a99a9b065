#include "fs/store/records/mounts.h"

int apply_store_make(struct sql *db, const struct head *h, const struct store_make *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}

static int set_meta(struct sql *db, const char *key, int64_t value)
{
	return sql_run(db,
		"INSERT INTO meta VALUES(?, ?) ON CONFLICT DO UPDATE SET value=excluded.value",
		"si", key, value);
}

/* The clock's account of gaps, for the next mount. */
int apply_store_mount(struct sql *db, const struct head *h, const struct store_mount *e)
{
	int err = set_meta(db, "week_start", e->week_start);

	(void)h;
	return err == 0 ? set_meta(db, "week_used", e->week_used) : err;
}

int apply_store_unmount(struct sql *db, const struct head *h, const struct store_unmount *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}

int apply_store_recovered(struct sql *db, const struct head *h, const struct store_recovered *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}
