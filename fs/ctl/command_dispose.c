/* custody dispose propose: what is to be disposed of, named or collected (Art. 11, 12). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/disposing.h"
#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/ctl/command.h"
#include "fs/deposit/deposit.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scope_items.h"
#include "fs/store/records/disposals.h"
#include "fs/tree/tree.h"

#define ITEMS_MOST 10000     /* of one proposal */
#define LOOKED_AT_MOST 20000 /* candidates judged in one request: a second or two */
#define ITEMS_TOLD 2000      /* of one event: it has to fit an entry */

struct proposing {
	struct call *c;
	struct query *q;
	int64_t *items;
	size_t count;
	bool full;
	const char *kind, *reason;
	int64_t id;
	int64_t clash; /* an item that another open proposal has */
	enum reason why;
	int err;
	int64_t until, after; /* how far the collecting has come */
	bool more;
};

/* Why the subject may not propose the item; REASON_NONE where they may. */
static int judge(struct proposing *p, const struct item *item, enum reason *why)
{
	struct deposit *d;
	struct term term;
	int64_t unit, id;
	bool open;
	int err = disposals_unit(p->c->db, item, &unit);

	if (err != 0)
		return err;
	*why = disposal_may_propose(&p->c->who.person, unit);
	if (*why != REASON_NONE)
		return 0;
	err = disposals_judge(p->c->db, item, &p->c->now, &term, why);
	if (err != 0 || *why != REASON_NONE)
		return err;
	err = disposals_open(p->c->db, item->id, &open, &id);
	if (err == 0 && open)
		*why = REASON_PROPOSED;
	d = *why == REASON_NONE ? deposit_get(p->c->fs->deposits, item->id) : NULL;
	if (d != NULL) { /* whoever deposits it has it open still */
		deposit_put(p->c->fs->deposits, d);
		*why = REASON_STATE;
	}
	return err;
}

/* A named item that may not be disposed of: the attempt is on its trail, and nothing is
 * proposed. */
static int refuse_item(struct proposing *p, int64_t item, enum reason why)
{
	const struct node n = { .kind = NODE_ITEM, .id = item };

	if (reason_errno(why) == EACCES || reason_errno(why) == EPERM) {
		refusal_record(p->c, VERB_UNLINK, &n, NULL, why);
		p->q->recorded = true;
	}
	p->q->item = item;
	return query_refuse(p->q, why, "items");
}

static int add(struct proposing *p, int64_t item)
{
	if (p->count == ITEMS_MOST)
		return query_refuse(p->q, REASON_VALUE_BAD, "items");
	p->items[p->count++] = item;
	return 0;
}

static int add_named(struct proposing *p, int64_t id, bool in_sight)
{
	struct item item;
	enum reason why;
	int err = catalog_item(p->c->db, id, &item);

	if (err == ENOENT || (err == 0 && in_sight && !judge_in_sight(p->c, &item)))
		return query_refuse(p->q, REASON_NOT_FOUND, "items");
	if (err == 0 && p->kind != NULL && strcmp(item_state_name(item.state), p->kind) != 0)
		return refuse_item(p, id, REASON_STATE);
	if (err == 0)
		err = judge(p, &item, &why);
	if (err != 0)
		return err;
	return why != REASON_NONE ? refuse_item(p, id, why) : add(p, id);
}

static bool add_one(void *arg, const struct item *item)
{
	struct proposing *p = arg;

	p->err = add_named(p, item->id, true);
	return p->err == 0;
}

static int add_path(struct proposing *p, const char *path)
{
	struct scope_mark mark = SCOPE_START;
	struct scope s;
	struct node n;
	size_t before = p->count;
	int err = tree_resolve(p->c, path, &n);

	if (err == 0)
		err = tree_scope(p->c, &n, &s);
	if (err == ENOENT || err == ENOTDIR || err == ENAMETOOLONG)
		return query_refuse(p->q, REASON_NOT_FOUND, "paths");
	if (err == ENOTSUP) /* a party, a cause: no part of the tree */
		return query_refuse(p->q, REASON_VALUE_BAD, "paths");
	if (err != 0 || n.kind == NODE_ITEM)
		return err != 0 ? err : add_named(p, n.id, true);
	if (scope_whole(&s))
		return query_refuse(p->q, REASON_VALUE_BAD, "paths");
	err = scope_items(p->c->db, &s, &mark, ITEMS_MOST + 1, add_one, p);
	if (err == 0)
		err = p->err;
	return err == 0 && p->count == before ? query_refuse(p->q, REASON_NOT_FOUND, "paths") : err;
}

