/* Asking to read, and deciding on it (Art. 15, Q14). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/reading.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/grants.h"

#define ITEMS_MOST 1000
#define FOLDERS_MOST 100
#define DAY_OF_GRANT INT64_C(86400000) /* how long a grant lasts where the request does not say */

struct asking {
	struct call *c;
	struct query *q;
	int64_t *items;
	size_t count;
	struct scope *folders;
	size_t folder_count;
	struct casefile kase; /* number "": none */
	const char *purpose;
	int64_t from, to, opens;
	int64_t id;
};

/* One path that the request names: an item, or a folder and what lies in it, now or later. */
static int read_path(struct asking *a, const char *path)
{
	struct scope at;
	int err = query_scope(a->q, path, &at);

	if (err == ENOENT)
		return query_refuse(a->q, REASON_NOT_FOUND, "paths");
	if (err == ENOTSUP) /* a party's or a cause's folder: its cases are asked for one by one */
		return query_refuse(a->q, REASON_VALUE_BAD, "paths");
	if (err != 0)
		return err;
	if (at.item != 0)
		a->items[a->count++] = at.item;
	else if (scope_whole(&at) || a->folder_count == FOLDERS_MOST)
		return query_refuse(a->q, REASON_VALUE_BAD, "paths");
	else
		a->folders[a->folder_count++] = at;
	return 0;
}

/* What the request names, by number and by path; only what the asker sees can be asked for. */
static int read_items(struct asking *a, const json_t *request)
{
	const json_t *paths = json_object_get(request, "paths"),
		     *items = json_object_get(request, "items"), *one;
	size_t i, n = json_array_size(paths) + json_array_size(items);
	struct item item;
	int err = 0;

	if (n > ITEMS_MOST)
		return query_refuse(a->q, REASON_VALUE_BAD, "items");
	a->items = calloc(n + 1, sizeof *a->items);
	a->folders = calloc(FOLDERS_MOST, sizeof *a->folders);
	if (a->items == NULL || a->folders == NULL)
		return ENOMEM;
	json_array_foreach(paths, i, one) {
		err = read_path(a, json_string_value(one));
		if (err != 0)
			return err;
	}
	json_array_foreach(items, i, one) {
		err = catalog_item(a->q->db, json_integer_value(one), &item);
		if (err == ENOENT || (err == 0 && item.state != ITEM_SEALED))
			return query_refuse(a->q, REASON_NOT_FOUND, "items");
		if (err != 0)
			return err;
		a->items[a->count++] = item.id;
	}
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The same item named twice is one item. */
static void unique(struct asking *a)
{
	size_t kept = 0;

	qsort(a->items, a->count, sizeof *a->items, compare_ids);
	for (size_t i = 0; i < a->count; i++)
		if (i == 0 || a->items[i] != a->items[i - 1])
			a->items[kept++] = a->items[i];
	a->count = kept;
}

static int read_instant(
	struct query *q, const json_t *request, const char *key, int64_t otherwise, int64_t *out)
{
	const char *text = jsonget_str(request, key);

	*out = otherwise;
	if (text != NULL && !instant_parse(text, q->now.utc_offset, out))
		return query_refuse(q, REASON_VALUE_BAD, key);
	return 0;
}

static int read_terms(struct asking *a, const json_t *request)
{
	const char *number = jsonget_str(request, "case");
	int err;

	a->purpose = jsonget_str(request, "purpose");
	a->opens = jsonget_int(request, "opens", 0);
	if (a->purpose == NULL ||
		!text_valid(a->purpose, sizeof(((struct request *)0)->purpose) - 1))
		return query_refuse(a->q, REASON_VALUE_BAD, "purpose");
	if (a->opens < 0)
		return query_refuse(a->q, REASON_VALUE_BAD, "opens");
	err = read_instant(a->q, request, "from", a->q->now.wall, &a->from);
	if (err == 0)
		err = read_instant(a->q, request, "to", a->from + DAY_OF_GRANT, &a->to);
	if (err == 0 && a->to <= a->from)
		err = query_refuse(a->q, REASON_VALUE_BAD, "to");
	if (err != 0)
		return err;
	if ((number == NULL) == (a->count + a->folder_count == 0)) /* one or the other */
		return query_refuse(a->q, REASON_VALUE_BAD, "paths");
	if (number == NULL)
		return 0;
	err = catalog_case(a->q->db, number, &a->kase);
	return err == ENOENT ? query_refuse(a->q, REASON_NOT_FOUND, "case") : err;
}

static int decide_request(struct turn *t, void *arg)
{
	struct asking *a = arg;
	const struct event_time *now = turn_time(t);
	char from[INSTANT_TEXT], to[INSTANT_TEXT];
	const char *kase = a->kase.number[0] != '\0' ? a->kase.number : NULL;
	json_t *items = json_array(), *scopes = json_array();
	int err = sql_value(turn_db(t), &a->id, "SELECT coalesce(max(id),0)+1 FROM request", "");

	if (err != 0) {
		json_decref(items);
		json_decref(scopes);
		return err;
	}
	for (size_t i = 0; i < a->count; i++)
		json_array_append_new(items, json_integer(a->items[i]));
	for (size_t i = 0; i < a->folder_count; i++)
		json_array_append_new(scopes, scopes_json(&a->folders[i]));
	instant_format(a->from, now->utc_offset, from);
	instant_format(a->to, now->utc_offset, to);
	return turn_emit(t,
		&(struct event){ .kind = "request",
			.who = &a->c->who,
			.item = a->count == 1 && a->folder_count == 0 ? a->items[0] : 0,
			.kase = kase,
			DETAILS("{s:I, s:o, s:o, s:s?, s:s, s:s, s:s, s:I}", "id",
				(json_int_t)a->id, "items", items, "scopes", scopes, "case", kase,
				"purpose", a->purpose, "from", from, "to", to, "opens",
				(json_int_t)a->opens) });
}

static int tell(struct query *q, int64_t id, json_t **answer)
{
	struct request r;
	int err = grants_get(q->db, id, &r);

	if (err == 0)
		*answer = json_pack("{s:o}", "request", query_request_json(q, &r));
	return err;
}

int command_request(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct asking a = { .c = c, .q = q };
	int err = query_need(q, ACT_REQUEST);

	if (err == 0)
		err = read_items(&a, request);
	if (err == 0) {
		unique(&a);
		err = read_terms(&a, request);
	}
	if (err == 0)
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_request, &a);
	if (err == 0)
		err = tell(q, a.id, answer);
	free(a.items);
	free(a.folders);
	return err;
}

