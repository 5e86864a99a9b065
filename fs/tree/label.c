#include "fs/tree/label.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/retention.h"
#include "fs/tree/tree.h"
#include "policy/litter.h"

#define XATTR_TOTAL 64 /* attributes an item may carry */

/* The settle window's new end after a label was put right: a quiet time on, but never past its hard
 * end, so that it cannot be renewed for ever. */
static void settle_text(const struct fs *fs, const struct item *item, const struct event_time *now,
	char out[INSTANT_TEXT])
{
	int64_t until = now->clock + fs->options.settle_ms,
		hard = item->sealed + fs->options.settle_max_ms;

	instant_format(until < hard ? until : hard, now->utc_offset, out);
}

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
			((w->uid == UINT32_MAX || w->uid == item->uid) &&
				(w->gid == UINT32_MAX || w->gid == item->gid)));
}

static int decide_relabel(struct turn *t, void *arg)
{
	struct relabel *r = arg;
	const struct label_change *w = r->want;
	char until[INSTANT_TEXT];
	int err = catalog_item(turn_db(t), r->id, &r->item);

	if (err != 0)
		return err;
	r->c->now = *turn_time(t);
	r->why = judge_verb(r->c, &r->item, r->verb, changes_nothing(&r->item, w));
	if (r->why != REASON_NONE)
		return reason_errno(r->why);
	if (r->item.state != ITEM_SEALED || changes_nothing(&r->item, w) ||
		(!w->set_mtime && !w->set_mode))
		return 0; /* while it is received, its close records the label */
	settle_text(r->c->fs, &r->item, turn_time(t), until);
	return turn_emit(t,
		&(struct event){ .kind = "label.attr",
			.who = &r->c->who,
			.item = r->id,
			DETAILS("{s:I, s:I, s:s}", "mtime",
				(json_int_t)(w->set_mtime ? w->mtime : r->item.mtime), "mode",
				(json_int_t)(w->set_mode ? w->mode : r->item.mode), "settle_until",
				until) });
}

