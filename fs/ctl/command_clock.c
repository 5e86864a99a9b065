/* custody clock: what the compliance clock says, setting a test clock, and putting right one that
 * lags. */
#include <errno.h>

#include "fs/act/clock.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

#define MOVES_SHOWN 20 /* proposals in an answer, newest first */

struct rendering {
	struct query *q;
	json_t *list;
};

static void render_move(void *arg, const struct clock_move *m)
{
	struct rendering *r = arg;

	json_array_append_new(r->list,
		json_pack("{s:I, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "id", (json_int_t)m->id,
			"to", query_instant(r->q, m->to), "reason", m->reason, "proposed_by",
			query_named_person(r->q, m->proposed_by), "proposed_at",
			query_instant(r->q, m->proposed_at), "state", clocks_state_name(m->state),
			"decided_by", query_named_person(r->q, m->decided_by), "decided_at",
			query_instant(r->q, m->decided_at), "decided_why",
			query_text(m->decided_why)));
}

/* The clock as it is now, with the proposals. */
static int answer_clock(struct call *c, struct query *q, json_t **answer)
{
	struct rendering r = { q, json_array() };
	int err = clocks_latest(q->db, MOVES_SHOWN, render_move, &r);

	if (err != 0) {
		json_decref(r.list);
		return err;
	}
	store_now(c->fs->store, &q->now);
	*answer = json_pack("{s:o, s:o, s:I, s:b, s:o}", "clock", query_instant(q, q->now.clock),
		"wall", query_instant(q, q->now.wall), "behind_ms",
		(json_int_t)(q->now.wall - q->now.clock), "test_clock",
		c->fs->store->format.test_clock, "moves", r.list);
	return 0;
}

typedef int (*clock_act_fn)(struct call *c, struct clock_act *a);

static int run_clock_command(
	struct call *c, struct query *q, const json_t *request, clock_act_fn act, json_t **answer)
{
	const char *to = jsonget_str(request, "to");
	struct clock_act a = { .id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err;

	if (to == NULL || !instant_parse(to, c->now.utc_offset, &a.to))
		a.to = INSTANT_NEVER;
	err = act(c, &a);
	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	return err == 0 ? answer_clock(c, q, answer) : err;
}

/* {to}: sets a test clock.  Without it nothing changes. */
static int command_clock_set(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	int err;

	if (jsonget_str(request, "to") != NULL)
		return run_clock_command(c, q, request, clock_set, answer);
	err = query_need(q, ACT_BROWSE);
	return err == 0 ? answer_clock(c, q, answer) : err;
}

static int command_clock_propose(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_clock_command(c, q, request, clock_propose, answer);
}

static int command_clock_agree(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_clock_command(c, q, request, clock_agree, answer);
}

static int command_clock_refuse(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_clock_command(c, q, request, clock_refuse, answer);
}

const struct command command_clock[] = {
	{ "clock", command_clock_set, FIELDS(TEXT("to")) },
	{ "clock.propose", command_clock_propose, FIELDS(TEXT("to"), TEXT("reason")) },
	{ "clock.agree", command_clock_agree, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "clock.refuse", command_clock_refuse, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ NULL, NULL, NULL },
};
