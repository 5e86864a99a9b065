#include "fs/store/records/clocks.h"

#include <errno.h>

const char *clocks_state_name(enum move_state s)
{
	static const char *const names[MOVE_STATE_COUNT] = {
		[MOVE_PROPOSED] = "proposed", [MOVE_AGREED] = "agreed", [MOVE_REFUSED] = "refused"
	};

	return (unsigned)s < MOVE_STATE_COUNT ? names[s] : "unknown";
}

int clocks_next_id(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id), 0) + 1 FROM clock_move", "");
}

#define MOVE_COLUMNS                                                                    \
	"id, target, reason, proposed_by, proposed_at, state, decided_by, decided_at, " \
	"decided_why"

static void read_move(struct sql_rows *rows, struct clock_move *out)
{
	out->id = sql_int(rows, 0);
	out->to = sql_int(rows, 1);
	sql_copy(rows, 2, out->reason, sizeof out->reason);
	out->proposed_by = sql_int(rows, 3);
	out->proposed_at = sql_int(rows, 4);
	out->state = (enum move_state)sql_int(rows, 5);
	out->decided_by = sql_int(rows, 6);
	out->decided_at = sql_int(rows, 7);
	sql_copy(rows, 8, out->decided_why, sizeof out->decided_why);
}

int clocks_get(struct sql *db, int64_t id, struct clock_move *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " MOVE_COLUMNS " FROM clock_move WHERE id=?", "i", id);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	read_move(rows, out);
	sql_done(rows);
	return 0;
}

int clocks_latest(struct sql *db, int64_t limit, clocks_each each, void *arg)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " MOVE_COLUMNS " FROM clock_move ORDER BY id DESC LIMIT ?", "i", limit);
	struct clock_move m;
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		read_move(rows, &m);
		each(arg, &m);
	}
	return -rc;
}

int clocks_agreed(struct sql *db, int64_t *out)
{
	return sql_value(db, out, "SELECT coalesce(max(target), 0) FROM clock_move WHERE state=?",
		"i", (int64_t)MOVE_AGREED);
}

const char clocks_schema[] =
	/* state: enum move_state */
	"CREATE TABLE clock_move(id INTEGER PRIMARY KEY, target INTEGER NOT NULL, reason TEXT NOT "
	"NULL, proposed_by INTEGER NOT NULL, proposed_at INTEGER NOT NULL,"
	"  state INTEGER NOT NULL DEFAULT 0, decided_by INTEGER NOT NULL DEFAULT 0, decided_at "
	"INTEGER NOT NULL DEFAULT 0, decided_why TEXT);";

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
