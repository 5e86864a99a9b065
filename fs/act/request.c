#include "fs/act/request.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/act/reading.h"
#include "fs/tree/tree.h"
#include "policy/act.h"

struct asking {
	struct call *c;
	struct request_act *a;
	int64_t *items;
	struct scope *folders;
	struct request_terms terms;
	struct casefile kase;
};

static int refuse_part(struct request_act *a, enum reason why, const char *part)
{
	a->why = why;
	a->at_fault = part;
	return reason_errno(why);
}

static int take_item(struct asking *k, int64_t id)
{
	struct item item;
	int err = catalog_item(k->c->db, id, &item);

	if (err == ENOENT || (err == 0 && item.state != ITEM_SEALED))
		return refuse_part(k->a, REASON_NOT_FOUND, "at");
	if (err == 0)
		k->items[k->terms.item_count++] = id;
	return err;
}

static int take_target(struct asking *k, const struct node *n)
{
	struct scope on;
	int err = tree_scope(k->c, n, &on);

	if (err == ENOENT)
		return refuse_part(k->a, REASON_NOT_FOUND, "at");
	if (err != 0 && err != ENOTSUP)
		return err;
	if (err == 0 && on.item != 0)
		return take_item(k, on.item);
	if (err == ENOTSUP || scope_whole(&on) || k->terms.folder_count == REQUEST_FOLDERS_MOST)
		return refuse_part(k->a, REASON_VALUE_BAD, "at");
	k->folders[k->terms.folder_count++] = on;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The same item named twice is one item. */
static void drop_doubles(struct asking *k)
{
	size_t kept = 0;

	qsort(k->items, k->terms.item_count, sizeof *k->items, compare_ids);
	for (size_t i = 0; i < k->terms.item_count; i++)
		if (i == 0 || k->items[i] != k->items[i - 1])
			k->items[kept++] = k->items[i];
	k->terms.item_count = kept;
}

static int take_targets(struct asking *k)
{
	struct request_act *a = k->a;
	int err = 0;

	if (a->count > REQUEST_TARGETS_MOST)
		return refuse_part(a, REASON_VALUE_BAD, "at");
	k->items = calloc(a->count + 1, sizeof *k->items);
	k->folders = calloc(REQUEST_FOLDERS_MOST, sizeof *k->folders);
	if (k->items == NULL || k->folders == NULL)
		return ENOMEM;
	for (a->at_index = 0; a->at_index < a->count; a->at_index++) {
		err = take_target(k, &a->at[a->at_index]);
		if (err != 0)
			return err;
	}
	drop_doubles(k);
	k->terms.items = k->items;
	k->terms.folders = k->folders;
	return 0;
}

static int judge_terms(struct asking *k)
{
	struct request_act *a = k->a;
	int err;

	if (a->purpose == NULL || !text_valid(a->purpose, sizeof a->request.purpose - 1))
		return refuse_part(a, REASON_VALUE_BAD, "purpose");
	if (a->opens < 0)
		return refuse_part(a, REASON_VALUE_BAD, "opens");
	if (a->to <= a->from)
		return refuse_part(a, REASON_VALUE_BAD, "to");
	if ((a->number == NULL) == (a->count == 0)) /* one or the other */
		return refuse_part(a, REASON_VALUE_BAD, "at");
	k->terms.purpose = a->purpose;
	k->terms.from = a->from;
	k->terms.to = a->to;
	k->terms.opens = a->opens;
	if (a->number == NULL)
		return 0;
	err = catalog_case(k->c->db, a->number, &k->kase);
	k->terms.kase = k->kase.number;
	return err == ENOENT ? refuse_part(a, REASON_NOT_FOUND, "number") : err;
}

static int decide_request(struct turn *t, void *arg)
{
	struct asking *k = arg;
	int err = grants_next_id(turn_db(t), &k->terms.id);

	if (err == 0)
		err = grants_record_request(t, &k->c->who, &k->terms);
	return err == 0 ? grants_get(turn_db(t), k->terms.id, &k->a->request) : err;
}

int request_ask(struct call *c, struct request_act *a)
{
	struct asking k = { .c = c, .a = a };
	int err;

	a->at_fault = NULL;
	a->why = act_allowed(&c->who.person, ACT_REQUEST);
	err = reason_errno(a->why);
	if (err == 0)
		err = take_targets(&k);
	if (err == 0)
		err = judge_terms(&k);
	if (err == 0) {
		call_subject(c);
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_request, &k);
	}
	free(k.items);
	free(k.folders);
	return err;
}

