/* Tags in answers. */
#include <errno.h>

#include "fs/store/query/query.h"
#include "fs/store/records/tags.h"
#include "policy/media.h"

static json_t *row(struct query *q, struct sql_rows *rows)
{
	struct unrelated_tag u;
	struct item item;
	char path[2048];

	tags_read_unrelated(rows, 1, &u);
	if (catalog_item(q->db, sql_int(rows, 0), &item) != 0)
		return json_null();
	return json_pack("{s:I, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "item",
		(json_int_t)item.id, "path",
		item.state <= ITEM_SEALED && catalog_item_path(q->db, &item, path, sizeof path) == 0
			? json_string(path)
			: json_null(),
		"state", unrelated_name(u.state), "reason", u.reason, "proposed_by",
		query_named_person(q, u.proposed_by), "proposed_at",
		query_instant(q, u.proposed_at), "decided_by", query_named_person(q, u.decided_by),
		"decided_at", query_instant(q, u.decided_at), "decided_why",
		query_text(u.decided_why));
}

static int query_unrelated(struct query *q, const json_t *request, json_t **answer)
{
	struct sql_rows *rows;
	int64_t after, limit, n = 0;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_BROWSE);
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db,
		"SELECT unrelated.item, " UNRELATED_COLUMNS
		" FROM unrelated WHERE item>? ORDER BY item LIMIT ?",
		"ii", after, limit);
	while ((rc = sql_next(rows)) == 1) {
		after = sql_int(rows, 0);
		json_array_append_new(out, row(q, rows));
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

const struct query_row query_tags[] = {
	{ "unrelated.list", query_unrelated, FIELDS(PAGE) },
	{ NULL, NULL, NULL },
};