int label_change(struct call *c, const struct node *n, const struct label_change *w)
{
	enum verb verb = w->set_mtime ? VERB_UTIMENS : w->set_mode ? VERB_CHMOD : VERB_CHOWN;
	struct relabel r = { .c = c, .id = n->id, .verb = verb, .want = w };
	struct deposit *d = NULL;
	int err = 0;

	if (n->kind == NODE_DATE || n->kind == NODE_CASE)
		return call_browses(c) ? 0 : ENOENT; /* cp -a, rsync and tar set a folder's times
							and mode by habit; they mean nothing here */
	if (n->kind != NODE_ITEM)
		return refusal_answer(
			c, verb, n, NULL, n->kind == NODE_VIEW ? REASON_VIEW : REASON_STRUCTURE);
	deposits_settle(c->fs->deposits, n->id);
	call_subject(c);
	for (int tries = 0; tries < 3; tries++) { /* again where its deposit came to its end between
						     the decision and now */
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

struct renaming {
	struct call *c;
	int64_t id;
	struct node to;
	const char *name;
	bool exchange;
	enum reason why;
	bool receiving;
};

/* Whether a folder may take the item: a case folder of the same unit, device, officer and date. */
static int same_date(struct sql *db, const struct item *item, const struct node *to, bool *same)
{
	struct folder from, f;
	int err;

	*same = false;
	if (to->kind != NODE_CASE)
		return 0;
	err = catalog_folder(db, item->folder, &from);
	if (err == 0)
		err = catalog_folder(db, to->id, &f);
	if (err == 0)
		*same = f.unit == from.unit && f.device == from.device &&
			f.officer == from.officer && f.day == from.day;
	return err;
}

static int emit_rename(struct turn *t, const struct renaming *r, const struct item *item)
{
	char until[INSTANT_TEXT];

	settle_text(r->c->fs, item, turn_time(t), until);
	return turn_emit(t,
		&(struct event){ .kind = "label.rename",
			.who = &r->c->who,
			.item = item->id,
			DETAILS("{s:I, s:s, s:s, s:b, s:s}", "folder", (json_int_t)r->to.id, "from",
				item->name, "name", r->name, "important",
				name_important(r->name) ||
					(item->important && !name_important(item->name)),
				"settle_until", until) });
}

/*
 * What is sealed is not taken out from under a hold, however shortly before it came (Q11), nor from
 * a floor that somebody set to where it would be kept for less long (promise 6).  Which case it is
 * in may still be put right while it settles, and its term with it: what that gives is promised
 * once the name is fixed.
 */
static int judge_move(struct turn *t, struct renaming *r, const struct item *item)
{
	struct item moved = *item;
	bool lost, shorter;
	int err;

	moved.folder = r->to.id;
	err = holds_lost(turn_db(t), item, &moved, &lost);
	if (err == 0)
		err = retention_floors_shorter(
			turn_db(t), item, &moved, turn_time(t)->utc_offset, &shorter);
	if (err == 0)
		r->why = lost ? REASON_HELD : shorter ? REASON_SHORTENS : REASON_NONE;
	return err != 0 ? err : reason_errno(r->why);
}

static int decide_rename(struct turn *t, void *arg)
{
	struct renaming *r = arg;
	struct sql *db = turn_db(t);
	struct item item, other;
	bool same;
	int err = catalog_item(db, r->id, &item), there;

	if (err != 0)
		return err;
	r->c->now = *turn_time(t);
	err = same_date(db, &item, &r->to, &same);
	if (err != 0)
		return err;
	there = r->to.kind == NODE_CASE ? catalog_item_named(db, r->to.id, r->name, &other)
					: ENOENT;
	if (there != 0 && there != ENOENT)
		return there;
	r->receiving = item.state == ITEM_RECEIVING;
	r->why = judge_verb(r->c, &item,
		there == 0 || r->exchange ? VERB_RENAME_OVER
			: same            ? VERB_RENAME
					  : VERB_RENAME_AWAY,
		false);
	if (r->why != REASON_NONE)
		return reason_errno(r->why);
	if (item.state == ITEM_SEALED && item.folder != r->to.id)
		err = judge_move(t, r, &item);
	return err == 0 ? emit_rename(t, r, &item) : err;
}

int label_rename(struct call *c, const struct node *from, const char *name, const struct node *to,
	const char *new_name, unsigned flags)
{
	char clean[NAME_BUFFER];
	struct renaming r = {
		.c = c, .to = *to, .name = clean, .exchange = (flags & RENAME_EXCHANGE) != 0
	};
	bool aside = to->kind == NODE_VIEW && to->view.view == VIEW_ASIDE;
	struct node n;
	enum reason bad;
	int err;

	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return EINVAL;
	err = tree_lookup(c, from, name, &n);
	if (err != 0)
		return err;
	if (aside) /* put aside until all have come: it is in its place, and the kernel knows the
		      later rename for one to the same file */
		r.to = (struct node){ .kind = NODE_CASE, .id = to->view.id };
	if (from->kind == NODE_VIEW || r.to.kind == NODE_VIEW || n.kind == NODE_VIEW)
		return refusal_answer(c, VERB_RENAME, &n, NULL, REASON_VIEW);
	deposits_settle(c->fs->deposits, n.id);
	if (n.kind != NODE_ITEM)
		return refusal_answer(c, VERB_RENAME, &n, NULL, REASON_STRUCTURE);
	bad = name_normalise(new_name, clean);
	if (bad == REASON_NONE && litter_name(clean))
		bad = REASON_DESKTOP_FILE;
	if (bad != REASON_NONE)
		return refusal_answer(c, VERB_RENAME, &n, NULL, bad);
	r.id = n.id;
	call_subject(c);
	/* after the close a client that saw the rename succeed believes it kept; before it, the
	 * close makes it durable */
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_rename, &r);
	return r.why != REASON_NONE
		? refusal_answer(c, r.why == REASON_NO_REPLACE ? VERB_RENAME_OVER : VERB_RENAME, &n,
			  NULL, r.why)
		: refusal_or_error(c, VERB_RENAME, &n, err);
}

struct unlinking {
	struct call *c;
	int64_t id;
	int64_t size;
	enum reason why;
	bool receiving;
};

static int decide_unlink(struct turn *t, void *arg)
{
	struct unlinking *u = arg;
	struct item item;
	int err = catalog_item(turn_db(t), u->id, &item);

	if (err != 0)
		return err;
	u->c->now = *turn_time(t);
	err = judge_unlink(u->c, turn_db(t), &item, &u->why);
	if (err != 0 || u->why != REASON_NONE)
		return err != 0 ? err : reason_errno(u->why);
	u->receiving = item.state == ITEM_RECEIVING;
	if (!u->receiving)
		return turn_emit(t,
			&(struct event){
				.kind = "deposit.withdraw", .who = &u->c->who, .item = item.id });
	return turn_emit(t,
		&(struct event){ .kind = "deposit.incomplete",
			.who = &u->c->who,
			.item = item.id,
			DETAILS("{s:s, s:I}", "reason", "unlinked", "size", (json_int_t)u->size) });
}

int label_unlink(struct call *c, const struct node *parent, const char *name)
{
	struct unlinking u = { .c = c };
	struct deposit *d;
	struct item now;
	struct node n;
	int err;

	err = tree_lookup(c, parent, name, &n);
	if (err != 0)
		return err;
	deposits_settle(c->fs->deposits, n.id);
	if (n.kind != NODE_ITEM)
		return !node_is_dir(&n) ? refusal_answer(c, VERB_UNLINK, &n, NULL, REASON_STRUCTURE)
					: EISDIR;
	if (parent->kind == NODE_VIEW)
		return refusal_answer(c, VERB_UNLINK, &n, NULL, REASON_VIEW);
	u.id = n.id;
	d = deposit_get(c->fs->deposits, n.id);
	if (d != NULL) {
		deposit_stat(d, &now);
		u.size = now.size;
	}
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_unlink, &u);
	if (err == 0 && u.receiving && d != NULL)
		deposit_forgotten(d);
	if (d != NULL)
		deposit_put(c->fs->deposits, d);
	return u.why != REASON_NONE ? refusal_answer(c, VERB_UNLINK, &n, NULL, u.why)
				    : refusal_or_error(c, VERB_UNLINK, &n, err);
}

