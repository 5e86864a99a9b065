#include "fs/act/tag.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/act/target.h"
#include "fs/call/judge.h"
#include "fs/deposit/deposit.h"

struct tagging {
	struct call *c;
	struct tag_act *a;
	bool remove;
	char value[TAG_VALUE]; /* as it is kept; "": none */
};

/* The item's present state, and whose it is.  ENOENT where the subject does not see it. */
static int load_item(
	struct sql *db, const struct call *c, int64_t id, struct item *item, struct tag_item *whose)
{
	int err = catalog_item(db, id, item);

	if (err == 0 && !judge_in_sight(c, item))
		err = ENOENT;
	return err == 0 ? tags_item(db, item, whose) : err;
}

static int decide_tag(struct turn *t, void *arg)
{
	struct tagging *g = arg;
	struct tag_act *a = g->a;
	struct item item;
	struct tag_item whose;
	char now[TAG_VALUE];
	int err;

	a->why = REASON_NONE;
	err = load_item(turn_db(t), g->c, a->at.id, &item, &whose);
	if (err == 0)
		err = tags_get(turn_db(t), &item, a->tag, now);
	if (err != 0)
		return err;
	a->why = tag_may_set(&g->c->who.person, &whose);
	err = reason_errno(a->why);
	if (err == 0)
		err = g->remove && now[0] == '\0'
			? ENODATA
			: target_presence(a->only_new, a->only_change, now[0] != '\0');
	if (err != 0 || strcmp(now, g->value) == 0)
		return err;
	return record_tag_set(t, &(struct about){ .who = &g->c->who, .item = item.id },
		&(struct tag_set){
			.name = tag_name(a->tag), .value = g->remove ? NULL : g->value });
}

static enum reason read_value(struct tagging *g)
{
	const struct tag_act *a = g->a;

	if (a->at.kind != NODE_ITEM) /* folders have numbers of their own */
		return REASON_NOT_SUPPORTED;
	g->remove = a->value == NULL && a->tag != TAG_IMPORTANT;
	if (g->remove)
		return REASON_NONE;
	return tag_value(a->tag, a->value != NULL ? a->value : "no", g->value) ? REASON_NONE
									       : REASON_VALUE_BAD;
}

int tag_set(struct call *c, struct tag_act *a)
{
	struct tagging g = { .c = c, .a = a };
	int err;

	a->why = read_value(&g);
	err = reason_errno(a->why);
	if (err == 0) {
		deposits_settle(c->fs->deposits, a->at.id);
		call_subject(c);
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_tag, &g);
	}
	return a->why != REASON_NONE
		? target_refuse(
			  c, a->value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR, &a->at, a->why)
		: err;
}

struct calling_unrelated {
	struct call *c;
	struct tag_unrelated_act *a;
};

static int decide_unrelated(struct turn *t, void *arg)
{
	const struct calling_unrelated *u = arg;
	const struct person *who = &u->c->who.person;
	const struct about about = { .who = &u->c->who, .item = u->a->at.id };
	struct tag_unrelated_act *a = u->a;
	struct item item;
	struct tag_item whose;
	struct unrelated_tag now;
	int err;

	a->why = REASON_NONE;
	err = load_item(turn_db(t), u->c, a->at.id, &item, &whose);
	if (err == 0)
		err = tags_get_unrelated(turn_db(t), item.id, &now);
	if (err != 0)
		return err;
	a->why = a->verdict == TAG_UNRELATED_PROPOSE
		? unrelated_may_propose(who, &whose, now.state)
		: unrelated_may_decide(who, &whose, now.state, now.proposed_by);
	if (a->why != REASON_NONE)
		return reason_errno(a->why);
	if (a->verdict == TAG_UNRELATED_PROPOSE)
		return record_unrelated_propose(
			t, &about, &(struct unrelated_propose){ .reason = a->reason });
	return record_unrelated_decide(t, &about,
		&(struct unrelated_decide){
			.unrelated = a->verdict == TAG_UNRELATED_AGREE, .reason = a->reason });
}

static bool reason_bad(const struct tag_unrelated_act *a)
{
	if (a->reason == NULL)
		return a->verdict == TAG_UNRELATED_PROPOSE;
	return !text_valid(a->reason, sizeof(((struct unrelated_tag *)0)->reason) - 1);
}

int tag_unrelated(struct call *c, struct tag_unrelated_act *a)
{
	struct calling_unrelated u = { c, a };
	int err = 0;

	a->why = a->at.kind != NODE_ITEM ? REASON_NOT_SUPPORTED
		: reason_bad(a)          ? REASON_VALUE_BAD
					 : REASON_NONE;
	if (a->why == REASON_NONE) {
		deposits_settle(c->fs->deposits, a->at.id);
		call_subject(c);
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_unrelated, &u);
	}
	return a->why != REASON_NONE ? target_refuse(c, VERB_SETXATTR, &a->at, a->why) : err;
}