static int gather_named(struct proposing *p, const json_t *request)
{
	const json_t *paths = json_object_get(request, "paths"),
		     *items = json_object_get(request, "items"), *one;
	size_t i;
	int err = 0;

	json_array_foreach(paths, i, one)
		if (err == 0)
			err = add_path(p, json_string_value(one));
	json_array_foreach(items, i, one)
		if (err == 0)
			err = add_named(p, json_integer_value(one), false);
	return err;
}

/* Of what a query collects, all that may be proposed.  What may not is passed over. */
static int collect(struct proposing *p, struct sql_rows *rows)
{
	struct item item;
	enum reason why;
	size_t seen = 0;
	int rc = 0, err = 0;

	while (err == 0 && p->count < ITEMS_MOST && (rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		p->until = item.retain_until;
		p->after = item.id;
		seen++;
		err = judge(p, &item, &why);
		if (err == 0 && why == REASON_NONE)
			p->items[p->count++] = item.id;
	}
	p->more = p->count == ITEMS_MOST || seen == LOOKED_AT_MOST;
	sql_done(rows);
	return err != 0 ? err : rc < 0 ? -rc : 0;
}

static int gather_expired(struct proposing *p)
{
	return collect(p,
		sql_query(p->c->db,
			"SELECT " ITEM_COLUMNS " FROM item JOIN folder ON folder.id=item.folder "
			"WHERE item.state=1 AND item.retain_until>=?1"
			" AND item.retain_until<=?2 AND (item.retain_until>?1 OR item.id>?3) AND "
			"folder.unit=?4 ORDER BY item.retain_until, item.id LIMIT ?5",
			"iiiii", p->until, p->c->now.clock, p->after, p->c->who.person.unit,
			(int64_t)LOOKED_AT_MOST));
}

static int gather_apart(struct proposing *p, enum item_state state)
{
	return collect(p,
		sql_query(p->c->db,
			"SELECT " ITEM_COLUMNS
			" FROM item WHERE state=?1 AND state<>1 AND id>?2 ORDER BY id LIMIT ?3",
			"iii", (int64_t)state, p->after, (int64_t)LOOKED_AT_MOST));
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void unique(struct proposing *p)
{
	size_t kept = 0;

	qsort(p->items, p->count, sizeof *p->items, compare_ids);
	for (size_t i = 0; i < p->count; i++)
		if (i == 0 || p->items[i] != p->items[i - 1])
			p->items[kept++] = p->items[i];
	p->count = kept;
}

/* Nothing that another proposal took meanwhile. */
static int check_free(struct turn *t, struct proposing *p)
{
	int64_t id;
	bool open;
	int err = 0;

	p->why = REASON_NONE;
	for (size_t i = 0; i < p->count && err == 0; i++) {
		err = disposals_open(turn_db(t), p->items[i], &open, &id);
		if (err == 0 && open) {
			p->clash = p->items[i];
			p->why = REASON_PROPOSED;
			return reason_errno(p->why);
		}
	}
	return err;
}

static int emit_items(struct turn *t, const struct proposing *p, size_t from)
{
	json_t *items = json_array(), *details;

	for (size_t i = from; i < p->count && i < from + ITEMS_TOLD; i++)
		json_array_append_new(items, json_integer(p->items[i]));
	if (from == 0)
		details = json_pack("{s:I, s:s, s:s?, s:I, s:o}", "id", (json_int_t)p->id, "kind",
			p->kind != NULL ? p->kind : "named", "reason", p->reason, "count",
			(json_int_t)p->count, "items", items);
	else
		details = json_pack("{s:I, s:o}", "id", (json_int_t)p->id, "items", items);
	return turn_emit(t,
		&(struct event){ .kind = from == 0 ? "dispose.propose" : "dispose.items",
			.who = &p->c->who,
			.item = p->count == 1 ? p->items[0] : 0,
			.detailed = true,
			.details = details });
}

static int decide_propose(struct turn *t, void *arg)
{
	struct proposing *p = arg;
	int err = check_free(t, p);

	if (err == 0)
		err = sql_value(
			turn_db(t), &p->id, "SELECT coalesce(max(id),0)+1 FROM disposal", "");
	for (size_t from = 0; from < p->count && err == 0; from += ITEMS_TOLD)
		err = emit_items(t, p, from);
	return err;
}

/* "123456:78": where the collecting goes on. */
static int read_cursor(struct proposing *p, const json_t *request)
{
	const char *cursor = jsonget_str(request, "cursor");
	long long until, after;
	char rest;

	p->until = INT64_MIN;
	if (cursor == NULL)
		return 0;
	if (sscanf(cursor, "%lld:%lld%c", &until, &after, &rest) != 2)
		return query_refuse(p->q, REASON_VALUE_BAD, "cursor");
	p->until = until;
	p->after = after;
	return 0;
}

static int check_unit(struct proposing *p, const json_t *request)
{
	const char *unit = jsonget_str(request, "unit");
	struct unit u;
	int err;

	if (unit == NULL)
		return 0;
	err = catalog_unit_find(p->c->db, unit, &u);
	if (err == ENOENT)
		return query_refuse(p->q, REASON_NOT_FOUND, "unit");
	return err == 0 && u.id != p->c->who.person.unit
		? query_refuse(p->q, REASON_NOT_CUSTODIAN, "unit")
		: err;
}

static int gather(struct proposing *p, const json_t *request)
{
	const char *state = jsonget_str(request, "state");
	enum item_state s = state != NULL ? item_state_parse(state) : ITEM_STATE_COUNT;
	bool expired = json_is_true(json_object_get(request, "expired"));
	bool named = json_array_size(json_object_get(request, "paths")) +
			json_array_size(json_object_get(request, "items")) >
		0;
	int err = check_unit(p, request);

	if (err == 0 && state != NULL && s != ITEM_INCOMPLETE && s != ITEM_WITHDRAWN)
		err = query_refuse(p->q, REASON_VALUE_BAD, "state");
	if (err == 0 && (expired ? named || state != NULL : !named && state == NULL))
		err = query_refuse(p->q, REASON_VALUE_BAD, "items");
	if (err == 0)
		err = read_cursor(p, request);
	if (err != 0)
		return err;
	p->kind = expired ? "expired" : state;
	return named ? gather_named(p, request) : expired ? gather_expired(p) : gather_apart(p, s);
}

static int propose(struct proposing *p, const json_t *request, json_t **answer)
{
	char cursor[48];
	struct disposal d;
	json_t *proposal = json_null();
	int err = gather(p, request);

	if (err != 0)
		return err;
	unique(p);
	if (p->count > 0)
		err = committer_run(p->c->fs->store->committer, COMMIT_DURABLE, decide_propose, p);
	if (p->why != REASON_NONE)
		return refuse_item(p, p->clash, p->why);
	if (err == 0 && p->count > 0) {
		err = disposals_get(p->c->db, p->id, &d);
		if (err == 0)
			proposal = query_disposal_json(p->q, &d);
	}
	snprintf(cursor, sizeof cursor, "%lld:%lld", (long long)p->until, (long long)p->after);
	if (err == 0)
		*answer = json_pack(
			"{s:o, s:s?}", "proposal", proposal, "cursor", p->more ? cursor : NULL);
	return err;
}

int command_dispose_propose(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct proposing p = { .c = c, .q = q, .reason = jsonget_str(request, "reason") };
	enum reason why = disposal_may_propose(&c->who.person, 0);
	int err;

	if (why != REASON_NONE)
		return query_refuse(q, why, NULL);
	if (p.reason != NULL && !text_valid(p.reason, DISPOSAL_REASON - 1))
		return query_refuse(q, REASON_VALUE_BAD, "reason");
	p.items = malloc(ITEMS_MOST * sizeof *p.items);
	if (p.items == NULL)
		return ENOMEM;
	err = propose(&p, request, answer);
	free(p.items);
	return err;
}

static int decided(struct call *c, struct query *q, const json_t *request, enum disposal_act act,
	json_t **answer)
{
	struct disposing d = { .id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = disposing_decide(c, &d, act);
	if (d.why != REASON_NONE) {
		q->item = d.item;
		return query_refuse(q, d.why, d.why == REASON_VALUE_BAD ? "reason" : "id");
	}
	if (err == 0)
		*answer = json_pack("{s:o}", "proposal", query_disposal_json(q, &d.now));
	return err;
}

int command_dispose_approve(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decided(c, q, request, DISPOSAL_APPROVE, answer);
}

int command_dispose_refuse(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decided(c, q, request, DISPOSAL_REFUSE, answer);
}

int command_dispose_withdraw(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decided(c, q, request, DISPOSAL_WITHDRAW, answer);
}

int command_dispose_execute(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct disposing d = { .id = jsonget_int(request, "id", 0) };
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = disposing_execute(c, &d);
	if (d.why != REASON_NONE)
		return query_refuse(q, d.why, "id");
	if (err == 0)
		*answer = json_pack("{s:o, s:b, s:I}", "proposal", query_disposal_json(q, &d.now),
			"more", d.now.state == DISPOSAL_APPROVED, "left", (json_int_t)d.left);
	return err;
}
