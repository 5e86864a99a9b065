/* Tags in answers. */
#include <errno.h>

#include "fs/store/query/query.h"
#include "fs/store/records/tags.h"
#include "policy/media.h"

static json_t *text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *tag_json(struct query *q, const struct item *item, enum tag t)
{
	char value[TAG_VALUE];

	return tags_get(q->db, item, t, value) == 0 ? text_or_null(value) : json_null();
}

static json_t *person_json(struct query *q, int64_t id)
{
	struct person p;

	return id != 0 && catalog_person(q->db, id, &p) == 0
		? json_pack("{s:s, s:s}", "number", p.number, "name", p.name)
		: json_null();
}

void query_tags_json(struct query *q, const struct item *item, json_t *j)
{
	enum media m = media_of_name(item->name);
	struct unrelated_tag u = { .state = UNRELATED_NONE };

	(void)tags_unrelated(q->db, item->id, &u);
	json_object_set_new(j, "important", json_boolean(item->important));
	json_object_set_new(j, "stage", tag_json(q, item, TAG_STAGE));
	json_object_set_new(j, "informed", tag_json(q, item, TAG_INFORMED));
	json_object_set_new(j, "form", text_or_null(media_form(m)));
	json_object_set_new(j, "kind", text_or_null(media_kind(m)));
	json_object_set_new(j, "unrelated", text_or_null(unrelated_name(u.state)));
}

json_t *query_stages_json(struct query *q, int64_t kase)
{
	json_t *list = json_array();
	struct stage_count n;

	if (tags_stages(q->db, kase, &n) != 0)
		return list;
	for (size_t i = 0; tag_stage(i) != NULL; i++)
		json_array_append_new(list,
			json_pack(
				"{s:s, s:I}", "stage", tag_stage(i), "items", (json_int_t)n.of[i]));
	json_array_append_new(list, json_pack("{s:n, s:I}", "stage", "items", (json_int_t)n.none));
	return list;
}

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
		person_json(q, u.proposed_by), "proposed_at", query_instant(q, u.proposed_at),
		"decided_by", person_json(q, u.decided_by), "decided_at",
		query_instant(q, u.decided_at), "decided_why", text_or_null(u.decided_why));
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
	{ "unrelated.list", query_unrelated },
	{ NULL, NULL },
};
