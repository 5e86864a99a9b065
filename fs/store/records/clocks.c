#include "fs/store/records/clocks.h"

const char clocks_schema[] =
	/* state: 0 proposed, 1 agreed, 2 refused */
	"CREATE TABLE clock_move(id INTEGER PRIMARY KEY, target INTEGER NOT NULL, reason TEXT NOT "
	"NULL, proposed_by INTEGER NOT NULL, proposed_at INTEGER NOT NULL,"
	"  state INTEGER NOT NULL DEFAULT 0, decided_by INTEGER NOT NULL DEFAULT 0, decided_at "
	"INTEGER NOT NULL DEFAULT 0, decided_why TEXT);";

enum move_state { MOVE_PROPOSED, MOVE_AGREED, MOVE_REFUSED };

int apply_clock_propose(struct sql *db, const struct head *h, const struct clock_propose *e)
{
	return sql_run(db,
		"INSERT INTO clock_move(id, target, reason, proposed_by, proposed_at) "
		"VALUES(?,?,?,?,?)",
		"iisii", e->id, e->to, e->reason, h->person, h->wall);
}

static int decide_move(
	struct sql *db, const struct head *h, int64_t id, enum move_state state, const char *reason)
{
	return sql_run(db,
		"UPDATE clock_move SET state=?, decided_by=?, decided_at=?, decided_why=? WHERE "
		"id=?",
		"iiisi", (int64_t)state, h->person, h->wall, reason, id);
}

int apply_clock_set(struct sql *db, const struct head *h, const struct clock_set *e)
{
	return decide_move(db, h, e->id, MOVE_AGREED, e->reason);
}

int apply_clock_refuse(struct sql *db, const struct head *h, const struct clock_refuse *e)
{
	return decide_move(db, h, e->id, MOVE_REFUSED, e->reason);
}

int apply_clock_gap(struct sql *db, const struct head *h, const struct clock_gap *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}

int apply_clock_jump(struct sql *db, const struct head *h, const struct clock_jump *e)
{
	(void)db, (void)h, (void)e;
	return 0;
}