struct deciding {
	struct call *c;
	struct query *q;
	int64_t id;
	const char *kind;      /* grant.approve, … */
	enum grant_state from; /* what it must be now */
	const char *reason;
	enum reason why;
};

static int decide_grant(struct turn *t, void *arg)
{
	struct deciding *d = arg;
	struct sql *db = turn_db(t);
	struct request r;
	struct sql_rows *rows;
	bool own = false;
	int64_t item = 0;
	int err = grants_get(db, d->id, &r);

	d->why = err == ENOENT ? REASON_NOT_FOUND : REASON_NONE;
	if (err == 0)
		err = grants_own_deposit(db, d->id, d->c->who.person.id, &own);
	if (err != 0)
		return err;
	d->why = grant_may_decide(&r.grant, &d->c->who.person, own);
	if (d->why == REASON_NONE && r.grant.state != d->from)
		d->why = REASON_STATE;
	if (d->why != REASON_NONE)
		return reason_errno(d->why);
	rows = sql_query(db, "SELECT item FROM request_item WHERE request=? LIMIT 2", "i", d->id);
	if (sql_next(rows) == 1) {
		item = sql_int(rows, 0);
		if (sql_next(rows) == 1)
			item = 0; /* of several: the request names them */
	}
	sql_done(rows);
	return turn_emit(t,
		&(struct event){ .kind = d->kind,
			.who = &d->c->who,
			.item = item,
			.kase = r.kase[0] != '\0' ? r.kase : NULL,
			DETAILS("{s:I, s:s?}", "id", (json_int_t)d->id, "reason", d->reason) });
}

static int decide_on(struct call *c, struct query *q, const json_t *request, const char *kind,
	enum grant_state from, json_t **answer)
{
	struct deciding d = { .c = c,
		.q = q,
		.kind = kind,
		.from = from,
		.id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err;

	if (c->who.person.id == 0)
		return query_refuse(q, REASON_NOBODY, NULL);
	if (d.reason != NULL && !text_valid(d.reason, sizeof(((struct request *)0)->reason) - 1))
		return query_refuse(q, REASON_VALUE_BAD, "reason");
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_grant, &d);
	if (d.why != REASON_NONE)
		return query_refuse(q, d.why, "id");
	readings_recheck(c); /* also where only the sync failed */
	return err == 0 ? tell(q, d.id, answer) : err;
}

int command_approve(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide_on(c, q, request, "grant.approve", GRANT_PENDING, answer);
}

int command_deny(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide_on(c, q, request, "grant.deny", GRANT_PENDING, answer);
}

int command_revoke(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide_on(c, q, request, "grant.revoke", GRANT_APPROVED, answer);
}