struct tagging {
	struct call *c;
	int64_t id;
	const char *name;
	const void *value; /* NULL: remove */
	size_t len;
	int flags; /* XATTR_CREATE, XATTR_REPLACE */
	enum reason why;
};

static int check_tag(struct sql *db, const struct tagging *g)
{
	int64_t count;
	bool there;
	int err = deposits_xattrs(db, g->id, g->name, &count, &there);

	if (err != 0)
		return err;
	if (!there && (g->value == NULL || (g->flags & XATTR_REPLACE)))
		return ENODATA;
	if (there && (g->flags & XATTR_CREATE))
		return EEXIST;
	return !there && count >= XATTR_TOTAL ? ENOSPC : 0;
}

static int decide_tag(struct turn *t, void *arg)
{
	struct tagging *g = arg;
	struct item item;
	char until[INSTANT_TEXT], *value = NULL;
	json_t *details;
	int err = catalog_item(turn_db(t), g->id, &item);

	if (err != 0)
		return err;
	g->c->now = *turn_time(t);
	g->why = judge_verb(
		g->c, &item, g->value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR, false);
	if (g->why != REASON_NONE)
		return reason_errno(g->why);
	err = check_tag(turn_db(t), g);
	if (err != 0)
		return err;
	if (g->value != NULL) {
		value = malloc((g->len + 2) / 3 * 4 + 1);
		if (value == NULL)
			return ENOMEM;
		base64_encode(g->value, g->len, value);
	}
	settle_text(g->c->fs, &item, turn_time(t), until);
	details = json_pack(
		"{s:s, s:s?, s:s}", "name", g->name, "value", value, "settle_until", until);
	free(value);
	return turn_emit(t,
		&(struct event){ .kind = "label.xattr",
			.who = &g->c->who,
			.item = g->id,
			.detailed = true,
			.details = details });
}

int label_xattr(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	struct tagging g = {
		.c = c, .id = n->id, .name = name, .value = value, .len = len, .flags = flags
	};
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	int err;

	deposits_settle(c->fs->deposits, n->id);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_ORDERED, decide_tag, &g);
	return g.why != REASON_NONE ? refusal_answer(c, verb, n, NULL, g.why)
				    : refusal_or_error(c, verb, n, err);
}
