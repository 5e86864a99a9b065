/* The compliance clock: how it stands, and putting right one that lags, by two people (design
 * sections 5 and 7). */
#include <errno.h>
#include <string.h>

#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/clock.h"

#define MOVES_TOLD 20 /* proposals in an answer, newest first */

static const char *const move_states[] = { "proposed", "agreed", "refused" };

static json_t *person_json(struct query *q, int64_t id)
{
	struct person p;

	return id != 0 && catalog_person(q->db, id, &p) == 0
		? json_pack("{s:s, s:s}", "number", p.number, "name", p.name)
		: json_null();
}

static int moves_json(struct query *q, json_t **out)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT id, target, reason, proposed_by, proposed_at, state, decided_by, "
		"decided_at, decided_why FROM clock_move"
		" ORDER BY id DESC LIMIT ?",
		"i", (int64_t)MOVES_TOLD);
	json_t *list = json_array();
	int rc;

	while ((rc = sql_next(rows)) == 1)
		json_array_append_new(list,
			json_pack("{s:I, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:s?}", "id",
				(json_int_t)sql_int(rows, 0), "to",
				query_instant(q, sql_int(rows, 1)), "reason", sql_text(rows, 2),
				"proposed_by", person_json(q, sql_int(rows, 3)), "proposed_at",
				query_instant(q, sql_int(rows, 4)), "state",
				move_states[sql_int(rows, 5) % 3], "decided_by",
				person_json(q, sql_int(rows, 6)), "decided_at",
				query_instant(q, sql_int(rows, 7)), "decided_why",
				sql_text(rows, 8)));
	if (rc < 0) {
		json_decref(list);
		return -rc;
	}
	*out = list;
	return 0;
}

/* The clock as it stands, with the proposals. */
static int tell(struct call *c, struct query *q, json_t **answer)
{
	json_t *moves;
	int err = moves_json(q, &moves);

	if (err != 0)
		return err;
	store_now(c->fs->store, &q->now);
	*answer = json_pack("{s:o, s:o, s:I, s:b, s:o}", "clock", query_instant(q, q->now.clock),
		"wall", query_instant(q, q->now.wall), "behind_ms",
		(json_int_t)(q->now.wall - q->now.clock), "test_clock",
		c->fs->store->format.test_clock, "moves", moves);
	return 0;
}

/* {to}: sets a test clock. */
int command_clock(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *to = jsonget_str(request, "to");
	int64_t instant = 0;
	int err = to == NULL ? query_need(q, ACT_BROWSE) : query_need(q, ACT_CLOCK);

	if (err == 0 && to != NULL && !instant_parse(to, c->now.utc_offset, &instant))
		err = query_refuse(q, REASON_VALUE_BAD, "to");
	if (err == 0 && to != NULL && !c->fs->store->format.test_clock)
		err = query_refuse(q, REASON_CLOCK_FOLLOWS, "to");
	if (err == 0 && to != NULL)
		err = store_clock_set(c->fs->store, &c->who, instant);
	return err == 0 ? tell(c, q, answer) : err;
}

struct moving {
	struct call *c;
	int64_t id, to;
	const char *reason;
	bool agree;
	enum reason why;
	const char *field;
};

static int deny(struct moving *m, enum reason why, const char *field)
{
	m->why = why;
	m->field = field;
	return reason_errno(why);
}

static int decide_propose(struct turn *t, void *arg)
{
	struct moving *m = arg;
	const struct event_time *now = turn_time(t);
	char to[INSTANT_TEXT];
	int err;

	m->why = REASON_NONE;
	if (!clock_may_move(now->clock, now->wall, m->to))
		return deny(m, REASON_CLOCK_FOLLOWS, "to");
	err = sql_value(turn_db(t), &m->id, "SELECT coalesce(max(id), 0) + 1 FROM clock_move", "");
	if (err != 0)
		return err;
	instant_format(m->to, now->utc_offset, to);
	return turn_emit(t,
		&(struct event){ .kind = "clock.propose",
			.who = &m->c->who,
			DETAILS("{s:I, s:s, s:s}", "id", (json_int_t)m->id, "to", to, "reason",
				m->reason) });
}

static int run(struct call *c, struct query *q, struct moving *m, decide_fn decide)
{
	int err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, m);

	return m->why != REASON_NONE ? query_refuse(q, m->why, m->field) : err;
}

int command_clock_propose(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct moving m = { .c = c, .reason = jsonget_str(request, "reason") };
	const char *to = jsonget_str(request, "to");
	enum reason why = clock_may_propose(&c->who.person);
	int err;

	if (why != REASON_NONE)
		return query_refuse(q, why, NULL);
	if (m.reason == NULL || !text_valid(m.reason, 1023))
		return query_refuse(q, REASON_VALUE_BAD, "reason");
	if (to == NULL || !instant_parse(to, c->now.utc_offset, &m.to))
		return query_refuse(q, REASON_VALUE_BAD, "to");
	if (c->fs->store->format.test_clock)
		return query_refuse(q, REASON_CLOCK_FOLLOWS, "to");
	err = run(c, q, &m, decide_propose);
	return err == 0 ? tell(c, q, answer) : err;
}

/* A proposal that has been overtaken, because the clock came there by itself, can only be
 * refused. */
static int decide_move(struct turn *t, void *arg)
{
	struct moving *m = arg;
	const struct event_time *now = turn_time(t);
	int64_t proposer = 0, state = 0;
	char from[INSTANT_TEXT], to[INSTANT_TEXT];
	int err = sql_value(
		turn_db(t), &proposer, "SELECT proposed_by FROM clock_move WHERE id=?", "i", m->id);

	m->why = REASON_NONE;
	if (err == ENOENT)
		return deny(m, REASON_NOT_FOUND, "id");
	if (err == 0)
		err = sql_value(
			turn_db(t), &state, "SELECT state FROM clock_move WHERE id=?", "i", m->id);
	if (err == 0)
		err = sql_value(
			turn_db(t), &m->to, "SELECT target FROM clock_move WHERE id=?", "i", m->id);
	if (err != 0)
		return err;
	m->why = clock_may_agree(proposer, &m->c->who.person);
	if (m->why == REASON_NONE &&
		(state != 0 || (m->agree && !clock_may_move(now->clock, now->wall, m->to))))
		m->why = REASON_STATE;
	if (m->why != REASON_NONE)
		return deny(m, m->why, "id");
	instant_format(now->clock, now->utc_offset, from);
	instant_format(m->to, now->utc_offset, to);
	return turn_emit(t,
		&(struct event){ .kind = m->agree ? "clock.set" : "clock.refuse",
			.who = &m->c->who,
			DETAILS("{s:s, s:s, s:I, s:s?}", "from", from, "to", to, "id",
				(json_int_t)m->id, "reason", m->reason) });
}

static int decide(
	struct call *c, struct query *q, const json_t *request, bool agree, json_t **answer)
{
	struct moving m = { .c = c,
		.id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason"),
		.agree = agree };
	int err;

	if (m.reason != NULL && !text_valid(m.reason, 1023))
		return query_refuse(q, REASON_VALUE_BAD, "reason");
	err = run(c, q, &m, decide_move);
	if (err == 0 && agree)
		store_clock_advance(c->fs->store->clock, m.to);
	return err == 0 ? tell(c, q, answer) : err;
}

int command_clock_agree(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide(c, q, request, true, answer);
}

int command_clock_refuse(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide(c, q, request, false, answer);
}
