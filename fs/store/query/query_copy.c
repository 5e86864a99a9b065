/* Offline copies: the media, what is on them, and held items that are on none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scope_items.h"
#include "fs/store/query/query.h"
#include "fs/store/records/copies.h"
#include "fs/store/records/holds.h"

static int query_copy_list(struct query *q, const json_t *request, json_t **answer)
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
	rows = sql_query(q->db, "SELECT " COPY_COLUMNS " FROM copy WHERE id>? ORDER BY id LIMIT ?",
		"ii", after, limit);
	while ((rc = sql_next(rows)) == 1) {
		json_t *row;

		copies_read(rows, &c);
		row = query_copy_json(q, &c);
		if (overdue && !c.failed && json_is_false(json_object_get(row, "overdue")))
			json_decref(row); /* one that failed is due at once */
		else
			json_array_append_new(out, row);
		after = c.id;
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

static int query_copy_items(struct query *q, const json_t *request, json_t **answer)
{
	const char *medium = jsonget_str(request, "medium");
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
	rows = sql_query(q->db,
		"SELECT " ITEM_COLUMNS " FROM copy_item JOIN item ON item.id=copy_item.item WHERE "
		"copy_item.copy=? AND copy_item.item>?"
		" ORDER BY copy_item.item LIMIT ?",
		"iii", c.id, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(out, query_copied_json(q, &item));
		after = item.id;
		n++;
	}
	*answer = json_pack("{s:o, s:o, s:o}", "copy", query_copy_json(q, &c), "rows", out, "next",
		n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

struct seeking {
	struct query *q;
	const struct held *hold;
	json_t *out;
	int64_t seen;
	int err;
};

static bool name_hold(void *arg, const struct held *h)
{
	json_array_append_new(arg, json_string(h->hold.name));
	return true;
}

/* An item that several holds cover is listed once, with the first of them. */
static bool seek_one(void *arg, const struct item *item)
{
	struct seeking *s = arg;
	struct held first;
	bool copied;
	json_t *row, *names;

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

/* "0…017 0…023 a.mp4", where the next page begins: the hold, and the mark among its items; in an
 * order that strcmp() knows, so that a client sees that it gets on. */
#define CURSOR 320

static bool read_cursor(const char *text, int64_t *hold, struct scope_mark *mark)
{
	long long h, folder;
	int at = 0;

	/* one blank, no more: a name may begin with others */
	if (strlen(text) >= CURSOR || sscanf(text, "%19lld %19lld%n", &h, &folder, &at) != 2 ||
		text[at++] != ' ' || strlen(text + at) >= sizeof mark->name)
		return false;
	*hold = h;
	mark->folder = folder;
	snprintf(mark->name, sizeof mark->name, "%s", text + at);
	return true;
}

/* Goes over the holds from one on, as far as a page goes; ENOENT at the end of them all. */
static int seek(
	struct seeking *s, struct held *hold, int64_t *from, struct scope_mark *mark, int64_t limit)
{
	int err = 0;

	while (s->seen < limit && (err = holds_next(s->q->db, *from, hold)) == 0) {
		if (hold->hold.id != *from)
			*mark = (struct scope_mark)SCOPE_START;
		*from = hold->hold.id;
		err = scope_items(s->q->db, &hold->scope, mark, limit - s->seen, seek_one, s);
		if (err == 0)
			err = s->err;
		if (err != 0)
			return err;
		if (s->seen < limit) { /* this one is done with */
			++*from;
			*mark = (struct scope_mark)SCOPE_START;
		}
	}
	return err;
}

/* Items that a standing hold covers and that are on no offline copy, or only on some whose last
 * reading failed (Q11). */
int query_uncopied(struct query *q, const json_t *request, json_t **answer)
{
	const char *cursor = jsonget_str(request, "cursor");
	struct scope_mark mark = SCOPE_START;
	struct held hold;
	struct seeking s = { .q = q, .hold = &hold };
	char next[CURSOR];
	int64_t after, limit, from = 0;
	int err = query_page(q, request, &after, &limit);

	if (err == 0 && cursor != NULL && !read_cursor(cursor, &from, &mark))
		err = query_refuse(q, REASON_VALUE_BAD, "cursor");
	if (err == 0)
		err = query_need(q, ACT_COPY);
	if (err != 0)
		return err;
	s.out = json_array();
	err = seek(&s, &hold, &from, &mark, limit);
	snprintf(next, sizeof next, "%019lld %019lld %s", (long long)from, (long long)mark.folder,
		mark.name);
	*answer = json_pack("{s:o, s:s?}", "rows", s.out, "next", err == ENOENT ? NULL : next);
	return err == ENOENT ? 0 : err;
}

const struct query_row query_copies[] = {
	{ "copy.list", query_copy_list, FIELDS(FLAG("overdue"), PAGE) },
	{ "copy.items", query_copy_items, FIELDS(TEXT("medium"), PAGE) },
	{ NULL, NULL, NULL },
};
