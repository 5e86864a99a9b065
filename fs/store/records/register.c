#include "fs/store/records/register.h"

#include <errno.h>

#include "fs/store/catalog/numbers.h"
#include "policy/calendar.h"
#include "policy/role.h"

int register_service_id(struct sql *db, int64_t device, int32_t from, int64_t *id)
{
	int err = sql_value(db, id, "SELECT id FROM service WHERE device=? AND since=?", "ii",
		device, (int64_t)from);

	return err == ENOENT ? sql_value(db, id, "SELECT coalesce(max(id), 0) + 1 FROM service", "")
			     : err;
}

const char register_schema[] =
	"CREATE TABLE unit(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL "
	"UNIQUE);"
	"CREATE TABLE device(id INTEGER PRIMARY KEY, serial TEXT NOT NULL UNIQUE, unit INTEGER NOT "
	"NULL);"
	"CREATE INDEX device_unit ON device(unit, serial);"
	"CREATE TABLE person(id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT "
	"NULL, uid INTEGER UNIQUE, unit INTEGER,"
	"  roles INTEGER NOT NULL, formal INTEGER NOT NULL, cert_from INTEGER, cert_to INTEGER);"
	"CREATE INDEX person_unit ON person(unit, number);";

const char register_service_schema[] = /* until: the first instant at which it was no more; NULL:
					  still */
	"CREATE TABLE custodian(unit INTEGER NOT NULL, person INTEGER NOT NULL, since INTEGER NOT "
	"NULL, until INTEGER);"
	"CREATE INDEX custodian_unit ON custodian(unit, since);"
	"CREATE INDEX custodian_person ON custodian(person) WHERE until IS NULL;"
	/* days, both ends included; until NULL: still out of service */
	"CREATE TABLE service(id INTEGER PRIMARY KEY, device INTEGER NOT NULL, since INTEGER NOT "
	"NULL, until INTEGER, note TEXT NOT NULL);"
	"CREATE INDEX service_device ON service(device, since);";

/* The id that was found, or else the next one. */
static int choose_id(struct sql *db, int found, const char *next, int64_t most, int64_t *id)
{
	int err = found == ENOENT ? sql_value(db, id, next, "") : found;

	return err == 0 && *id > most ? ENOSPC : err;
}

int register_unit_id(struct sql *db, const char *code, int64_t most, int64_t *id)
{
	int found = sql_value(db, id, "SELECT id FROM unit WHERE code=?", "s", code);

	return choose_id(db, found, "SELECT coalesce(max(id),0)+1 FROM unit", most, id);
}

int register_device_id(struct sql *db, const char *serial, int64_t most, int64_t *id)
{
	int found = sql_value(db, id, "SELECT id FROM device WHERE serial=?", "s", serial);

	return choose_id(db, found, "SELECT coalesce(max(id),0)+1 FROM device", most, id);
}

int register_person_id(struct sql *db, const char *number, int64_t most, int64_t *id)
{
	int found = sql_value(db, id, "SELECT id FROM person WHERE number=?", "s", number);

	return choose_id(db, found, "SELECT coalesce(max(id),0)+1 FROM person", most, id);
}

int register_unit_taken(struct sql *db, const struct unit *u, bool *name, bool *code)
{
	int64_t taken = 0;
	int err = sql_value(db, &taken,
		"SELECT EXISTS(SELECT 1 FROM unit WHERE id<>?1 AND (name=?2 OR code=?2))"
		" + 2 * EXISTS(SELECT 1 FROM unit WHERE id<>?1 AND name=?3)",
		"iss", u->id, u->name, u->code);

	*name = taken & 1;
	*code = taken & 2;
	return err;
}

int apply_register_unit(struct sql *db, const struct head *h, const struct register_unit *e)
{
	(void)h;
	return sql_run(db,
		"INSERT INTO unit(id, code, name) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET "
		"code=excluded.code, name=excluded.name",
		"iss", e->id, e->code, e->name);
}

int apply_register_device(struct sql *db, const struct head *h, const struct register_device *e)
{
	(void)h;
	return sql_run(db,
		"INSERT INTO device(id, serial, unit) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET "
		"serial=excluded.serial, unit=excluded.unit",
		"isi", e->id, e->serial, e->unit_id);
}

