#include "fs/act/proposing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/target.h"
#include "fs/call/judge.h"
#include "fs/deposit/deposit.h"
#include "fs/store/catalog/scope_items.h"
#include "fs/tree/tree.h"

#define ITEMS_MOST 10000  /* of one proposal */
#define JUDGED_MOST 20000 /* candidates judged in one act: a second or two */

struct gathering {
	struct call *c;
	struct proposing *p;
	int64_t *items; /* ITEMS_MOST */
	size_t count;
	struct disposal_mark mark; /* how far the collecting has come */
	size_t judged;
	bool more;
	const char *kind; /* NULL: named */
	int64_t id;       /* of the proposal */
	int64_t clash;    /* an item that another open proposal has */
	int err;          /* inside a catalog's listing */
};

static int refuse_proposal(struct proposing *p, enum reason why, const char *at_fault)
{
	p->why = why;
	p->at_fault = at_fault;
	return reason_errno(why);
}

/* Refuses a named item: the attempt is recorded with it. */
static int refuse_item(struct gathering *g, int64_t item, enum reason why)
{
	g->p->item = item;
	(void)target_refuse(
		g->c, VERB_UNLINK, &(struct node){ .kind = NODE_ITEM, .id = item }, why);
	return refuse_proposal(g->p, why, "items");
}

/* Why the subject may not propose the item; REASON_NONE where they may. */
static int judge_item(struct gathering *g, const struct item *item, enum reason *why)
{
	struct call *c = g->c;
	struct deposit *d;
	struct term term;
	int64_t unit, id;
	bool open;
	int err = disposals_unit(c->db, item, &unit);

	if (err != 0)
		return err;
	*why = disposal_may_propose(&c->who.person, unit);
	if (*why != REASON_NONE)
		return 0;
	err = disposals_judge(c->db, item, &c->now, &term, why);
	if (err != 0 || *why != REASON_NONE)
		return err;
	err = disposals_open(c->db, item->id, &open, &id);
	if (err == 0 && open)
		*why = REASON_PROPOSED;
	d = *why == REASON_NONE ? deposit_get(c->fs->deposits, item->id) : NULL;
	if (d != NULL) { /* its depositor has it open still */
		deposit_put(c->fs->deposits, d);
		*why = REASON_STATE;
	}
	return err;
}

static int add_named(struct gathering *g, int64_t id, bool in_sight)
{
	const struct proposing *p = g->p;
	enum reason why = REASON_NONE;
	struct item item;
	int err = catalog_item(g->c->db, id, &item);

	if (err == ENOENT || (err == 0 && in_sight && !judge_in_sight(g->c, &item)))
		return refuse_proposal(g->p, REASON_NOT_FOUND, "items");
	if (err == 0 && p->by_state && item.state != p->state)
		why = REASON_STATE;
	else if (err == 0)
		err = judge_item(g, &item, &why);
	if (err != 0)
		return err;
	if (why != REASON_NONE)
		return refuse_item(g, id, why);
	if (g->count == ITEMS_MOST)
		return refuse_proposal(g->p, REASON_VALUE_BAD, "items");
	g->items[g->count++] = id;
	return 0;
}

static bool add_listed(void *arg, const struct item *item)
{
	struct gathering *g = arg;

	g->err = add_named(g, item->id, true);
	return g->err == 0;
}

static int add_path(struct gathering *g, const char *path)
{
	struct scope_mark mark = SCOPE_START;
	struct scope s;
	struct node n;
	size_t before = g->count;
	int err = target_find(g->c, path, 0, &n);

	if (err == 0)
		err = tree_scope(g->c, &n, &s);
	if (err == ENOENT)
		return refuse_proposal(g->p, REASON_NOT_FOUND, "paths");
	if (err == ENOTSUP) /* a party, a cause: no part of the tree */
		return refuse_proposal(g->p, REASON_VALUE_BAD, "paths");
	if (err != 0 || n.kind == NODE_ITEM)
		return err != 0 ? err : add_named(g, n.id, true);
	if (scope_whole(&s))
		return refuse_proposal(g->p, REASON_VALUE_BAD, "paths");
	err = scope_items(g->c->db, &s, &mark, ITEMS_MOST + 1, add_listed, g);
	if (err == 0)
		err = g->err;
	return err == 0 && g->count == before ? refuse_proposal(g->p, REASON_NOT_FOUND, "paths")
					      : err;
}

static int gather_named(struct gathering *g)
{
	const struct proposing *p = g->p;
	int err = 0;

	for (size_t i = 0; i < p->path_count && err == 0; i++)
		err = add_path(g, p->paths[i]);
	for (size_t i = 0; i < p->item_count && err == 0; i++)
		err = add_named(g, p->items[i], false);
	return err;
}

/* Takes a candidate, or passes over it where it may not be proposed. */
static bool add_candidate(void *arg, const struct item *item)
{
	struct gathering *g = arg;
	enum reason why;

	g->mark = (struct disposal_mark){ .until = item->retain_until, .item = item->id };
	g->judged++;
	g->err = judge_item(g, item, &why);
	if (g->err == 0 && why == REASON_NONE)
		g->items[g->count++] = item->id;
	return g->err == 0 && g->count < ITEMS_MOST;
}

