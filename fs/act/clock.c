#include "fs/act/clock.h"

#include <errno.h>

#include "fs/store/clock.h"
#include "policy/act.h"
#include "policy/calendar.h"

struct moving {
	struct call *c;
	struct clock_act *a;
	bool agree;
};

static int refuse_clock(struct clock_act *a, enum reason why, const char *at_fault)
{
	a->why = why;
	a->at_fault = at_fault;
	return reason_errno(why);
}

int clock_set(struct call *c, struct clock_act *a)
{
	a->why = act_allowed(&c->who.person, ACT_CLOCK);
	if (a->why != REASON_NONE)
		return refuse_clock(a, a->why, NULL);
	if (a->to == INSTANT_NEVER)
		return refuse_clock(a, REASON_VALUE_BAD, "to");
	if (!c->fs->store->format.test_clock)
		return refuse_clock(a, REASON_CLOCK_FOLLOWS, "to");
	return store_clock_set(c->fs->store, &c->who, a->to);
}

static int decide_clock_propose(struct turn *t, void *arg)
{
	struct moving *x = arg;
	struct clock_act *a = x->a;
	const struct event_time *now = turn_time(t);
	struct clock_propose e = { .to = a->to, .reason = a->reason };
	int err;

	a->why = REASON_NONE;
	if (!clock_may_move(now->clock, now->wall, a->to))
		return refuse_clock(a, REASON_CLOCK_FOLLOWS, "to");
	err = clocks_next_id(turn_db(t), &e.id);
	return err == 0 ? record_clock_propose(t, &(struct about){ .who = &x->c->who }, &e) : err;
}

int clock_propose(struct call *c, struct clock_act *a)
{
	struct moving x = { .c = c, .a = a };

	a->why = clock_may_propose(&c->who.person);
	if (a->why != REASON_NONE)
		return refuse_clock(a, a->why, NULL);
	if (a->reason == NULL || !text_valid(a->reason, CLOCK_REASON - 1))
		return refuse_clock(a, REASON_VALUE_BAD, "reason");
	if (a->to == INSTANT_NEVER)
		return refuse_clock(a, REASON_VALUE_BAD, "to");
	if (c->fs->store->format.test_clock)
		return refuse_clock(a, REASON_CLOCK_FOLLOWS, "to");
	return committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_clock_propose, &x);
}

static int judge_move(struct turn *t, const struct moving *x, struct clock_move *m)
{
	const struct event_time *now = turn_time(t);
	struct clock_act *a = x->a;
	int err = clocks_get(turn_db(t), a->id, m);

	a->why = REASON_NONE;
	if (err != 0)
		return err == ENOENT ? refuse_clock(a, REASON_NOT_FOUND, "id") : err;
	a->why = clock_may_agree(m->proposed_by, &x->c->who.person);
	if (a->why == REASON_NONE &&
		(m->state != MOVE_PROPOSED ||
			(x->agree && !clock_may_move(now->clock, now->wall, m->to))))
		a->why = REASON_STATE;
	return a->why != REASON_NONE ? refuse_clock(a, a->why, "id") : 0;
}

static int decide_clock_move(struct turn *t, void *arg)
{
	struct moving *x = arg;
	struct clock_act *a = x->a;
	const struct about about = { .who = &x->c->who };
	const int64_t from = turn_time(t)->clock;
	struct clock_move m;
	int err = judge_move(t, x, &m);

	if (err != 0)
		return err;
	a->to = m.to;
	return x->agree
		? record_clock_set(t, &about,
			  &(struct clock_set){
				  .from = from, .to = m.to, .id = m.id, .reason = a->reason })
		: record_clock_refuse(t, &about,
			  &(struct clock_refuse){
				  .from = from, .to = m.to, .id = m.id, .reason = a->reason });
}

static int run_move(struct call *c, struct clock_act *a, bool agree)
{
	struct moving x = { .c = c, .a = a, .agree = agree };

	a->why = REASON_NONE;
	if (a->reason != NULL && !text_valid(a->reason, CLOCK_REASON - 1))
		return refuse_clock(a, REASON_VALUE_BAD, "reason");
	return committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_clock_move, &x);
}

int clock_agree(struct call *c, struct clock_act *a)
{
	int err = run_move(c, a, true);

	if (err == 0)
		store_clock_advance(c->fs->store->clock, a->to);
	return err;
}

int clock_refuse(struct call *c, struct clock_act *a)
{
	return run_move(c, a, false);
}