struct deciding {
	struct call *c;
	struct request_act *a;
	enum grant_state from, to;
};

static int judge_decision(struct turn *t, const struct deciding *d)
{
	struct request_act *a = d->a;
	bool own = false;
	int err = grants_get(turn_db(t), a->id, &a->request);

	a->why = REASON_NONE;
	if (err == ENOENT)
		return refuse_part(a, REASON_NOT_FOUND, "id");
	if (err == 0)
		err = grants_own_deposit(turn_db(t), a->id, d->c->who.person.id, &own);
	if (err != 0)
		return err;
	a->why = grant_may_decide(&a->request.grant, &d->c->who.person, own);
	if (a->why == REASON_NONE && a->request.grant.state != d->from)
		a->why = REASON_STATE;
	return refuse_part(a, a->why, "id");
}

static int record_decision(struct turn *t, const struct about *about, const struct deciding *d)
{
	int64_t id = d->a->id;
	const char *reason = d->a->reason;

	switch (d->to) {
	case GRANT_APPROVED:
		return record_grant_approve(
			t, about, &(struct grant_approve){ .id = id, .reason = reason });
	case GRANT_DENIED:
		return record_grant_deny(
			t, about, &(struct grant_deny){ .id = id, .reason = reason });
	case GRANT_REVOKED:
		return record_grant_revoke(
			t, about, &(struct grant_revoke){ .id = id, .reason = reason });
	case GRANT_PENDING:
	case GRANT_STATE_COUNT:
		break;
	}
	return EINVAL;
}

static int decide_grant(struct turn *t, void *arg)
{
	const struct deciding *d = arg;
	struct request *r = &d->a->request;
	struct about about = { .who = &d->c->who };
	int err = judge_decision(t, d);

	if (err == 0)
		err = grants_single_item(turn_db(t), d->a->id, &about.item);
	if (err != 0)
		return err;
	about.kase = r->kase[0] != '\0' ? r->kase : NULL;
	err = record_decision(t, &about, d);
	return err == 0 ? grants_get(turn_db(t), d->a->id, r) : err;
}

static int run_decision(
	struct call *c, struct request_act *a, enum grant_state from, enum grant_state to)
{
	struct deciding d = { c, a, from, to };
	int err;

	a->at_fault = NULL;
	a->why = c->who.person.id == 0 ? REASON_NOBODY : REASON_NONE;
	if (a->why == REASON_NONE && a->reason != NULL &&
		!text_valid(a->reason, sizeof a->request.reason - 1))
		return refuse_part(a, REASON_VALUE_BAD, "reason");
	if (a->why != REASON_NONE)
		return reason_errno(a->why);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_grant, &d);
	if (a->why == REASON_NONE) /* also where only the sync failed */
		readings_recheck(c);
	return err;
}

int request_approve(struct call *c, struct request_act *a)
{
	return run_decision(c, a, GRANT_PENDING, GRANT_APPROVED);
}

int request_deny(struct call *c, struct request_act *a)
{
	return run_decision(c, a, GRANT_PENDING, GRANT_DENIED);
}

int request_revoke(struct call *c, struct request_act *a)
{
	return run_decision(c, a, GRANT_APPROVED, GRANT_REVOKED);
}
