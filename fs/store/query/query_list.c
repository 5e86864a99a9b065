/* The plain lists. */
#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/query.h"
#include "fs/store/query/query_case.h"
#include "fs/store/records/disposals.h"
#include "policy/name.h"
#include "policy/role.h"
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

/* One row of a list. */
typedef json_t *(*row_fn)(struct query *q, struct sql_rows *rows);

static json_t *row_unit(struct query *q, struct sql_rows *rows)
{
	struct unit u = { .id = sql_int(rows, 0) };

	(void)q;
	sql_copy(rows, 1, u.code, sizeof u.code);
	sql_copy(rows, 2, u.name, sizeof u.name);
	return query_unit_json(&u);
}

static json_t *row_device(struct query *q, struct sql_rows *rows)
{
	struct device d = { .id = sql_int(rows, 0), .unit = sql_int(rows, 2) };

	sql_copy(rows, 1, d.serial, sizeof d.serial);
	return query_device_json(q, &d);
}

static json_t *row_person(struct query *q, struct sql_rows *rows)
{
	struct person p;

	catalog_read_person(rows, &p);
	return query_person_json(q, &p);
}

static json_t *row_case(struct query *q, struct sql_rows *rows)
{
	struct casefile k;

	catalog_read_case(rows, &k);
	return query_case_json(q, &k);
}

static json_t *row_item(struct query *q, struct sql_rows *rows)
{
	struct item item;

	catalog_read_item(rows, &item);
	return query_item_json(q, &item);
}

static json_t *row_request(struct query *q, struct sql_rows *rows)
{
	struct request r;

	grants_read(rows, &r);
	return query_request_json(q, &r);
}

static const struct list {
	const char *what;
	enum act act;
	const char *text;
	row_fn row;
} lists[] = {
	{ "units", ACT_BROWSE, "SELECT id, code, name FROM unit WHERE id>?1 ORDER BY id LIMIT ?2",
		row_unit },
	{ "devices", ACT_BROWSE,
		"SELECT id, serial, unit FROM device WHERE id>?1 ORDER BY id LIMIT ?2",
		row_device },
	{ "people", ACT_BROWSE,
		"SELECT " PERSON_COLUMNS " FROM person WHERE id>?1 ORDER BY id LIMIT ?2",
		row_person },
	{ "cases", ACT_BROWSE,
		"SELECT " CASE_COLUMNS " FROM casefile WHERE id>?1 AND instr(coalesce(party,''), "
		"?3)>0 AND instr(coalesce(cause,''), ?4)>0"
		" ORDER BY id LIMIT ?2",
		row_case },
	{ "items", ACT_BROWSE,
		"SELECT " ITEM_COLUMNS " FROM item WHERE id>?1 AND state=" SQL_SEALED
		" ORDER BY id LIMIT ?2",
		row_item },
	{ "incomplete", ACT_INCOMPLETE,
		"SELECT " ITEM_COLUMNS " FROM item WHERE id>?1 AND state=" SQL_INCOMPLETE
		" ORDER BY id LIMIT ?2",
		row_item },
	{ "withdrawn", ACT_INCOMPLETE,
		"SELECT " ITEM_COLUMNS " FROM item WHERE id>?1 AND state=" SQL_WITHDRAWN
		" ORDER BY id LIMIT ?2",
		row_item },
	{ "requests", ACT_REQUEST,
		"SELECT " REQUEST_COLUMNS
		" FROM request WHERE id>?1 AND (?3=0 OR applicant=?3) ORDER BY id LIMIT ?2",
		row_request },
	{ "pending", ACT_REQUEST,
		"SELECT " REQUEST_COLUMNS " FROM request WHERE state=" SQL_GRANT_PENDING
		" AND id>?1 AND (?3=0 OR "
		"applicant=?3) ORDER BY id LIMIT ?2",
		row_request },
	{ "custodians", ACT_BROWSE,
		"SELECT rowid, unit, person, since, until FROM custodian WHERE rowid>?1 ORDER BY "
		"rowid LIMIT ?2",
		query_custodian_row },
	{ "service", ACT_BROWSE,
		"SELECT id, device, since, until, note FROM service WHERE id>?1 ORDER BY id LIMIT "
		"?2",
		query_service_row },
};

/* Approvers see every request, others their own. */
static int64_t only_of(const struct query *q, const struct list *l)
{
	return l->row != row_request || q->all || act_allowed(q->who, ACT_DECIDE) == REASON_NONE
		? 0
		: q->who->id;
}

/* A part of a text that is looked for; "" is a part of all. */
static const char *part_of(const json_t *request, const char *key)
{
	return jsonget_str(request, key) != NULL ? jsonget_str(request, key) : "";
}

static int query_list(struct query *q, const json_t *request, json_t **answer)
{
	const char *what = jsonget_str(request, "what");
	const struct list *l = NULL;
	struct sql_rows *rows;
	int64_t after, limit, n = 0;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (what != NULL && strcmp(lists[i].what, what) == 0)
			l = &lists[i];
	if (err == 0)
		err = l == NULL ? query_refuse(q, REASON_VALUE_BAD, "what") : query_need(q, l->act);
	if (err != 0)
		return err;
	out = json_array();
	if (l->row == row_request)
		rows = sql_query(q->db, l->text, "iii", after, limit, only_of(q, l));
	else if (l->row == row_case)
		rows = sql_query(q->db, l->text, "iiss", after, limit, part_of(request, "party"),
			part_of(request, "cause"));
	else
		rows = sql_query(q->db, l->text, "ii", after, limit);
	while ((rc = sql_next(rows)) == 1) {
		after = sql_int(rows, 0);
		json_array_append_new(out, l->row(q, rows));
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

int query_item(struct query *q, const json_t *request, struct item *out)
{
	struct query_place place = { .item = jsonget_int(request, "item", 0) };
	const char *path = jsonget_str(request, "path");
	int err = 0;

	if (place.item == 0 && path != NULL)
		err = q->resolve(q->arg, path, &place);
	if (err == 0)
		err = place.item != 0 ? catalog_item(q->db, place.item, out) : ENOENT;
	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "item")
			     : err;
}

const struct query_row query_lists[] = {
	{ "list", query_list, FIELDS(TEXT("what"), PAGE, TEXT("party"), TEXT("cause")) },
	{ NULL, NULL, NULL },
};
