/* The folders of by-unit that people make: of dates and of cases. */
#include "fs/store/catalog/catalog.h"

#include <errno.h>
#include <stdio.h>

#include "fs/store/catalog/numbers.h"

static int read_folder(struct sql_rows *r, struct folder *out)
{
	int err = sql_only_row(r);

	if (err != 0)
		return err;
	out->id = sql_int(r, 0);
	out->unit = sql_int(r, 1);
	out->device = sql_int(r, 2);
	out->officer = sql_int(r, 3);
	out->day = (int32_t)sql_int(r, 4);
	sql_copy(r, 5, out->kase, sizeof out->kase);
	out->made = sql_int(r, 6);
	sql_done(r);
	return 0;
}

int catalog_folder(struct sql *db, int64_t id, struct folder *out)
{
	return read_folder(sql_query(db,
				   "SELECT id, unit, device, officer, day, kase, made FROM folder "
				   "WHERE id=? AND removed=0",
				   "i", id),
		out);
}

int catalog_folder_any(struct sql *db, int64_t id, struct folder *out)
{
	return read_folder(
		sql_query(db,
			"SELECT id, unit, device, officer, day, kase, made FROM folder WHERE id=?",
			"i", id),
		out);
}

int catalog_folder_at(struct sql *db, int64_t unit, int64_t device, int64_t officer, int32_t day,
	const char *kase, struct folder *out)
{
	return read_folder(sql_query(db,
				   "SELECT id, unit, device, officer, day, kase, made FROM folder"
				   " WHERE unit=? AND device=? AND officer=? AND day=? AND kase=? "
				   "AND removed=0",
				   "iiiis", unit, device, officer, (int64_t)day, kase),
		out);
}

int catalog_folder_number(struct sql *db, int64_t unit, int64_t device, int64_t officer,
	int32_t day, const char *kase, int64_t *id)
{
	int err = sql_value(db, id,
		"SELECT id FROM folder WHERE unit=? AND device=? AND officer=? AND day=? AND "
		"kase=?",
		"iiiis", unit, device, officer, (int64_t)day, kase);

	return err != ENOENT ? err
			     : sql_value(db, id, "SELECT coalesce(max(id), 0) + 1 FROM folder", "");
}

int catalog_folder_used(struct sql *db, const struct folder *f, bool *used)
{
	int64_t n = 0;
	int err;

	if (f->kase[0] == '\0')
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM folder WHERE unit=? AND device=? AND "
			"officer=? AND day=? AND kase<>'' AND removed=0)",
			"iiii", f->unit, f->device, f->officer, (int64_t)f->day);
	else
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM item WHERE folder=? AND state" SQL_HAS_NAME
			")",
			"i", f->id);
	*used = n != 0;
	return err;
}

int catalog_folder_path(struct sql *db, const struct folder *f, char *out, size_t cap)
{
	struct unit unit;
	struct device device;
	struct person officer;
	char day[DAY_TEXT];
	int err = catalog_unit(db, f->unit, &unit);

	if (err == 0)
		err = catalog_device(db, f->device, &device);
	if (err == 0)
		err = catalog_person(db, f->officer, &officer);
	if (err != 0)
		return err;
	day_format(f->day, day);
	if ((size_t)snprintf(out, cap, "by-unit/%s/%s/%s/%s%s%s", unit.name, device.serial,
		    officer.number, day, f->kase[0] != '\0' ? "/" : "", f->kase) >= cap)
		return ENAMETOOLONG;
	return 0;
}