/* Keeps the account of who was custodian of which unit, and when (Q6). */
static int note_custodian(
	struct sql *db, const struct register_person *e, bool custodian, int64_t wall)
{
	int err = sql_run(db,
		"UPDATE custodian SET until=?1 WHERE person=?2 AND until IS NULL AND NOT (?3 AND "
		"unit=?4)",
		"iiii", wall, e->id, (int64_t)custodian, e->unit_id);

	if (err != 0 || !custodian || e->unit_id == 0)
		return err;
	return sql_run(db,
		"INSERT INTO custodian(unit, person, since) SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
		" (SELECT 1 FROM custodian WHERE person=?2 AND unit=?1 AND until IS NULL)",
		"iii", e->unit_id, e->id, wall);
}

int apply_register_person(struct sql *db, const struct head *h, const struct register_person *e)
{
	unsigned roles = 0;
	int err;

	if (e->roles != NULL && *e->roles != '\0' && !roles_parse(e->roles, &roles))
		return EUCLEAN;
	err = sql_run(db,
		"INSERT INTO person(id, number, name, uid, unit, roles, formal, cert_from, cert_to)"
		" VALUES(?,?,?,iif(?4<0,NULL,?4),?,?,?,iif(?8<?10,NULL,?8),iif(?9<?10,NULL,?9)) ON "
		"CONFLICT(id) DO UPDATE SET"
		" number=excluded.number, name=excluded.name, uid=excluded.uid, "
		"unit=excluded.unit, roles=excluded.roles,"
		" formal=excluded.formal, cert_from=excluded.cert_from, cert_to=excluded.cert_to",
		"issiiiiiii", e->id, e->number, e->name, e->uid, e->unit_id, (int64_t)roles,
		(int64_t)e->formal, (int64_t)e->certified_from, (int64_t)e->certified_to,
		(int64_t)DAY_NONE + 1);
	return err == 0 ? note_custodian(db, e, roles & ROLE_CUSTODIAN, h->wall) : err;
}

int apply_register_service(struct sql *db, const struct head *h, const struct register_service *e)
{
	(void)h;
	return sql_run(db,
		"INSERT INTO service(id, device, since, until, note) "
		"VALUES(?1,?2,?3,iif(?4=?6,NULL,?4),?5) ON CONFLICT(id) DO UPDATE SET "
		"until=excluded.until,"
		" note=excluded.note",
		"iiiisi", e->id, e->device_id, (int64_t)e->from, (int64_t)e->to, e->note,
		(int64_t)DAY_NONE);
}

int register_out_of_service(struct sql *db, int64_t device, int32_t day, bool *out)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT count(*) FROM service WHERE device=?1 AND since<=?2 AND (until IS NULL OR "
		"until>=?2)",
		"ii", device, (int64_t)day);

	*out = n != 0;
	return err;
}

int register_out_of_service_items(
	struct sql *db, int64_t device, int64_t after, int64_t *items, size_t most, size_t *count)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT item.id FROM service JOIN folder ON folder.device=service.device"
		" AND folder.day>=service.since"
		" AND (service.until IS NULL OR folder.day<=service.until)"
		" JOIN item ON item.folder=folder.id"
		" WHERE service.device=? AND item.state=" SQL_SEALED
		" AND item.id>? ORDER BY item.id LIMIT ?",
		"iii", device, after, (int64_t)most);
	int rc = 0;

	for (*count = 0; *count < most && (rc = sql_next(rows)) == 1; (*count)++)
		items[*count] = sql_int(rows, 0);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int register_custodians(struct sql *db, register_each_unit each, void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT unit.id,"
		" (SELECT count(*) FROM custodian WHERE unit=unit.id AND until IS NULL),"
		" (SELECT count(*) FROM custodian WHERE unit=unit.id AND until IS NOT NULL)"
		" FROM unit ORDER BY unit.id",
		"");
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1)
		more = each(arg, sql_int(rows, 0), sql_int(rows, 1), sql_int(rows, 2));
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
