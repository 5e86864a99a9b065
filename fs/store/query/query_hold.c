/* Holds: which there are, where, and since when. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/query/query.h"
#include "fs/store/records/holds.h"

#define SCANNED_MOST 5000 /* holds looked at for one page */

/* The place of a question about holds: an item as its place, a folder as its scope. */
struct around {
	struct scope at;
	bool any, item;
};

static int read_around(struct query *q, const json_t *request, struct around *out)
{
	const char *path = jsonget_str(request, "path");
	int64_t id = jsonget_int(request, "item", 0);
	struct item item;
	int err = 0;

	*out = (struct around){ .at = SCOPE_ANY };
	if (id != 0) {
		err = catalog_item(q->db, id, &item);
		if (err == 0)
			err = scopes_of_item(q->db, &item, &out->at);
	} else if (path != NULL)
		err = query_scope(q, path, &out->at);
	out->item = out->at.item != 0;
	out->any = scope_whole(&out->at);
	return err;
}

/* Whether the item, or what is in the folder, is or was of that case. */
static int in_case(struct query *q, const struct around *a, int64_t kase, bool *out)
{
	int64_t n = 0;
	int err = 0;

	if (kase != 0)
		err = sql_value(q->db, &n, "SELECT ?1 IN (" CASES_OF_ITEM("?2", "?3") ")", "iis",
			kase, a->at.item, a->at.folder);
	*out = n != 0;
	return err;
}

/* Whether a hold covers the place, or is set on something below it. */
static int concerns(struct query *q, const struct around *a, const struct held *h, bool *out)
{
	struct scope on = h->scope;
	struct item item;
	bool of_case;
	int err = in_case(q, a, h->scope.kase, &of_case);

	*out = a->any || (a->at.kase != 0 && a->at.kase == h->scope.kase);
	if (err != 0 || *out)
		return err;
	*out = scope_covers(&h->scope, &a->at, of_case);
	if (*out || a->item || a->at.kase != 0 || h->scope.kase != 0)
		return 0;
	if (on.item != 0) {
		err = catalog_item(q->db, on.item, &item);
		if (err == 0)
			err = scopes_of_item(q->db, &item, &on);
	}
	*out = err == 0 && scope_covers(&a->at, &on, false);
	return err;
}

static int list_holds(struct query *q, const json_t *request, json_t **answer)
{
	bool all = json_is_true(json_object_get(request, "all"));
	int64_t after, limit, scanned = 0;
	struct around a;
	struct held h;
	struct sql_rows *rows;
	json_t *out;
	int rc = 0, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_BROWSE);
	if (err == 0) {
		err = read_around(q, request, &a);
		if (err == ENOENT)
			err = query_refuse(q, REASON_NOT_FOUND,
				jsonget_str(request, "path") != NULL ? "path" : "item");
		if (err == ENOTSUP)
			err = query_refuse(q, REASON_VALUE_BAD, "path");
	}
	if (err != 0)
		return err;
	out = json_array();
	rows = sql_query(q->db,
		"SELECT " HOLD_COLUMNS
		" FROM hold WHERE id>?1 AND (?2 OR released_at=0) ORDER BY id LIMIT ?3",
		"iii", after, (int64_t)all, (int64_t)SCANNED_MOST);
	while (err == 0 && (int64_t)json_array_size(out) < limit && (rc = sql_next(rows)) == 1) {
		bool wanted;

		holds_read(rows, &h);
		err = concerns(q, &a, &h, &wanted);
		if (err == 0 && wanted)
			json_array_append_new(out, query_hold_json(q, &h));
		after = h.hold.id;
		scanned++;
	}
	sql_done(rows);
	*answer = json_pack("{s:o, s:o}", "rows", out, "next",
		(int64_t)json_array_size(out) == limit || scanned == SCANNED_MOST
			? json_integer(after)
			: json_null());
	return err != 0 ? err : rc < 0 ? -rc : 0;
}

static int query_hold_list(struct query *q, const json_t *request, json_t **answer)
{
	return json_is_true(json_object_get(request, "no_offline_copy"))
		? query_uncopied(q, request, answer)
		: list_holds(q, request, answer);
}

const struct query_row query_holds[] = {
	{ "hold.list", query_hold_list,
		FIELDS(TEXT("path"), NUMBER("item"), FLAG("all"), PAGE, FLAG("no_offline_copy"),
			TEXT("cursor")) },
	{ NULL, NULL, NULL },
};
