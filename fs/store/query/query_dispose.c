/* Disposals: what is proposed, and the register of what was disposed of. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/query/query.h"
#include "fs/store/records/disposals.h"

json_t *query_disposal_json(struct query *q, const struct disposal *d)
{
	json_t *j = json_pack("{s:I, s:s, s:s, s:o, s:I, s:I, s:I, s:I}", "id", (json_int_t)d->id,
		"state", disposal_state_name(d->state), "kind", d->kind, "reason",
		query_text(d->reason), "items", (json_int_t)d->items, "bytes", (json_int_t)d->bytes,
		"done", (json_int_t)d->done, "policy", (json_int_t)d->policy);

	query_set_person(q, j, "proposed_by", "proposed_by_name", d->proposed_by);
	json_object_set_new(j, "proposed_at", query_instant(q, d->proposed_at));
	query_set_person(q, j, "decided_by", "decided_by_name", d->decided_by);
	json_object_set_new(j, "decided_at", query_instant(q, d->decided_at));
	json_object_set_new(j, "decided_why", query_text(d->decided_why));
	json_object_set_new(j, "stopped_item",
		d->stopped_item != 0 ? json_integer(d->stopped_item) : json_null());
	json_object_set_new(j, "stopped_why", query_text(d->stopped_why));
	return j;
}

/* The media that have a copy still: those want an end as well. */
static json_t *media_json(struct query *q, int64_t item)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT copy.medium FROM copy_item JOIN copy ON copy.id=copy_item.copy WHERE "
		"copy_item.item=? ORDER BY copy.id",
		"i", item);
	json_t *list = json_array();

	while (sql_next(rows) == 1)
		json_array_append_new(list, json_string(sql_text(rows, 0)));
	return list;
}

static const char *how_of(const struct disposed *g)
{
	return g->erasure == ERASURE_OVERWRITTEN && g->flash ? "overwritten-flash"
							     : erasure_name(g->erasure);
}

json_t *query_disposed_json(struct query *q, const struct disposed *g)
{
	struct disposal d = { .proposed_by = 0 };
	json_t *j;

	(void)disposals_get(q->db, g->disposal, &d);
	j = json_pack("{s:I, s:o, s:I, s:I, s:s, s:o, s:o}", "proposal", (json_int_t)g->disposal,
		"at", query_instant(q, g->at), "policy", (json_int_t)g->policy, "entry",
		(json_int_t)g->seq, "how", how_of(g), "fs", query_text(g->fs), "copies",
		media_json(q, g->item));
	json_object_set_new(j, "kind", query_text(d.kind));
	json_object_set_new(j, "reason", query_text(d.reason));
	query_set_person(q, j, "proposed_by", "proposed_by_name", d.proposed_by);
	json_object_set_new(j, "proposed_at", query_instant(q, d.proposed_at));
	query_set_person(q, j, "approved_by", "approved_by_name", d.decided_by);
	json_object_set_new(j, "approved_at", query_instant(q, d.decided_at));
	return j;
}

int query_dispose_list(struct query *q, const json_t *request, json_t **answer)
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

int query_dispose_items(struct query *q, const json_t *request, json_t **answer)
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
int query_dispose_done(struct query *q, const json_t *request, json_t **answer)
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
