/* Disposals: what is proposed, and the register of what was disposed of. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/query/query.h"
#include "fs/store/records/disposals.h"

static int query_dispose_list(struct query *q, const json_t *request, json_t **answer)
{
	int64_t after, limit, n = 0;
	struct sql_rows *rows;
	struct disposal d;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_DISPOSALS);
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db,
		"SELECT " DISPOSAL_COLUMNS " FROM disposal WHERE id>? ORDER BY id LIMIT ?", "ii",
		after, limit);
	while ((rc = sql_next(rows)) == 1) {
		disposals_read(rows, &d);
		json_array_append_new(out, query_disposal_json(q, &d));
		after = d.id;
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

static int query_dispose_items(struct query *q, const json_t *request, json_t **answer)
{
	int64_t after, limit, n = 0;
	struct sql_rows *rows;
	struct disposal d;
	struct item item;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_DISPOSALS);
	if (err == 0) {
		err = disposals_get(q->db, jsonget_int(request, "id", 0), &d);
		if (err == ENOENT)
			err = query_refuse(q, REASON_NOT_FOUND, "id");
	}
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db,
		"SELECT " ITEM_COLUMNS
		" FROM disposal_item JOIN item ON item.id=disposal_item.item WHERE "
		"disposal_item.disposal=? AND disposal_item.item>?"
		" ORDER BY disposal_item.item LIMIT ?",
		"iii", d.id, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(out, query_item_json(q, &item));
		after = item.id;
		n++;
	}
	*answer = json_pack("{s:o, s:o, s:o}", "proposal", query_disposal_json(q, &d), "rows", out,
		"next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

/* The register of disposals (PIPL art. 19, 47), in the order in which they came about. */
static int query_dispose_done(struct query *q, const json_t *request, json_t **answer)
{
	int64_t after, limit, n = 0;
	struct sql_rows *rows;
	struct disposed g;
	struct item item;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_DISPOSALS);
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db,
		"SELECT " DISPOSED_COLUMNS " FROM disposed WHERE seq>? ORDER BY seq LIMIT ?", "ii",
		after, limit);
	while ((rc = sql_next(rows)) == 1) {
		disposals_read_item(rows, &g);
		if (catalog_item(q->db, g.item, &item) == 0)
			json_array_append_new(out, query_item_json(q, &item));
		after = g.seq;
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

const struct query_row query_disposals[] = {
	{ "dispose.list", query_dispose_list, FIELDS(PAGE) },
	{ "dispose.items", query_dispose_items, FIELDS(NUMBER("id"), PAGE) },
	{ "dispose.done", query_dispose_done, FIELDS(PAGE) },
	{ NULL, NULL, NULL },
};
