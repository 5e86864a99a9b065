/* The compliance clock: what was done over gaps, and proposals to put it right. */
#include "fs/store/base/jsonget.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/calendar.h"

static const char schema[] =
	/* state: 0 proposed, 1 agreed, 2 refused */
	"CREATE TABLE clock_move(id INTEGER PRIMARY KEY, target INTEGER NOT NULL, reason TEXT NOT "
	"NULL, proposed_by INTEGER NOT NULL, proposed_at INTEGER NOT NULL,"
	"  state INTEGER NOT NULL DEFAULT 0, decided_by INTEGER NOT NULL DEFAULT 0, decided_at "
	"INTEGER NOT NULL DEFAULT 0, decided_why TEXT);";

static int apply_propose(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO clock_move(id, target, reason, proposed_by, proposed_at) "
		"VALUES(?,?,?,?,?)",
		"iisii", jsonget_int(h->d, "id", 0), instant_field(h->d, "to"),
		jsonget_str(h->d, "reason"), h->person, h->wall);
}

static int decide(struct sql *db, const struct head *h, int64_t state)
{
	return sql_run(db,
		"UPDATE clock_move SET state=?, decided_by=?, decided_at=?, decided_why=? WHERE "
		"id=?",
		"iiisi", state, h->person, h->wall, jsonget_str(h->d, "reason"),
		jsonget_int(h->d, "id", 0));
}

/* A test clock is set without a proposal: there is no id then. */
static int apply_set(struct sql *db, const struct head *h)
{
	return decide(db, h, 1);
}

static int apply_refuse(struct sql *db, const struct head *h)
{
	return decide(db, h, 2);
}

static const struct apply events[] = {
	{ "clock.propose", apply_propose },
	{ "clock.set", apply_set },
	{ "clock.refuse", apply_refuse },
	{ "clock.gap", apply_none },
	{ "clock.jump", apply_none },
};

const struct catalog_part catalog_clock = CATALOG_PART(schema, events);
