#include "fs/act/disposing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fs/act/reading.h"
#include "fs/call/refusal.h"
#include "fs/store/erase.h"
#include "fs/store/query/query.h"
#include "fs/tree/forget.h"

#define PART 32        /* items of one turn */
#define BUDGET_MS 1000 /* of one request */

struct acting {
	struct call *c;
	struct disposing *d;
	enum disposal_act act;
	int64_t bad; /* an item that may not go, found before the turn; 0 */
	enum reason bad_why;
	bool stopped;
};

static int no(struct disposing *d, enum reason why)
{
	d->why = why;
	return reason_errno(why);
}

/* Whether the subject may do that to the proposal, as it stands in db. */
static int may(struct sql *db, struct acting *x)
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

/* The first of a proposal's items that may not go. */
static int find_bad(struct acting *x)
{
	struct sql *db = x->c->db;
	struct sql_rows *rows = sql_query(db,
		"SELECT " ITEM_COLUMNS " FROM disposal_item JOIN item ON "
		"item.id=disposal_item.item WHERE disposal_item.disposal=?"
		" AND item.state<>4 ORDER BY disposal_item.item",
		"i", x->d->id);
	struct item item;
	struct term term;
	int rc = 0, err = 0;

	while (err == 0 && x->bad == 0 && (rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		err = disposals_judge(db, &item, &x->c->now, &term, &x->bad_why);
		if (x->bad_why != REASON_NONE)
			x->bad = item.id;
	}
	sql_done(rows);
	return err != 0 ? err : rc < 0 ? -rc : 0;
}

static int emit_stop(struct turn *t, struct acting *x, int64_t item, enum reason why)
{
	x->stopped = true;
	x->d->item = item;
	return turn_emit(t,
		&(struct event){ .kind = "dispose.stop",
			.who = &x->c->who,
			.item = item,
			DETAILS("{s:I, s:s}", "id", (json_int_t)x->d->id, "reason",
				reason_name(why)) });
}

static int decide(struct turn *t, void *arg)
{
	static const char *const kinds[] = { "dispose.approve", "dispose.refuse",
		"dispose.withdraw" };
	struct acting *x = arg;
	struct disposing *d = x->d;
	int err = may(turn_db(t), x);

	x->stopped = false;
	if (err != 0 || (x->act == DISPOSAL_APPROVE && d->now.state == DISPOSAL_APPROVED))
		return err;
	if (x->bad != 0)
		err = emit_stop(t, x, x->bad, x->bad_why);
	else
		err = turn_emit(t,
			&(struct event){ .kind = kinds[x->act],
				.who = &x->c->who,
				DETAILS("{s:I, s:s?}", "id", (json_int_t)d->id, "reason",
					d->reason) });
	return err == 0 ? disposals_get(turn_db(t), d->id, &d->now) : err;
}

int disposing_decide(struct call *c, struct disposing *d, enum disposal_act act)
{
	struct acting x = { .c = c, .d = d, .act = act };
	int err;

	d->why = REASON_NONE;
	call_subject(c);
	err = may(c->db, &x); /* also before a proposal is gone through: nobody stops it who could
				 not decide on it */
	if (err == 0 && act == DISPOSAL_APPROVE && d->now.state == DISPOSAL_PROPOSED)
		err = find_bad(&x);
	if (err == 0)
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, &x);
	if (err == 0 && x.stopped)
		return no(d, x.bad_why);
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
static int emit_item(struct turn *t, const struct part *p, size_t i)
{
	const struct item *item = &p->items[i];
	const int64_t until = term_until(&p->terms[i]);
	char ended[INSTANT_TEXT];
	char path[2048], day[DAY_TEXT] = "";
	struct folder f;
	bool placed = item->folder != 0 && catalog_folder_any(turn_db(t), item->folder, &f) == 0;

	if (placed)
		day_format(f.day, day);
	instant_format(until, turn_time(t)->utc_offset, ended);
	return turn_emit(t,
		&(struct event){ .kind = "dispose.item",
			.who = &p->c->who,
			.item = item->id,
			DETAILS("{s:I, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:I, s:o, s:o, s:o}",
				"id", (json_int_t)p->d->id, "proposed_by", p->proposed_by,
				"approved_by", p->approved_by, "state",
				item_state_name(item->state), "name", item->name, "path",
				catalog_item_path(turn_db(t), item, path, sizeof path) == 0 ? path
											    : NULL,
				"recorded_on", placed ? day : NULL, "term_ended",
				until > 0 ? ended : NULL, "size", (json_int_t)item->size, "sha256",
				query_hash(item->digested, item->sha256), "sm3",
				query_hash(item->digested, item->sm3), "root",
				query_hash(item->closed, item->root)) });
}

static int next_items(struct sql *db, struct part *p)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT " ITEM_COLUMNS " FROM disposal_item JOIN item ON "
		"item.id=disposal_item.item WHERE disposal_item.disposal=?"
		" AND disposal_item.item>? AND item.state<>4 ORDER BY disposal_item.item LIMIT ?",
		"iii", p->d->id, p->after, (int64_t)PART);
	int rc = 0;

	p->count = 0;
	while (p->count < PART && (rc = sql_next(rows)) == 1)
		catalog_read_item(rows, &p->items[p->count++]);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
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
			err = why == REASON_NONE ? emit_item(t, p, i)
						 : emit_stop(t, &x, p->items[i].id, why);
		if (err == 0 && why == REASON_NONE)
			p->ids[gone++] = p->items[i].id;
	}
	p->count = gone;
	if (err == 0 && why == REASON_NONE &&
		found < PART) /* with the last of them, so that no crash comes between */
		err = turn_emit(t,
			&(struct event){ .kind = "dispose.done",
				.who = &p->c->who,
				DETAILS("{s:I}", "id", (json_int_t)p->d->id) });
	return err == 0 ? disposals_get(db, p->d->id, &p->d->now) : err;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What is disposed of on the ledger: readers stop, the kernel forgets it, and its bytes go. */
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
