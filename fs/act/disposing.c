#include "fs/act/disposing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fs/act/reading.h"
#include "fs/store/erase.h"
#include "fs/tree/forget.h"

#define PART 32        /* items of one turn */
#define BUDGET_MS 1000 /* of one request */
#define PATH_MOST 2048 /* a longer one is left out of the event */

struct acting {
	struct call *c;
	struct disposing *d;
	enum disposal_act act;
	int64_t bad; /* an item that may not go, found before the turn; 0 */
	enum reason bad_why;
	bool stopped;
	int err; /* of judging an item */
};

static int refuse_disposal(struct disposing *d, enum reason why)
{
	d->why = why;
	return reason_errno(why);
}

/* Whether the subject may do that to the proposal, by its state in db. */
static int judge_disposal(struct sql *db, struct acting *x)
{
	struct disposing *d = x->d;
	int err = disposals_may(db, &x->c->who.person, x->act, d->id, &d->now, &d->why);

	if (err != 0)
		return err;
	if (d->why == REASON_NONE &&
		((x->act == DISPOSAL_REFUSE && d->reason == NULL) ||
			(d->reason != NULL && !text_valid(d->reason, DISPOSAL_REASON - 1))))
		d->why = REASON_VALUE_BAD;
	return reason_errno(d->why);
}

/* Whether that item of a proposal may go: stops at the first that may not. */
static bool find_bad(void *arg, const struct item *item)
{
	struct acting *x = arg;
	struct term term;

	x->err = disposals_judge(x->c->db, item, &x->c->now, &term, &x->bad_why);
	if (x->err == 0 && x->bad_why != REASON_NONE)
		x->bad = item->id;
	return x->err == 0 && x->bad == 0;
}

static int judge_items(struct acting *x)
{
	int err = disposals_left(x->c->db, x->d->id, 0, INT64_MAX, find_bad, x);

	return err == 0 ? x->err : err;
}

static int record_stop(struct turn *t, struct acting *x, int64_t item, enum reason why)
{
	x->stopped = true;
	x->d->item = item;
	return record_dispose_stop(t, &(struct about){ .who = &x->c->who, .item = item },
		&(struct dispose_stop){ .id = x->d->id, .reason = reason_name(why) });
}

static int record_decision(struct turn *t, const struct acting *x)
{
	const struct about about = { .who = &x->c->who };
	const int64_t id = x->d->id;
	const char *reason = x->d->reason;

	switch (x->act) {
	case DISPOSAL_APPROVE:
		return record_dispose_approve(
			t, &about, &(struct dispose_approve){ .id = id, .reason = reason });
	case DISPOSAL_REFUSE:
		return record_dispose_refuse(
			t, &about, &(struct dispose_refuse){ .id = id, .reason = reason });
	case DISPOSAL_WITHDRAW:
		return record_dispose_withdraw(
			t, &about, &(struct dispose_withdraw){ .id = id, .reason = reason });
	case DISPOSAL_EXECUTE:
		break;
	}
	return EINVAL;
}

static int decide_disposal(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct disposing *d = x->d;
	int err = judge_disposal(turn_db(t), x);

	x->stopped = false;
	if (err != 0 || (x->act == DISPOSAL_APPROVE && d->now.state == DISPOSAL_APPROVED))
		return err;
	err = x->bad != 0 ? record_stop(t, x, x->bad, x->bad_why) : record_decision(t, x);
	return err == 0 ? disposals_get(turn_db(t), d->id, &d->now) : err;
}

int disposing_decide(struct call *c, struct disposing *d, enum disposal_act act)
{
	struct acting x = { .c = c, .d = d, .act = act };
	int err;

	d->why = REASON_NONE;
	call_subject(c);
	/* checked here, too: only who may decide on a proposal may stop it */
	err = judge_disposal(c->db, &x);
	if (err == 0 && act == DISPOSAL_APPROVE && d->now.state == DISPOSAL_PROPOSED)
		err = judge_items(&x);
	if (err == 0)
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_disposal, &x);
	if (err == 0 && x.stopped)
		return refuse_disposal(d, x.bad_why);
	return err;
}

/* One turn's part. */
struct part {
	struct call *c;
	struct disposing *d;
	int64_t after; /* those before are done */
	struct item items[PART];
	struct term terms[PART];
	int64_t ids[PART];
	size_t count;
	char proposed_by[64], approved_by[64];
};

