#include "fs/act/hold.h"

#include <errno.h>

#include "fs/act/target.h"
#include "fs/deposit/deposit.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/casefiles.h"
#include "fs/tree/tree.h"

#define PATH_MOST 2048 /* a longer one is left out of the event */

struct acting {
	struct call *c;
	struct hold_act *a;
};

static struct hold_wish wish_of(const struct hold_act *a)
{
	return (struct hold_wish){
		.on = a->on, .name = a->name, .ground = a->ground, .reason = a->reason
	};
}

/* What the events of a hold are about, and the path that they give. */
struct told {
	struct about about;
	char number[NAME_BUFFER], path[PATH_MOST];
	const char *path_or_null;
};

static int tell_place(struct turn *t, const struct acting *x, struct told *out)
{
	const struct scope *on = &x->a->on;
	int err = on->kase != 0 ? casefiles_number(turn_db(t), on->kase, out->number) : 0;

	out->about = (struct about){
		.who = &x->c->who, .item = on->item, .kase = on->kase != 0 ? out->number : NULL
	};
	if (err != 0)
		return err;
	err = scopes_path(turn_db(t), on, out->path, sizeof out->path);
	out->path_or_null = err == 0 ? out->path : NULL;
	return err == ENOENT || err == ENAMETOOLONG ? 0 : err;
}

static int decide_hold_set(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	const struct hold_wish w = wish_of(a);
	struct hold_set e = { .scope = a->on, .ground = a->ground, .name = a->name };
	struct told told;
	int err = holds_judge_set(turn_db(t), &x->c->who.person, &w, &a->held, &a->why);

	if (err == 0)
		err = reason_errno(a->why);
	if (err != 0 || a->held.hold.id != 0)
		return err;
	err = holds_next_id(turn_db(t), &e.id);
	if (err == 0)
		err = tell_place(t, x, &told);
	if (err != 0)
		return err;
	e.reason = a->reason != NULL ? a->reason : "";
	e.path = told.path_or_null;
	err = record_hold_set(t, &told.about, &e);
	return err == 0 ? holds_get(turn_db(t), e.id, &a->held) : err;
}

static int decide_hold_ask(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	const struct hold_wish w = wish_of(a);
	struct told told;
	int err = holds_judge_ask(turn_db(t), &x->c->who.person, &w, &a->held, &a->why);

	if (err == 0)
		err = reason_errno(a->why);
	if (err != 0 || a->held.hold.asked_by != 0)
		return err;
	err = tell_place(t, x, &told);
	if (err == 0)
		err = record_hold_ask(t, &told.about,
			&(struct hold_ask){ .id = a->held.hold.id,
				.name = a->name,
				.reason = a->reason,
				.path = told.path_or_null });
	return err == 0 ? holds_get(turn_db(t), a->held.hold.id, &a->held) : err;
}

static int decide_hold_release(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	const struct hold_wish w = wish_of(a);
	struct told told;
	int err = holds_judge_release(turn_db(t), &x->c->who.person, &w, &a->held, &a->why);

	if (err == 0)
		err = reason_errno(a->why);
	if (err == 0)
		err = tell_place(t, x, &told);
	if (err == 0)
		err = record_hold_release(t, &told.about,
			&(struct hold_release){ .id = a->held.hold.id,
				.name = a->name,
				.reason = a->reason,
				.path = told.path_or_null });
	return err == 0 ? holds_get(turn_db(t), a->held.hold.id, &a->held) : err;
}

int hold_place(struct call *c, struct hold_act *a)
{
	a->why = REASON_NONE;
	return tree_scope(c, &a->at, &a->on);
}

static int run_hold(struct call *c, struct hold_act *a, enum verb verb, decide_fn decide)
{
	struct acting x = { c, a };
	int err = hold_place(c, a);

	if (err != 0)
		return err;
	if (a->at.kind == NODE_ITEM)
		deposits_settle(c->fs->deposits, a->at.id);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, &x);
	return a->why != REASON_NONE ? target_refuse(c, verb, &a->at, a->why) : err;
}

int hold_set(struct call *c, struct hold_act *a)
{
	return run_hold(c, a, VERB_SETXATTR, decide_hold_set);
}

int hold_ask(struct call *c, struct hold_act *a)
{
	return run_hold(c, a, VERB_REMOVEXATTR, decide_hold_ask);
}

int hold_release(struct call *c, struct hold_act *a)
{
	return run_hold(c, a, VERB_REMOVEXATTR, decide_hold_release);
}
