#include "fs/store/records/readings.h"

json_t *readings_details(
	const struct byte_range *ranges, size_t count, int64_t bytes, int64_t grant, int utc_offset)
{
	json_t *list = json_array(), *details = NULL;
	struct read_ranges e = { .ranges = list, .bytes = bytes, .grant = grant };

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
			json_pack("[I, I]", (json_int_t)ranges[i].from, (json_int_t)ranges[i].to));
	if (json_array_size(list) == count && list != NULL)
		details = read_ranges_details(&e, utc_offset);
	json_decref(list);
	return details;
}

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
