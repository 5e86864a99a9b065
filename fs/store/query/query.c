/* What every query begins with, the plain lists, and paths. */
#include "fs/store/query/query.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/cases.h"
#include "fs/store/records/disposals.h"
#include "policy/name.h"
#include "policy/role.h"

#define LIMIT_DEFAULT 500
#define LIMIT_MAX 1000

int query_refuse(struct query *q, enum reason why, const char *field)
{
	q->why = why;
	q->field = field;
	return reason_errno(why);
}

int query_need(struct query *q, enum act act)
{
	enum reason why = q->all ? REASON_NONE : act_allowed(q->who, act);

	return why == REASON_NONE ? 0 : query_refuse(q, why, NULL);
}

int query_page(struct query *q, const json_t *request, int64_t *after, int64_t *limit)
{
	*after = jsonget_int(request, "after", 0);
	*limit = jsonget_int(request, "limit", LIMIT_DEFAULT);
	if (*after < 0 || *limit < 1 || *limit > LIMIT_MAX)
		return query_refuse(q, REASON_VALUE_BAD, *after < 0 ? "after" : "limit");
	return 0;
}

static const struct {
	const char *field;
	json_type type;
} field_types[] = {
	{ "code", JSON_STRING },
	{ "name", JSON_STRING },
	{ "serial", JSON_STRING },
	{ "unit", JSON_STRING },
	{ "device", JSON_STRING },
	{ "person", JSON_STRING },
	{ "number", JSON_STRING },
	{ "roles", JSON_STRING },
	{ "certified_from", JSON_STRING },
	{ "certified_to", JSON_STRING },
	{ "party", JSON_STRING },
	{ "cause", JSON_STRING },
	{ "class", JSON_STRING },
	{ "what", JSON_STRING },
	{ "path", JSON_STRING },
	{ "case", JSON_STRING },
	{ "purpose", JSON_STRING },
	{ "from", JSON_STRING },
	{ "to", JSON_STRING },
	{ "reason", JSON_STRING },
	{ "since", JSON_STRING },
	{ "until", JSON_STRING },
	{ "verb", JSON_STRING },
	{ "text", JSON_STRING },
	{ "value", JSON_STRING },
	{ "version", JSON_INTEGER },
	{ "uid", JSON_INTEGER },
	{ "after", JSON_INTEGER },
	{ "limit", JSON_INTEGER },
	{ "item", JSON_INTEGER },
	{ "id", JSON_INTEGER },
	{ "opens", JSON_INTEGER },
	{ "offset", JSON_INTEGER },
	{ "level", JSON_INTEGER },
	{ "rule", JSON_STRING },
	{ "note", JSON_STRING },
	{ "open", JSON_TRUE },
	{ "alias", JSON_STRING },
	{ "date", JSON_STRING },
	{ "formal", JSON_TRUE },
	{ "ground", JSON_INTEGER },
	{ "all", JSON_TRUE },
	{ "no_offline_copy", JSON_TRUE },
	{ "medium", JSON_STRING },
	{ "type", JSON_STRING },
	{ "overdue", JSON_TRUE },
	{ "held", JSON_TRUE },
	{ "expired", JSON_TRUE },
	{ "state", JSON_STRING },
	{ "cursor", JSON_STRING },
	{ "missing", JSON_ARRAY },
	{ "damaged", JSON_ARRAY },
	{ "extra", JSON_INTEGER },
	{ "files", JSON_INTEGER },
	{ "missing_count", JSON_INTEGER },
	{ "damaged_count", JSON_INTEGER },
	{ "manifest", JSON_TRUE },
	{ "paths", JSON_ARRAY },
	{ "items", JSON_ARRAY },
};

static bool fits(const json_t *value, json_type type)
{
	return json_is_null(value) ||
		(type == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == type);
}

int query_check(struct query *q, const json_t *request)
{
	const json_t *value, *one;
	size_t i;

	for (i = 0; i < sizeof field_types / sizeof field_types[0]; i++) {
		value = json_object_get(request, field_types[i].field);
		if (value != NULL && !fits(value, field_types[i].type))
			return query_refuse(q, REASON_VALUE_BAD, field_types[i].field);
	}
	json_array_foreach(json_object_get(request, "paths"), i, one)
		if (!json_is_string(one))
			return query_refuse(q, REASON_VALUE_BAD, "paths");
	json_array_foreach(json_object_get(request, "items"), i, one)
		if (!json_is_integer(one))
			return query_refuse(q, REASON_VALUE_BAD, "items");
	return 0;
}

int query_check_fields(struct query *q, const struct request_field *fields, const json_t *request)
{
	const char *fault = request_fault(fields, request);

	return fault != NULL ? query_refuse(q, REASON_VALUE_BAD, fault) : 0;
}

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

static json_t *tally_json(struct query *q, int64_t *bytes)
{
	struct sql_rows *rows = sql_query(
		q->db, "SELECT state, items, bytes FROM tally ORDER BY state", "");
	json_t *j = json_object();

	*bytes = 0;
	while (sql_next(rows) == 1) {
		json_object_set_new(j, item_state_name((enum item_state)sql_int(rows, 0)),
			json_integer(sql_int(rows, 1)));
		if (sql_int(rows, 0) != ITEM_DISPOSED) /* those are gone */
			*bytes += sql_int(rows, 2);
	}
	return j;
}

