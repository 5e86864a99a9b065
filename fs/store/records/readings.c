#include "fs/store/records/readings.h"

int apply_read_open(struct sql *db, const struct head *h, const struct read_open *e)
{
	(void)h;
	return sql_run(db, "UPDATE request SET used=used+1 WHERE id=?", "i", e->grant);
}

int apply_read_ranges(struct sql *db, const struct head *h, const struct read_ranges *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}

int apply_read_close(struct sql *db, const struct head *h, const struct read_close *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}

int apply_read_damaged(struct sql *db, const struct head *h, const struct read_damaged *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}

int apply_refused(struct sql *db, const struct head *h, const struct refused *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}
