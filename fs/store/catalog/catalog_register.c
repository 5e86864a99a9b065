/* What is registered: units, devices, people and cases. */
#include "fs/store/catalog/catalog.h"

#include <errno.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"

static int read_unit(struct sql_rows *r, struct unit *out)
{
	int err = sql_only_row(r);

	if (err != 0)
		return err;
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->code, sizeof out->code);
	sql_copy(r, 2, out->name, sizeof out->name);
	sql_done(r);
	return 0;
}

int catalog_unit(struct sql *db, int64_t id, struct unit *out)
{
	return read_unit(sql_query(db, "SELECT id, code, name FROM unit WHERE id=?", "i", id), out);
}

int catalog_unit_named(struct sql *db, const char *name, struct unit *out)
{
	return read_unit(
		sql_query(db, "SELECT id, code, name FROM unit WHERE name=?", "s", name), out);
}

int catalog_unit_find(struct sql *db, const char *code_or_name, struct unit *out)
{
	int err = read_unit(
		sql_query(db, "SELECT id, code, name FROM unit WHERE code=?", "s", code_or_name),
		out);

	return err == ENOENT ? catalog_unit_named(db, code_or_name, out) : err;
}

static int read_device(struct sql_rows *r, struct device *out)
{
	int err = sql_only_row(r);

	if (err != 0)
		return err;
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->serial, sizeof out->serial);
	out->unit = sql_int(r, 2);
	sql_done(r);
	return 0;
}

int catalog_device(struct sql *db, int64_t id, struct device *out)
{
	return read_device(
		sql_query(db, "SELECT id, serial, unit FROM device WHERE id=?", "i", id), out);
}

int catalog_device_serial(struct sql *db, const char *serial, struct device *out)
{
	return read_device(
		sql_query(db, "SELECT id, serial, unit FROM device WHERE serial=?", "s", serial),
		out);
}

int catalog_device_in(struct sql *db, int64_t unit, const char *serial, struct device *out)
{
	return read_device(
		sql_query(db,
			"SELECT id, serial, unit FROM device WHERE serial=?1 AND (unit=?2 OR EXISTS"
			" (SELECT 1 FROM folder WHERE folder.unit=?2 AND folder.device=device.id))",
			"si", serial, unit),
		out);
}

void catalog_read_person(struct sql_rows *r, struct person *out)
{
	memset(out, 0, sizeof *out);
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->number, sizeof out->number);
	sql_copy(r, 2, out->name, sizeof out->name);
	out->uid = sql_null(r, 3) ? UID_NONE : (uint32_t)sql_int(r, 3);
	out->unit = sql_int(r, 4);
	out->roles = (unsigned)sql_int(r, 5);
	out->formal = sql_int(r, 6) != 0;
	out->certified_from = sql_null(r, 7) ? DAY_NONE : (int32_t)sql_int(r, 7);
	out->certified_to = sql_null(r, 8) ? DAY_NONE : (int32_t)sql_int(r, 8);
}

static int read_person(struct sql_rows *r, struct person *out)
{
	int err = sql_only_row(r);

	if (err != 0)
		return err;
	catalog_read_person(r, out);
	sql_done(r);
	return 0;
}

int catalog_person(struct sql *db, int64_t id, struct person *out)
{
	return read_person(
		sql_query(db, "SELECT " PERSON_COLUMNS " FROM person WHERE id=?", "i", id), out);
}

int catalog_person_number(struct sql *db, const char *number, struct person *out)
{
	return read_person(
		sql_query(db, "SELECT " PERSON_COLUMNS " FROM person WHERE number=?", "s", number),
		out);
}

int catalog_person_uid(struct sql *db, uint32_t uid, struct person *out)
{
	return read_person(sql_query(db, "SELECT " PERSON_COLUMNS " FROM person WHERE uid=?", "i",
				   (int64_t)uid),
		out);
}

int catalog_officer_in(
	struct sql *db, int64_t unit, int64_t device, const char *number, struct person *out)
{
	return read_person(
		sql_query(db,
			"SELECT " PERSON_COLUMNS
			" FROM person WHERE number=?1 AND ((unit=?2 AND roles & " SQL_ROLE_OFFICER
			") OR EXISTS"
			" (SELECT 1 FROM folder WHERE folder.unit=?2 AND folder.device=?3 AND "
			"folder.officer=person.id))",
			"sii", number, unit, device),
		out);
}

static int read_case(struct sql_rows *r, struct casefile *out)
{
	int err = sql_only_row(r);

	if (err != 0)
		return err;
	catalog_read_case(r, out);
	sql_done(r);
	return 0;
}

int catalog_case(struct sql *db, const char *number, struct casefile *out)
{
	return read_case(
		sql_query(db,
			"SELECT " CASE_COLUMNS " FROM casefile WHERE number=?1 OR id=(SELECT kase "
			"FROM case_alias WHERE name=?1)",
			"s", number),
		out);
}

int catalog_case_id(struct sql *db, int64_t id, struct casefile *out)
{
	return read_case(
		sql_query(db, "SELECT " CASE_COLUMNS " FROM casefile WHERE id=?", "i", id), out);
}

void catalog_read_case(struct sql_rows *r, struct casefile *out)
{
	out->id = sql_int(r, 0);
	sql_copy(r, 1, out->number, sizeof out->number);
	sql_copy(r, 2, out->party, sizeof out->party);
	sql_copy(r, 3, out->cause, sizeof out->cause);
	sql_copy(r, 4, out->class, sizeof out->class);
	out->opened = sql_int(r, 5);
	out->closed = sql_null(r, 6) ? DAY_NONE : (int32_t)sql_int(r, 6);
}