static int gather_candidates(struct gathering *g)
{
	const struct disposal_mark from = g->mark;
	struct sql *db = g->c->db;
	int err = g->p->expired
		? disposals_expired(db, g->c->who.person.unit, g->c->now.clock, &from, JUDGED_MOST,
			  add_candidate, g)
		: disposals_unsealed(db, g->p->state, from.item, JUDGED_MOST, add_candidate, g);

	g->more = g->count == ITEMS_MOST || g->judged == JUDGED_MOST;
	return err == 0 ? g->err : err;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void drop_doubles(struct gathering *g)
{
	size_t kept = 0;

	qsort(g->items, g->count, sizeof *g->items, compare_ids);
	for (size_t i = 0; i < g->count; i++)
		if (i == 0 || g->items[i] != g->items[i - 1])
			g->items[kept++] = g->items[i];
	g->count = kept;
}

/* "123456:78": where to continue collecting. */
static int read_cursor(struct gathering *g)
{
	const char *cursor = g->p->cursor;
	long long until, item;
	char rest;

	g->mark.until = INT64_MIN;
	if (cursor == NULL)
		return 0;
	if (sscanf(cursor, "%lld:%lld%c", &until, &item, &rest) != 2)
		return refuse_proposal(g->p, REASON_VALUE_BAD, "cursor");
	g->mark = (struct disposal_mark){ .until = until, .item = item };
	return 0;
}

static int judge_unit(struct gathering *g)
{
	struct unit u;
	int err = g->p->unit != NULL ? catalog_unit_find(g->c->db, g->p->unit, &u) : 0;

	if (err != 0)
		return err == ENOENT ? refuse_proposal(g->p, REASON_NOT_FOUND, "unit") : err;
	return g->p->unit != NULL && u.id != g->c->who.person.unit
		? refuse_proposal(g->p, REASON_NOT_CUSTODIAN, "unit")
		: 0;
}

static int gather(struct gathering *g)
{
	struct proposing *p = g->p;
	const bool named = p->path_count + p->item_count > 0;
	int err = judge_unit(g);

	if (err != 0)
		return err;
	if (p->by_state && p->state != ITEM_INCOMPLETE && p->state != ITEM_WITHDRAWN)
		return refuse_proposal(p, REASON_VALUE_BAD, "state");
	if (p->expired ? named || p->by_state : !named && !p->by_state)
		return refuse_proposal(p, REASON_VALUE_BAD, "items");
	err = read_cursor(g);
	if (err != 0)
		return err;
	g->kind = p->expired ? "expired" : p->by_state ? item_state_name(p->state) : NULL;
	return named ? gather_named(g) : gather_candidates(g);
}

/* Checks that no other proposal has taken an item meanwhile. */
static int judge_free(struct turn *t, struct gathering *g)
{
	int64_t id;
	bool open;
	int err = 0;

	g->p->why = REASON_NONE;
	for (size_t i = 0; i < g->count && err == 0; i++) {
		err = disposals_open(turn_db(t), g->items[i], &open, &id);
		if (err == 0 && open) {
			g->clash = g->items[i];
			err = refuse_proposal(g->p, REASON_PROPOSED, "items");
		}
	}
	return err;
}

static int decide_proposal(struct turn *t, void *arg)
{
	struct gathering *g = arg;
	int err = judge_free(t, g);

	if (err == 0)
		err = disposals_next_id(turn_db(t), &g->id);
	if (err == 0)
		err = disposals_record_wish(t, &g->c->who,
			&(struct disposal_wish){ .id = g->id,
				.kind = g->kind != NULL ? g->kind : "named",
				.reason = g->p->reason,
				.items = g->items,
				.count = g->count });
	return err == 0 ? disposals_get(turn_db(t), g->id, &g->p->now) : err;
}

static int propose(struct gathering *g)
{
	struct proposing *p = g->p;
	int err = gather(g);

	if (err != 0)
		return err;
	drop_doubles(g);
	if (g->count > 0)
		err = committer_run(g->c->fs->store->committer, COMMIT_DURABLE, decide_proposal, g);
	if (p->why != REASON_NONE)
		return refuse_item(g, g->clash, p->why);
	if (g->more)
		snprintf(p->next, sizeof p->next, "%lld:%lld", (long long)g->mark.until,
			(long long)g->mark.item);
	return err;
}

int proposing_run(struct call *c, struct proposing *p)
{
	struct gathering g = { .c = c, .p = p };
	int err;

	p->item = p->now.id = 0;
	p->next[0] = '\0';
	p->why = disposal_may_propose(&c->who.person, 0);
	if (p->why != REASON_NONE)
		return refuse_proposal(p, p->why, NULL);
	if (p->reason != NULL && !text_valid(p->reason, DISPOSAL_REASON - 1))
		return refuse_proposal(p, REASON_VALUE_BAD, "reason");
	g.items = malloc(ITEMS_MOST * sizeof *g.items);
	if (g.items == NULL)
		return ENOMEM;
	err = propose(&g);
	free(g.items);
	return err;
}
