#include "fs/act/copy.h"

#include <errno.h>

#include "policy/act.h"

struct copying {
	struct call *c;
	struct copy_act *a;
};

static int refuse_copy(struct copy_act *a, enum reason why, const char *at_fault)
{
	a->why = why;
	a->at_fault = at_fault;
	return reason_errno(why);
}

/* Finds the medium, or registers it. */
static int find_medium(struct turn *t, const struct copying *x)
{
	struct sql *db = turn_db(t);
	struct copy_act *a = x->a;
	struct copy_register e = { .medium = a->medium, .type = copy_type_name(a->type) };
	int err = copies_named(db, a->medium, &a->copy);

	if (err == 0)
		return a->copy.type == a->type ? 0 : refuse_copy(a, REASON_DIFFERS, "type");
	if (err == ENOENT)
		err = copies_next_id(db, &e.id);
	if (err == 0)
		err = record_copy_register(t, &(struct about){ .who = &x->c->who }, &e);
	return err == 0 ? copies_named(db, a->medium, &a->copy) : err;
}

static int register_item(struct turn *t, const struct copying *x, int64_t id)
{
	struct copy_act *a = x->a;
	struct copy_item e = { .id = a->copy.id, .medium = a->medium };
	struct item item;
	bool there;
	int err = catalog_item(turn_db(t), id, &item);

	if (err == ENOENT || (err == 0 && item.state != ITEM_SEALED))
		return refuse_copy(a, REASON_NOT_FOUND, "items");
	if (err == 0 && !item.digested)
		return refuse_copy(a, REASON_UNDIGESTED, NULL);
	if (err == 0)
		err = copies_has(turn_db(t), a->copy.id, id, &there);
	if (err != 0 || there)
		return err;
	e.sha256 = record_hash_of(true, item.sha256);
	return record_copy_item(t, &(struct about){ .who = &x->c->who, .item = id }, &e);
}

static int decide_copy_register(struct turn *t, void *arg)
{
	struct copying *x = arg;
	struct copy_act *a = x->a;
	int err;

	a->why = REASON_NONE;
	err = find_medium(t, x);
	for (size_t i = 0; i < a->count && err == 0; i++)
		err = register_item(t, x, a->items[i]);
	return err == 0 ? copies_named(turn_db(t), a->medium, &a->copy) : err;
}

static int judge_register(const struct call *c, struct copy_act *a)
{
	a->why = act_allowed(&c->who.person, ACT_COPY);
	if (a->why != REASON_NONE)
		return refuse_copy(a, a->why, NULL);
	if (a->medium == NULL || !medium_valid(a->medium))
		return refuse_copy(a, REASON_VALUE_BAD, "medium");
	if (a->type == COPY_TYPE_COUNT)
		return refuse_copy(a, REASON_VALUE_BAD, "type");
	if (a->count == 0 || a->count > COPY_ITEMS_MOST)
		return refuse_copy(a, REASON_VALUE_BAD, "items");
	return 0;
}

int copy_register(struct call *c, struct copy_act *a)
{
	struct copying x = { c, a };
	int err = judge_register(c, a);

	return err == 0
		? committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_copy_register, &x)
		: err;
}

static int decide_copy_report(struct turn *t, void *arg)
{
	struct copying *x = arg;
	struct copy_act *a = x->a;
	int err = copies_named(turn_db(t), a->medium, &a->copy);

	if (err == ENOENT)
		return refuse_copy(a, REASON_NOT_FOUND, "medium");
	a->why = REASON_NONE;
	if (err == 0)
		err = copies_record_reading(
			t, &(struct about){ .who = &x->c->who }, &a->copy, &a->reading);
	return err == 0 ? copies_named(turn_db(t), a->medium, &a->copy) : err;
}

static int judge_report(const struct call *c, struct copy_act *a)
{
	const struct copy_reading *r = &a->reading;

	a->why = act_allowed(&c->who.person, ACT_COPY);
	if (a->why != REASON_NONE)
		return refuse_copy(a, a->why, NULL);
	if (a->medium == NULL)
		return refuse_copy(a, REASON_VALUE_BAD, "medium");
	if (r->missing == NULL || r->damaged == NULL)
		return refuse_copy(a, REASON_VALUE_BAD, r->missing == NULL ? "missing" : "damaged");
	if (r->missing_count < (int64_t)r->missing_listed ||
		r->damaged_count < (int64_t)r->damaged_listed)
		return refuse_copy(a, REASON_VALUE_BAD, "missing_count");
	if (r->files < 0 || r->extra < 0)
		return refuse_copy(a, REASON_VALUE_BAD, r->files < 0 ? "files" : "extra");
	return 0;
}

int copy_report(struct call *c, struct copy_act *a)
{
	struct copying x = { c, a };
	int err = judge_report(c, a);

	return err == 0
		? committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_copy_report, &x)
		: err;
}
