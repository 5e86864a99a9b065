#include "fs/store/query/query_case.h"

#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/records/casefiles.h"

static int add_aliases(struct query *q, int64_t kase, json_t *j)
{
	struct sql_rows *rows = sql_query(
		q->db, "SELECT name FROM case_alias WHERE kase=? ORDER BY id", "i", kase);
	json_t *aliases = json_array();
	int rc;

	while ((rc = sql_next(rows)) == 1)
		json_array_append_new(aliases, json_string(sql_string(rows, 0)));
	json_object_set_new(j, "aliases", aliases);
	return -rc;
}

static int add_counts(struct query *q, int64_t kase, json_t *j)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT count(*), coalesce(sum(item.size),0) FROM case_entry JOIN item ON "
		"item.id=case_entry.item"
		" WHERE case_entry.kase=? AND item.state=" SQL_SEALED,
		"i", kase);
	int64_t linked = 0;
	int rc = sql_next(rows);

	if (rc == 1) {
		json_object_set_new(j, "items", json_integer(sql_int(rows, 0)));
		json_object_set_new(j, "bytes", json_integer(sql_int(rows, 1)));
	}
	sql_done(rows);
	if (rc < 0)
		return -rc;
	rc = sql_value(q->db, &linked, "SELECT count(*) FROM case_item WHERE kase=? AND unlinked=0",
		"i", kase);
	json_object_set_new(j, "linked", json_integer(linked));
	return rc;
}

int query_show_case(struct query *q, const char *number, json_t **answer)
{
	struct casefile k;
	json_t *j;
	int err = catalog_case(q->db, number, &k);

	if (err != 0)
		return err;
	j = query_case_json(q, &k);
	if (j == NULL)
		return ENOMEM;
	err = add_aliases(q, k.id, j);
	if (err == 0)
		err = add_counts(q, k.id, j);
	*answer = json_pack("{s:o, s:o}", "case", j, "stages", query_stages_json(q, k.id));
	return err;
}

static int query_case_items(struct query *q, const json_t *request, json_t **answer)
{
	const char *number = jsonget_str(request, "case");
	struct query_place place = { .day = DAY_NONE };
	struct casefile k;
	struct sql_rows *rows;
	struct item item;
	int64_t after, limit, n = 0;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_BROWSE);
	if (err == 0)
		err = number != NULL ? catalog_case(q->db, number, &k) : ENOENT;
	if (err != 0)
		return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "case") : err;
	place.casefile = k.id;
	out = json_array();
	rows = query_place_items(q->db, &place, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(out, query_item_json(q, &item));
		after = item.id;
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

const struct query_row query_cases[] = {
	{ "case.items", query_case_items, FIELDS(TEXT("case"), PAGE) },
	{ NULL, NULL, NULL },
};
