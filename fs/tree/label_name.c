/* An item's name: renamed and moved, and removed. */
#include "fs/tree/label_private.h"

#include <errno.h>
#include <linux/fs.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/retention.h"
#include "fs/tree/tree.h"
#include "policy/litter.h"

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

static int record_rename(struct turn *t, const struct renaming *r, const struct item *item)
{
	bool kept = item->important && !name_important(item->name); /* set by somebody */

	return record_label_rename(t, &(struct about){ .who = &r->c->who, .item = item->id },
		&(struct label_rename){ .folder = r->to.id,
			.from = item->name,
			.name = r->name,
			.important = name_important(r->name) || kept,
			.settle_until = label_settled_at(r->c->fs, item, turn_time(t)) });
}

/*
 * A sealed item cannot be moved out of a hold, however recent (Q11), nor out of a folder's floor to
 * where it would be kept for less long (promise 6).  Its case may still be corrected while it
 * settles, and its term changes with it: the term is promised once the name is fixed.
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
	return err == 0 ? record_rename(t, r, &item) : err;
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
	/* rsync puts files aside until all have come.  Here they are in their place at once, and
	 * the kernel sees that the later rename is to the same file. */
	if (aside)
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
	/* A client relies on a rename that succeeded; if it came before the close, the close makes
	 * it durable anyway. */
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
	struct about about;
	struct item item;
	int err = catalog_item(turn_db(t), u->id, &item);

	if (err != 0)
		return err;
	u->c->now = *turn_time(t);
	err = judge_unlink(u->c, turn_db(t), &item, &u->why);
	if (err != 0 || u->why != REASON_NONE)
		return err != 0 ? err : reason_errno(u->why);
	u->receiving = item.state == ITEM_RECEIVING;
	about = (struct about){ .who = &u->c->who, .item = item.id };
	return u->receiving
		? record_deposit_incomplete(t, &about,
			  &(struct deposit_incomplete){ .reason = "unlinked", .size = u->size })
		: record_deposit_withdraw(t, &about, &(struct deposit_withdraw){});
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
