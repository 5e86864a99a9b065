#include "fs/act/term.h"

#include <errno.h>

#include "fs/act/target.h"
#include "fs/call/judge.h"
#include "fs/deposit/deposit.h"
#include "fs/store/records/retention.h"
#include "fs/tree/tree.h"
#include "policy/act.h"

struct lengthening_term {
	struct call *c;
	struct term_act *a;
};

static int record_term(struct turn *t, const struct lengthening_term *l)
{
	const struct term_act *a = l->a;
	bool on_item = a->at.kind == NODE_ITEM;
	const struct about about = { .who = &l->c->who, .item = on_item ? a->at.id : 0 };
	struct scope on = SCOPE_ANY;

	if (!on_item)
		on = a->on;
	return a->class != NULL ? record_retain_class(t, &about,
					  &(struct retain_class){ .klass = a->class, .scope = on })
				: record_retain_until(t, &about,
					  &(struct retain_until){ .until = a->until, .scope = on });
}

static int load_item(struct sql *db, const struct lengthening_term *l, struct item *out)
{
	int err = catalog_item(db, l->a->at.id, out);

	return err == 0 && !judge_in_sight(l->c, out) ? ENOENT : err;
}

static int decide_term(struct turn *t, void *arg)
{
	struct lengthening_term *l = arg;
	struct term_act *a = l->a;
	struct item item;
	bool on_item = a->at.kind == NODE_ITEM, exists = false;
	const struct lengthening change = {
		.item = on_item ? &item : NULL, .on = &a->on, .class = a->class, .until = a->until
	};
	int err = on_item ? load_item(turn_db(t), l, &item) : 0;

	a->why = REASON_NONE;
	if (err == 0)
		err = retention_judge(turn_db(t), &change, turn_time(t), &exists, &a->why);
	if (err == 0 && a->why != REASON_CLASS_UNKNOWN)
		err = target_presence(a->only_new, a->only_change, exists);
	if (err != 0)
		a->why = REASON_NONE;
	if (err == 0)
		err = reason_errno(a->why);
	return err == 0 ? record_term(t, l) : err;
}

/* Judges what needs no committer. */
static int prepare_term(struct call *c, struct term_act *a)
{
	int err = 0;

	a->why = act_allowed(&c->who.person, ACT_RETAIN);
	if (a->why == REASON_NONE && a->remove)
		a->why = REASON_SHORTENS;
	if (a->why == REASON_NONE && a->malformed)
		a->why = REASON_VALUE_BAD;
	if (a->why == REASON_NONE && a->class != NULL && !class_name_valid(a->class))
		a->why = REASON_CLASS_UNKNOWN;
	if (a->why == REASON_NONE && a->at.kind != NODE_ITEM) {
		err = tree_scope(c, &a->at, &a->on);
		if (err == 0 && scope_whole(&a->on))
			a->why = REASON_VALUE_BAD; /* a mistyped path must not affect the whole
						      store */
	}
	return err != 0 ? err : reason_errno(a->why);
}

int term_set(struct call *c, struct term_act *a)
{
	struct lengthening_term l = { c, a };
	int err = prepare_term(c, a);

	if (err == 0) {
		deposits_settle(c->fs->deposits, a->at.kind == NODE_ITEM ? a->at.id : 0);
		call_subject(c);
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_term, &l);
	}
	return a->why != REASON_NONE
		? target_refuse(c, a->remove ? VERB_REMOVEXATTR : VERB_SETXATTR, &a->at, a->why)
		: err;
}
