/* custody copy: registering what is on an offline medium, and how a reading of it ended (Art. 12,
 * Q11). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/records/copies.h"

#define ITEMS_MOST 200 /* of one request: an event each */
#define TOLD_MOST 200  /* items named in a record, of each kind */

struct registering {
	struct call *c;
	const char *medium;
	enum copy_type type;
	const json_t *items;
	enum reason why;
	const char *field;
	struct copy copy;
};

static int no(struct registering *r, enum reason why, const char *field)
{
	r->why = why;
	r->field = field;
	return reason_errno(why);
}

static int find_or_make(struct turn *t, struct registering *r)
{
	struct sql *db = turn_db(t);
	int64_t id = 0;
	int err = copies_named(db, r->medium, &r->copy);

	if (err == 0)
		return r->copy.type == r->type ? 0 : no(r, REASON_DIFFERS, "type");
	if (err == ENOENT)
		err = sql_value(db, &id, "SELECT coalesce(max(id),0)+1 FROM copy", "");
	if (err == 0)
		err = turn_emit(t,
			&(struct event){ .kind = "copy.register",
				.who = &r->c->who,
				DETAILS("{s:I, s:s, s:s}", "id", (json_int_t)id, "medium",
					r->medium, "type", copy_type_name(r->type)) });
	return err == 0 ? copies_named(db, r->medium, &r->copy) : err;
}

static int add_item(struct turn *t, struct registering *r, int64_t id)
{
	struct item item;
	char hex[HASH_HEX];
	int64_t there = 0;
	int err = catalog_item(turn_db(t), id, &item);

	if (err == ENOENT || (err == 0 && item.state != ITEM_SEALED))
		return no(r, REASON_NOT_FOUND, "items");
	if (err == 0 && !item.digested)
		return no(r, REASON_UNDIGESTED, NULL);
	if (err == 0)
		err = sql_value(turn_db(t), &there,
			"SELECT count(*) FROM copy_item WHERE item=? AND copy=?", "ii", id,
			r->copy.id);
	if (err != 0 || there != 0)
		return err;
	hash_hex(item.sha256, hex);
	return turn_emit(t,
		&(struct event){ .kind = "copy.item",
			.who = &r->c->who,
			.item = id,
			DETAILS("{s:I, s:s, s:s}", "id", (json_int_t)r->copy.id, "medium",
				r->medium, "sha256", hex) });
}

static int decide_register(struct turn *t, void *arg)
{
	struct registering *r = arg;
	const json_t *one;
	size_t i;
	int err;

	r->why = REASON_NONE;
	err = find_or_make(t, r);
	json_array_foreach(r->items, i, one)
		if (err == 0)
			err = add_item(t, r, json_integer_value(one));
	return err == 0 ? copies_named(turn_db(t), r->medium, &r->copy) : err;
}

static json_t *rows_json(struct query *q, const json_t *items)
{
	json_t *rows = json_array(), *one;
	struct item item;
	size_t i;

	json_array_foreach(items, i, one)
		if (catalog_item(q->db, json_integer_value(one), &item) == 0)
			json_array_append_new(rows, query_copied_json(q, &item));
	return rows;
}

int command_copy_register(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *type = jsonget_str(request, "type");
	struct registering r = { .c = c,
		.medium = jsonget_str(request, "medium"),
		.type = copy_type_parse(type != NULL ? type : ""),
		.items = json_object_get(request, "items") };
	size_t n = json_array_size(r.items);
	int err = query_need(q, ACT_COPY);

	if (err == 0 && (r.medium == NULL || !medium_valid(r.medium)))
		err = query_refuse(q, REASON_VALUE_BAD, "medium");
	if (err == 0 && r.type == COPY_TYPE_COUNT)
		err = query_refuse(q, REASON_VALUE_BAD, "type");
	if (err == 0 && (n == 0 || n > ITEMS_MOST))
		err = query_refuse(q, REASON_VALUE_BAD, "items");
	if (err != 0)
		return err;
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_register, &r);
	if (r.why != REASON_NONE)
		return query_refuse(q, r.why, r.field);
	if (err == 0)
		*answer = json_pack("{s:o, s:o}", "copy", query_copy_json(q, &r.copy), "rows",
			rows_json(q, r.items));
	return err;
}

struct reporting {
	struct call *c;
	const char *medium;
	const json_t *missing, *damaged;
	int64_t files, extra, missing_count,
		damaged_count; /* the lists may be cut, the counts are whole */
	enum reason why;
	struct copy copy;
};

/* The first of a list of items, for the record. */
static json_t *some_of(const json_t *items)
{
	json_t *some = json_array(), *one;
	size_t i;

	json_array_foreach(items, i, one)
		if (i < TOLD_MOST)
			json_array_append(some, one);
	return some;
}

static int decide_verified(struct turn *t, void *arg)
{
	struct reporting *r = arg;
	int err = copies_named(turn_db(t), r->medium, &r->copy);

	r->why = err == ENOENT ? REASON_NOT_FOUND : REASON_NONE;
	if (err == 0)
		err = turn_emit(t,
			&(struct event){ .kind = "copy.verified",
				.who = &r->c->who,
				DETAILS("{s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:o, s:o}", "id",
					(json_int_t)r->copy.id, "medium", r->medium, "passed",
					r->missing_count + r->damaged_count == 0, "files",
					(json_int_t)r->files, "extra", (json_int_t)r->extra,
					"missing_count", (json_int_t)r->missing_count,
					"damaged_count", (json_int_t)r->damaged_count, "missing",
					some_of(r->missing), "damaged", some_of(r->damaged)) });
	return err == 0 ? copies_named(turn_db(t), r->medium, &r->copy) : err;
}

static bool all_integers(const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!json_is_integer(one))
			return false;
	return true;
}

int command_copy_verified(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct reporting r = { .c = c,
		.medium = jsonget_str(request, "medium"),
		.missing = json_object_get(request, "missing"),
		.damaged = json_object_get(request, "damaged"),
		.files = jsonget_int(request, "files", -1),
		.extra = jsonget_int(request, "extra", -1),
		.missing_count = jsonget_int(request, "missing_count", -1),
		.damaged_count = jsonget_int(request, "damaged_count", -1) };
	int err = query_need(q, ACT_COPY);

	if (err == 0 && r.medium == NULL)
		err = query_refuse(q, REASON_VALUE_BAD, "medium");
	if (err == 0 && (!json_is_array(r.missing) || !all_integers(r.missing)))
		err = query_refuse(q, REASON_VALUE_BAD, "missing");
	if (err == 0 && (!json_is_array(r.damaged) || !all_integers(r.damaged)))
		err = query_refuse(q, REASON_VALUE_BAD, "damaged");
	if (err == 0 &&
		(r.missing_count < (int64_t)json_array_size(r.missing) ||
			r.damaged_count < (int64_t)json_array_size(r.damaged)))
		err = query_refuse(q, REASON_VALUE_BAD, "missing_count");
	if (err == 0 && (r.files < 0 || r.extra < 0))
		err = query_refuse(q, REASON_VALUE_BAD, r.files < 0 ? "files" : "extra");
	if (err != 0)
		return err;
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_verified, &r);
	if (r.why != REASON_NONE)
		return query_refuse(q, r.why, "medium");
	if (err == 0)
		*answer = json_pack("{s:o}", "copy", query_copy_json(q, &r.copy));
	return err;
}