static json_t *ledger_json(struct query *q)
{
	struct ledger *l = q->store->ledger;
	uint64_t size = ledger_size(l);
	uint8_t root[HASH_LEN];
	char note[CHECKPOINT_MAX];
	struct checkpoint head;
	bool known = ledger_root(l, size, root) == 0;
	bool has_head = ledger_stored_checkpoint(l, note) == 0 &&
		checkpoint_open(note, q->store->format.vkey, &head) == 0;

	return json_pack("{s:I, s:o, s:o}", "size", (json_int_t)size, "root",
		query_hash(known, root), "checkpoint_size",
		has_head ? json_integer((json_int_t)head.size) : json_null());
}

static int query_status(struct query *q, const json_t *request, json_t **answer)
{
	const struct store_format *f = &q->store->format;
	struct statvfs disk = { .f_bavail = 0 };
	char offset[8];
	int64_t bytes, pending = 0;
	json_t *tally = tally_json(q, &bytes), *store;

	(void)request;
	offset_format(f->utc_offset, offset);
	(void)q->store->blobs.ops->usage(q->store->blobs.impl, &disk);
	(void)sql_value(q->db, &pending,
		"SELECT count(*) FROM (SELECT 1 FROM item WHERE state=" SQL_SEALED
		" AND sha256 IS NULL LIMIT "
		"100000)",
		"");
	store = json_pack("{s:s, s:I, s:s, s:s, s:b, s:s?}", "uuid", f->uuid, "format",
		(json_int_t)f->version, "created", f->created, "utc_offset", offset, "test_clock",
		f->test_clock, "path",
		q->all || act_allowed(q->who, ACT_LEDGER) == REASON_NONE ? q->store->path : NULL);
	*answer = json_pack("{s:o, s:I, s:o, s:o, s:s, s:o, s:I, s:o, s:I, s:I, s:o}", "store",
		store, "policy", (json_int_t)q->now.policy, "wall", query_instant(q, q->now.wall),
		"clock", query_instant(q, q->now.clock), "version", CUSTODYFS_VERSION, "items",
		tally, "bytes", (json_int_t)bytes, "ledger", ledger_json(q), "free_bytes",
		(json_int_t)(disk.f_bavail * disk.f_frsize), "digests_pending", (json_int_t)pending,
		"you", q->who->id != 0 ? query_person_json(q, q->who) : json_null());
	return *answer != NULL ? 0 : ENOMEM;
}

static const struct query_row table[] = {
	{ "list", query_list },
	{ "show", query_show },
	{ "findings", query_findings },
	{ "log", query_log },
	{ "hold.list", query_hold_list },
	{ "dispose.list", query_dispose_list },
	{ "dispose.items", query_dispose_items },
	{ "dispose.done", query_dispose_done },
	{ "copy.list", query_copy_list },
	{ "copy.items", query_copy_items },
	{ "status", query_status },
	{ "verify.list", query_verify_list },
	{ "verify.range", query_verify_range },
	{ "ledger.head", query_ledger_head },
	{ "ledger.entries", query_ledger_entries },
	{ "ledger.hashes", query_ledger_hashes },
	{ NULL, NULL },
};

static const struct query_row *const tables[] = { table, query_policy, query_tags, query_cases };

query_fn query_find(const char *command)
{
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		for (const struct query_row *r = tables[i]; r->command != NULL; r++)
			if (strcmp(r->command, command) == 0)
				return r->fn;
	return NULL;
}

int query_resolve(void *arg, const char *path, struct query_place *out)
{
	struct sql *db = arg;
	char name[7][NAME_BUFFER];
	struct unit u = { .id = 0 };
	struct device d = { .id = 0 };
	struct person p = { .id = 0 };
	struct folder f;
	struct item i = { .id = 0 };
	int32_t day = DAY_NONE;
	const char *whole = path;
	size_t n = 0;
	int err = 0;

	while (n < 7 && query_component(&path, name[n]))
		n++;
	while (*path == '/')
		path++;
	if (n > 0 && strcmp(name[0], "by-unit") != 0)
		return query_resolve_view(db, whole, out);
	if (*path != '\0')
		return ENOENT;
	if (n > 1)
		err = catalog_unit_named(db, name[1], &u);
	if (err == 0 && n > 2)
		err = catalog_device_in(db, u.id, name[2], &d);
	if (err == 0 && n > 3)
		err = catalog_officer_in(db, u.id, d.id, name[3], &p);
	if (err != 0 || (n > 4 && !day_parse(name[4], &day)))
		return err != 0 ? err : ENOENT;
	*out = (struct query_place){
		.unit = u.id, .device = d.id, .officer = p.id, .day = DAY_NONE
	};
	if (n < 5)
		return 0;
	err = catalog_folder_at(db, u.id, d.id, p.id, day, n > 5 ? name[5] : "", &f);
	if (err == 0)
		err = query_place_of(db, f.id, out);
	if (err != 0 || n < 7)
		return err;
	err = catalog_item_named(db, f.id, name[6], &i);
	out->item = i.id;
	return err;
}
