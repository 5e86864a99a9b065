/* Findings, and what they are found by: who was custodian of which unit, and when devices were out
 * of service. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/calendar.h"

static const char schema[] =
	/* key: what the finding is about, within its rule; low, high: the sequence numbers that are
	   missing */
	"CREATE TABLE finding(id INTEGER PRIMARY KEY, rule TEXT NOT NULL, key TEXT NOT NULL, item "
	"INTEGER NOT NULL, unit INTEGER NOT NULL, device INTEGER NOT NULL,"
	"  officer INTEGER NOT NULL, day INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT "
	"NULL, note TEXT, raised INTEGER NOT NULL,"
	"  reported_by INTEGER NOT NULL, settled INTEGER NOT NULL DEFAULT 0, settled_by INTEGER "
	"NOT NULL DEFAULT 0, settled_why TEXT);"
	"CREATE INDEX finding_key ON finding(rule, key, id);"
	"CREATE INDEX finding_open ON finding(id) WHERE settled=0;"
	"CREATE INDEX finding_unit ON finding(unit, id);"
	"CREATE INDEX finding_device ON finding(device, day, rule);"
	"CREATE INDEX folder_device ON folder(device, day);"
	/* until: the first instant at which it was no more; NULL: still */
	"CREATE TABLE custodian(unit INTEGER NOT NULL, person INTEGER NOT NULL, since INTEGER NOT "
	"NULL, until INTEGER);"
	"CREATE INDEX custodian_unit ON custodian(unit, since);"
	"CREATE INDEX custodian_person ON custodian(person) WHERE until IS NULL;"
	/* days, both ends included; until NULL: still out of service */
	"CREATE TABLE service(id INTEGER PRIMARY KEY, device INTEGER NOT NULL, since INTEGER NOT "
	"NULL, until INTEGER, note TEXT NOT NULL);"
	"CREATE INDEX service_device ON service(device, since);";

static int apply_raise(struct sql *db, const struct head *h)
{
	const json_t *d = h->d;

	return sql_run(db,
		"INSERT INTO finding(id, rule, key, item, unit, device, officer, day, low, high, "
		"note, raised, reported_by) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		"issiiiiiiisii", jsonget_int(d, "id", 0), jsonget_str(d, "rule"),
		jsonget_str(d, "key"), h->item, jsonget_int(d, "unit_id", 0),
		jsonget_int(d, "device_id", 0), jsonget_int(d, "officer_id", 0),
		day_field(d, "date"), jsonget_int(d, "low", 0), jsonget_int(d, "high", 0),
		jsonget_str(d, "note"), h->clock, h->person);
}

static int apply_settle(struct sql *db, const struct head *h)
{
	return sql_run(db, "UPDATE finding SET settled=?, settled_by=?, settled_why=? WHERE id=?",
		"iisi", h->clock, h->person, jsonget_str(h->d, "reason"),
		jsonget_int(h->d, "id", 0));
}

/* How far the ledger has been looked through. */
static int apply_checked(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO meta VALUES('findings', ?) ON CONFLICT DO UPDATE SET "
		"value=excluded.value",
		"i", jsonget_int(h->d, "upto", 0));
}

static int apply_service(struct sql *db, const struct head *h)
{
	int64_t until = day_field(h->d, "to");

	return sql_run(db,
		"INSERT INTO service(id, device, since, until, note) "
		"VALUES(?1,?2,?3,iif(?4=?6,NULL,?4),?5) ON CONFLICT(id) DO UPDATE SET "
		"until=excluded.until,"
		" note=excluded.note",
		"iiiisi", jsonget_int(h->d, "id", 0), jsonget_int(h->d, "device_id", 0),
		day_field(h->d, "from"), until, jsonget_str(h->d, "note"), (int64_t)DAY_NONE);
}

static const struct apply events[] = {
	{ "finding.raise", apply_raise },
	{ "finding.settle", apply_settle },
	{ "findings.checked", apply_checked },
	{ "register.service", apply_service },
};

const struct catalog_part catalog_findings = CATALOG_PART(schema, events);

int apply_custodian(struct sql *db, int64_t person, int64_t unit, bool custodian, int64_t wall)
{
	int err = sql_run(db,
		"UPDATE custodian SET until=?1 WHERE person=?2 AND until IS NULL AND NOT (?3 AND "
		"unit=?4)",
		"iiii", wall, person, (int64_t)custodian, unit);

	if (err != 0 || !custodian || unit == 0)
		return err;
	return sql_run(db,
		"INSERT INTO custodian(unit, person, since) SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
		" (SELECT 1 FROM custodian WHERE person=?2 AND unit=?1 AND until IS NULL)",
		"iii", unit, person, wall);
}
