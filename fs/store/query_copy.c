/* Offline copies: the media, what is on them, and what is held and on none. */
#include <errno.h>

#include "fs/store/copies.h"
#include "fs/store/holds.h"
#include "fs/store/query.h"
#include "fs/store/scope_items.h"

#define HOLD_SHIFT 40           /* a page's mark: a hold above, an item below */
#define ITEM_MASK ((INT64_C(1) << HOLD_SHIFT) - 1)

json_t *query_copied_json(struct query *q, const struct item *item)
{
	char path[2048];

	return json_pack("{s:I, s:b, s:o, s:s, s:I, s:o, s:o}", "item", (json_int_t)item->id, "disposed", item->state == ITEM_DISPOSED, "path",
			 catalog_item_path(q->db, item, path, sizeof path) == 0 ? json_string(path) : json_null(), "name", item->name, "size", (json_int_t)item->size,
			 "sha256", query_hash(item->digested, item->sha256), "sm3", query_hash(item->digested, item->sm3));
}

json_t *query_copy_json(struct query *q, const struct copy *c)
{
	int months = 0;
	json_t *j;

	(void)copies_check_months(q->db, &months);
	j = json_pack("{s:I, s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:b}", "id", (json_int_t)c->id, "medium", c->medium, "type", copy_type_name(c->type), "items",
		      (json_int_t)c->items, "bytes", (json_int_t)c->bytes, "registered_at", query_instant(q, c->registered_at), "verified_at",
		      query_instant(q, c->verified_at), "passed", c->verified_at != 0 ? json_boolean(!c->failed) : json_null(), "overdue",
		      copy_overdue(c->verified_at != 0 ? c->verified_at : c->registered_at, months, q->now.clock, q->now.utc_offset));
	query_set_person(q, j, "registered_by", "registered_by_name", c->registered_by);
	query_set_person(q, j, "verified_by", "verified_by_name", c->verified_by);
	return j;
}

int query_copy_list(struct query *q, const json_t *request, json_t **answer)
{
	bool overdue = json_is_true(json_object_get(request, "overdue"));
	int64_t after, limit, n = 0;
	struct sql_rows *rows;
	struct copy c;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_BROWSE);
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db, "SELECT " COPY_COLUMNS " FROM copy WHERE id>? ORDER BY id LIMIT ?", "ii", after, limit);
	while ((rc = sql_next(rows)) == 1) {
		json_t *row;

		copies_read(rows, &c);
		row = query_copy_json(q, &c);
		if (overdue && !c.failed && json_is_false(json_object_get(row, "overdue")))
			json_decref(row);       /* one that failed is due at once */
		else
			json_array_append_new(out, row);
		after = c.id;
		n++;
	}
	*answer = json_pack("{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

int query_copy_items(struct query *q, const json_t *request, json_t **answer)
{
	const char *medium = event_str(request, "medium");
	int64_t after, limit, n = 0;
	struct sql_rows *rows;
	struct item item;
	struct copy c;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_COPY);
	if (err == 0) {
		err = copies_named(q->db, medium != NULL ? medium : "", &c);
		if (err == ENOENT)
			err = query_refuse(q, REASON_NOT_FOUND, "medium");
	}
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db, "SELECT " ITEM_COLUMNS " FROM copy_item JOIN item ON item.id=copy_item.item WHERE copy_item.copy=? AND copy_item.item>?"
			 " ORDER BY copy_item.item LIMIT ?", "iii", c.id, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(out, query_copied_json(q, &item));
		after = item.id;
		n++;
	}
	*answer = json_pack("{s:o, s:o, s:o}", "copy", query_copy_json(q, &c), "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

struct seeking { struct query *q; const struct held *hold; json_t *out; int64_t last, seen; int err; };

static bool name_hold(void *arg, const struct held *h)
{
	json_array_append_new(arg, json_string(h->hold.name));
	return true;
}

/* What is covered by several holds is told once, with the first of them. */
static bool seek_one(void *arg, const struct item *item)
{
	struct seeking *s = arg;
	struct held first;
	bool copied;
	json_t *row, *names;

	s->last = item->id;
	s->seen++;
	s->err = copies_hold(s->q->db, item->id, &copied);
	if (s->err != 0 || copied)
		return s->err == 0;
	s->err = holds_first(s->q->db, item, &first);
	if (s->err == ENOENT)
		s->err = 0;
	else if (s->err == 0 && first.hold.id == s->hold->hold.id) {
		row = query_copied_json(s->q, item);
		names = json_array();
		s->err = holds_on_item(s->q->db, item, name_hold, names);
		json_object_set_new(row, "holds", names);
		json_array_append_new(s->out, row);
	}
	return s->err == 0;
}

/* Items that a standing hold covers and that are on no offline copy, or only on some whose last reading failed (Q11). */
int query_uncopied(struct query *q, const json_t *request, json_t **answer)
{
	struct held hold;
	struct seeking s = { .q = q, .hold = &hold };
	int64_t after, limit, from;
	int err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_COPY);
	if (err != 0)
		return err;
	s.out = json_array();
	from = after >> HOLD_SHIFT;
	s.last = after & ITEM_MASK;
	while (s.seen < limit && (err = holds_next(q->db, from, &hold)) == 0) {
		if (hold.hold.id != from)
			s.last = 0;
		from = hold.hold.id;
		err = scope_items(q->db, &hold.scope, s.last, limit - s.seen, seek_one, &s);
		if (err == 0)
			err = s.err;
		if (err != 0)
			break;
		if (s.seen < limit)
			from++, s.last = 0;     /* this one is done with */
	}
	*answer = json_pack("{s:o, s:o}", "rows", s.out, "next", err == ENOENT ? json_null() : json_integer(from << HOLD_SHIFT | s.last));
	return err == ENOENT ? 0 : err;
}