static int person_number(struct sql *db, int64_t id, char out[64])
{
	struct person p = { .number = "" };
	int err = catalog_person(db, id, &p);

	snprintf(out, 64, "%s", p.number);
	return err;
}

static int may_execute(struct sql *db, struct part *p)
{
	struct disposing *d = p->d;
	int err = disposals_may(db, &p->c->who.person, DISPOSAL_EXECUTE, d->id, &d->now, &d->why);

	if (err == 0)
		err = reason_errno(d->why);
	if (err != 0)
		return err;
	err = person_number(db, d->now.proposed_by, p->proposed_by);
	return err == 0 ? person_number(db, d->now.decided_by, p->approved_by) : err;
}

/* The record of an item that goes: what it was, by whom, under which policy (the entry's own). */
static int record_item(struct turn *t, const struct part *p, size_t i)
{
	const struct item *item = &p->items[i];
	const int64_t until = term_until(&p->terms[i]);
	char path[PATH_MOST];
	bool has_path = catalog_item_path(turn_db(t), item, path, sizeof path) == 0;
	struct folder f = { .day = DAY_NONE };

	if (item->folder != 0)
		(void)catalog_folder_any(turn_db(t), item->folder, &f);
	return record_dispose_item(t, &(struct about){ .who = &p->c->who, .item = item->id },
		&(struct dispose_item){ .id = p->d->id,
			.proposed_by = p->proposed_by,
			.approved_by = p->approved_by,
			.state = item_state_name(item->state),
			.name = item->name,
			.path = has_path ? path : NULL,
			.recorded_on = f.day,
			.term_ended = until > 0 ? until : 0,
			.size = item->size,
			.sha256 = record_hash_of(item->digested, item->sha256),
			.sm3 = record_hash_of(item->digested, item->sm3),
			.root = record_hash_of(item->closed, item->root) });
}

static bool add_item(void *arg, const struct item *item)
{
	struct part *p = arg;

	p->items[p->count++] = *item;
	return p->count < PART;
}

static int next_items(struct sql *db, struct part *p)
{
	p->count = 0;
	return disposals_left(db, p->d->id, p->after, PART, add_item, p);
}

static int decide_part(struct turn *t, void *arg)
{
	struct part *p = arg;
	struct acting x = { .c = p->c, .d = p->d };
	struct sql *db = turn_db(t);
	enum reason why = REASON_NONE;
	size_t found, gone = 0;
	int err = may_execute(db, p);

	if (err == 0)
		err = next_items(db, p);
	if (err != 0)
		return err;
	found = p->count;
	p->d->item = 0;
	for (size_t i = 0; i < found && err == 0 && why == REASON_NONE; i++) {
		err = disposals_judge(db, &p->items[i], turn_time(t), &p->terms[i], &why);
		if (err == 0)
			err = why == REASON_NONE ? record_item(t, p, i)
						 : record_stop(t, &x, p->items[i].id, why);
		if (err == 0 && why == REASON_NONE)
			p->ids[gone++] = p->items[i].id;
	}
	p->count = gone;
	if (err == 0 && why == REASON_NONE &&
		found < PART) /* in the turn of the last item, so that no crash comes between */
		err = record_dispose_done(t, &(struct about){ .who = &p->c->who },
			&(struct dispose_done){ .id = p->d->id });
	return err == 0 ? disposals_get(db, p->d->id, &p->d->now) : err;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Once items are disposed of on the ledger: readers stop, the kernel forgets them, their bytes
 * go. */
static int finish_part(struct call *c, struct part *p)
{
	size_t left = 0;
	int err;

	readings_recheck(c);
	for (size_t i = 0; i < p->count; i++)
		forget_item(c, &p->items[i]);
	p->after = p->ids[p->count - 1];
	err = erase_items(c->fs->store, p->ids, p->count, &left);
	p->d->left += left;
	return err;
}

int disposing_execute(struct call *c, struct disposing *d)
{
	struct part p = { .c = c, .d = d };
	int64_t end = now_ms() + BUDGET_MS;
	int err;

	call_subject(c);
	do {
		d->why = REASON_NONE;
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_part, &p);
		if (err == 0 && p.count > 0)
			err = finish_part(c, &p);
	} while (err == 0 && d->now.state == DISPOSAL_APPROVED && now_ms() < end);
	return err;
}
