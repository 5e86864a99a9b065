#include "fs/tree/label_private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/records/deposits.h"

#define XATTR_TOTAL 64 /* attributes an item may carry */

struct relabel {
	struct call *c;
	int64_t id;
	enum verb verb;
	const struct label_change *want;
	enum reason why;
	struct item item;
};

static bool changes_nothing(const struct item *item, const struct label_change *w)
{
	return (!w->set_mtime || w->mtime == item->mtime) &&
		(!w->set_mode || w->mode == item->mode) &&
		(!w->set_owner ||
			((w->uid == LABEL_KEEP || w->uid == item->uid) &&
				(w->gid == LABEL_KEEP || w->gid == item->gid)));
}

static int decide_relabel(struct turn *t, void *arg)
{
	struct relabel *r = arg;
	const struct label_change *w = r->want;
	int err = catalog_item(turn_db(t), r->id, &r->item);

	if (err != 0)
		return err;
	r->c->now = *turn_time(t);
	r->why = judge_verb(r->c, &r->item, r->verb, changes_nothing(&r->item, w));
	if (r->why != REASON_NONE)
		return reason_errno(r->why);
	if (r->item.state != ITEM_SEALED || changes_nothing(&r->item, w) ||
		(!w->set_mtime && !w->set_mode))
		return 0; /* while it is received, the label is recorded when it is closed */
	return record_label_attr(t, &(struct about){ .who = &r->c->who, .item = r->id },
		&(struct label_attr){ .mtime = w->set_mtime ? w->mtime : r->item.mtime,
			.mode = w->set_mode ? w->mode : r->item.mode,
			.settle_until = label_settled_at(r->c->fs, &r->item, turn_time(t)) });
}

/* cp -a, rsync and tar set a folder's times and mode by habit; they mean nothing here. */
static int change_folder(struct call *c, const struct node *n, enum verb verb)
{
	enum reason why = judge_folder(n, verb);

	if (why != REASON_NONE)
		return refusal_answer(c, verb, n, NULL, why);
	return call_browses(c) ? 0 : ENOENT;
}

int label_change(struct call *c, const struct node *n, const struct label_change *w)
{
	enum verb verb = w->set_mtime ? VERB_UTIMENS : w->set_mode ? VERB_CHMOD : VERB_CHOWN;
	struct relabel r = { .c = c, .id = n->id, .verb = verb, .want = w };
	struct deposit *d = NULL;
	int err = 0;

	if (n->kind != NODE_ITEM)
		return change_folder(c, n, verb);
	deposits_settle(c->fs->deposits, n->id);
	call_subject(c);
	for (int tries = 0; tries < 3; tries++) { /* its deposit may end just after the decision */
		err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_relabel, &r);
		d = err == 0 && r.item.state == ITEM_RECEIVING ? deposit_get(c->fs->deposits, n->id)
							       : NULL;
		if (err != 0 || d != NULL || r.item.state != ITEM_RECEIVING)
			break;
	}
	if (r.why != REASON_NONE)
		return refusal_answer(c, verb, n, NULL, r.why);
	if (err != 0)
		return refusal_or_error(c, verb, n, err);
	if (d == NULL)
		return 0;
	if (w->set_mtime)
		deposit_set_mtime(d, w->mtime);
	if (w->set_mode)
		deposit_set_mode(d, w->mode);
	deposit_put(c->fs->deposits, d);
	return 0;
}

struct attribute {
	struct call *c;
	int64_t id;
	const char *name;
	const void *value; /* NULL: remove */
	size_t len;
	int flags; /* XATTR_CREATE, XATTR_REPLACE */
	enum reason why;
};

static int check_attribute(struct sql *db, const struct attribute *g)
{
	int64_t count;
	bool there;
	int err = deposits_xattr_count(db, g->id, g->name, &count, &there);

	if (err != 0)
		return err;
	if (!there && (g->value == NULL || (g->flags & XATTR_REPLACE)))
		return ENODATA;
	if (there && (g->flags & XATTR_CREATE))
		return EEXIST;
	return !there && count >= XATTR_TOTAL ? ENOSPC : 0;
}

static int decide_attribute(struct turn *t, void *arg)
{
	struct attribute *g = arg;
	struct item item;
	char *value = NULL;
	int err = catalog_item(turn_db(t), g->id, &item);

	if (err != 0)
		return err;
	g->c->now = *turn_time(t);
	g->why = judge_verb(
		g->c, &item, g->value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR, false);
	if (g->why != REASON_NONE)
		return reason_errno(g->why);
	err = check_attribute(turn_db(t), g);
	if (err != 0)
		return err;
	if (g->value != NULL) {
		value = malloc((g->len + 2) / 3 * 4 + 1);
		if (value == NULL)
			return ENOMEM;
		base64_encode(g->value, g->len, value);
	}
	err = record_label_xattr(t, &(struct about){ .who = &g->c->who, .item = g->id },
		&(struct label_xattr){ .name = g->name,
			.value = value,
			.settle_until = label_settled_at(g->c->fs, &item, turn_time(t)) });
	free(value);
	return err;
}

int label_xattr(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	struct attribute g = {
		.c = c, .id = n->id, .name = name, .value = value, .len = len, .flags = flags
	};
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	int err;

	deposits_settle(c->fs->deposits, n->id);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_attribute, &g);
	return g.why != REASON_NONE ? refusal_answer(c, verb, n, NULL, g.why)
				    : refusal_or_error(c, verb, n, err);
}
