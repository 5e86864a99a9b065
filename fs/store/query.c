/* Renderings, and the plain lists. */
#include "fs/store/query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs/store/cases.h"
#include "fs/store/disposals.h"
#include "fs/store/retention.h"
#include "fs/store/scopes.h"
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
	*after = event_int(request, "after", 0);
	*limit = event_int(request, "limit", LIMIT_DEFAULT);
	if (*after < 0 || *limit < 1 || *limit > LIMIT_MAX)
		return query_refuse(q, REASON_VALUE_BAD, *after < 0 ? "after" : "limit");
	return 0;
}

static const struct { const char *field; json_type type; } field_types[] = {
	{ "code", JSON_STRING }, { "name", JSON_STRING }, { "serial", JSON_STRING }, { "unit", JSON_STRING }, { "device", JSON_STRING },
	{ "person", JSON_STRING }, { "number", JSON_STRING }, { "roles", JSON_STRING }, { "certified_from", JSON_STRING }, { "certified_to", JSON_STRING },
	{ "party", JSON_STRING }, { "cause", JSON_STRING }, { "class", JSON_STRING }, { "what", JSON_STRING }, { "path", JSON_STRING },
	{ "case", JSON_STRING }, { "purpose", JSON_STRING }, { "from", JSON_STRING }, { "to", JSON_STRING }, { "reason", JSON_STRING },
	{ "since", JSON_STRING }, { "until", JSON_STRING }, { "verb", JSON_STRING }, { "text", JSON_STRING }, { "value", JSON_STRING },
	{ "version", JSON_INTEGER }, { "uid", JSON_INTEGER }, { "after", JSON_INTEGER },
	{ "limit", JSON_INTEGER }, { "item", JSON_INTEGER }, { "id", JSON_INTEGER }, { "opens", JSON_INTEGER }, { "offset", JSON_INTEGER },
	{ "level", JSON_INTEGER }, { "rule", JSON_STRING }, { "note", JSON_STRING }, { "open", JSON_TRUE }, { "alias", JSON_STRING }, { "date", JSON_STRING },
	{ "formal", JSON_TRUE }, { "ground", JSON_INTEGER },
	{ "all", JSON_TRUE }, { "no_offline_copy", JSON_TRUE }, { "medium", JSON_STRING }, { "type", JSON_STRING }, { "overdue", JSON_TRUE },
	{ "held", JSON_TRUE }, { "expired", JSON_TRUE }, { "state", JSON_STRING }, { "cursor", JSON_STRING }, { "missing", JSON_ARRAY },
	{ "damaged", JSON_ARRAY }, { "extra", JSON_INTEGER }, { "files", JSON_INTEGER },
	{ "missing_count", JSON_INTEGER }, { "damaged_count", JSON_INTEGER }, { "manifest", JSON_TRUE }, { "paths", JSON_ARRAY }, { "items", JSON_ARRAY },
};

static bool fits(const json_t *value, json_type type)
{
	return json_is_null(value) || (type == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == type);
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

json_t *query_instant(const struct query *q, int64_t ms)
{
	char text[INSTANT_TEXT];

	if (ms == 0)
		return json_null();
	instant_format(ms, q->now.utc_offset, text);
	return json_string(text);
}

static json_t *day_json(int32_t day)
{
	char text[DAY_TEXT];

	if (day == DAY_NONE)
		return json_null();
	day_format(day, text);
	return json_string(text);
}

json_t *query_unit_json(const struct unit *u)
{
	return json_pack("{s:I, s:s, s:s}", "id", (json_int_t)u->id, "code", u->code, "name", u->name);
}

json_t *query_device_json(struct query *q, const struct device *d)
{
	struct unit u = { .code = "", .name = "" };

	(void)catalog_unit(q->db, d->unit, &u);
	return json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)d->id, "serial", d->serial, "unit", u.code, "unit_name", u.name);
}

json_t *query_person_json(struct query *q, const struct person *p)
{
	struct unit u;
	char roles[ROLES_TEXT];
	bool has_unit = p->unit != 0 && catalog_unit(q->db, p->unit, &u) == 0;

	roles_format(p->roles, roles);
	return json_pack("{s:I, s:s, s:s, s:o, s:s?, s:s?, s:s, s:b, s:o, s:o}", "id", (json_int_t)p->id, "number", p->number, "name", p->name,
			 "uid", p->uid == UID_NONE ? json_null() : json_integer(p->uid), "unit", has_unit ? u.code : NULL,
			 "unit_name", has_unit ? u.name : NULL, "roles", roles, "formal", p->formal,
			 "certified_from", day_json(p->certified_from), "certified_to", day_json(p->certified_to));
}

json_t *query_case_json(struct query *q, const struct casefile *k)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)k->id, "number", k->number, "party", k->party, "cause", k->cause,
			 "class", k->class, "opened", query_instant(q, k->opened), "closed", day_json(k->closed));
}

json_t *query_hash(bool known, const uint8_t hash[HASH_LEN])
{
	char hex[HASH_HEX];

	if (!known)
		return json_null();
	hash_hex(hash, hex);
	return json_string(hex);
}

void query_set_person(struct query *q, json_t *j, const char *key, const char *name_key, int64_t id)
{
	struct person p = { .number = "" };
	bool known = id != 0 && catalog_person(q->db, id, &p) == 0;

	json_object_set_new(j, key, known ? json_string(p.number) : json_null());
	json_object_set_new(j, name_key, known ? json_string(p.name) : json_null());
}

json_t *query_text(const char *text)
{
	return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *ns_json(const struct query *q, int64_t ns)
{
	return query_instant(q, ns / 1000000);
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* Where an item lies, and who stands behind it. */
static void set_place(struct query *q, json_t *j, const struct item *item)
{
	struct folder f;
	struct unit u = { .name = "" };
	struct device d = { .serial = "" };
	struct person officer = { .number = "" }, depositor = { .number = "" };
	char path[2048];
	bool known = catalog_item_path(q->db, item, path, sizeof path) == 0;

	if (catalog_folder(q->db, item->folder, &f) == 0) {
		(void)catalog_unit(q->db, f.unit, &u);
		(void)catalog_device(q->db, f.device, &d);
		(void)catalog_person(q->db, f.officer, &officer);
		set(j, "recorded_on", day_json(f.day));
		set(j, "case", json_string(f.kase));
	}
	(void)catalog_person(q->db, item->depositor, &depositor);
	set(j, "path", known && item->state <= ITEM_SEALED ? json_string(path) : json_null());
	set(j, "was_at", known && item->state > ITEM_SEALED ? json_string(path) : json_null());
	set(j, "unit", json_string(u.name));
	set(j, "device", json_string(d.serial));
	set(j, "officer", json_string(officer.number));
	set(j, "officer_name", json_string(officer.name));
	set(j, "deposited_by", json_string(depositor.number));
	set(j, "deposited_by_name", json_string(depositor.name));
}

/* The term in force, and what decides on it. */
static void set_retention(struct query *q, json_t *j, const struct item *item)
{
	struct retention r;
	char until[INSTANT_TEXT];

	if (retention_state(q->db, item, q->now.utc_offset, &r) != 0)
		return;
	retention_text(&r.term, q->now.utc_offset, until);
	set(j, "class", json_string(r.class));
	set(j, "retain_until", json_string(until));
	set(j, "retain_basis", json_string(bond_basis(&r.term.by)));
	set(j, "held", json_boolean(r.held));
}

json_t *query_item_json(struct query *q, const struct item *item)
{
	struct disposed gone;
	json_t *j = json_object();

	set(j, "item", json_integer(item->id));
	set(j, "name", json_string(item->name));
	set(j, "state", json_string(item_state_name(item->state)));
	set(j, "settling", json_boolean(item->state == ITEM_SEALED && q->now.clock < item->settle_until));
	set(j, "size", json_integer(item->size));
	set_place(q, j, item);
	set(j, "cases", cases_json(q->db, item->id));
	set(j, "deposited_at", query_instant(q, item->sealed != 0 ? item->sealed : item->begun));
	set(j, "sealed_at", query_instant(q, item->sealed));
	set(j, "mtime", ns_json(q, item->mtime));
	set_retention(q, j, item);
	set(j, "content_root", query_hash(item->closed, item->root));
	set(j, "sha256", query_hash(item->digested, item->sha256));
	set(j, "sm3", query_hash(item->digested, item->sm3));
	set(j, "reason", item->reason[0] != '\0' ? json_string(item->reason) : json_null());
	query_tags_json(q, item, j);
	set(j, "disposal", item->state == ITEM_DISPOSED && disposals_item(q->db, item->id, &gone) == 0 ? query_disposed_json(q, &gone) : json_null());
	return j;
}

/* The items that a request names, with their paths. */
static void set_items(struct query *q, json_t *j, int64_t request)
{
	json_t *items = json_array(), *paths = json_array();
	struct sql_rows *rows = sql_query(q->db, "SELECT " ITEM_COLUMNS " FROM request_item JOIN item ON item.id=request_item.item"
					  " WHERE request_item.request=? ORDER BY item.id LIMIT 1000", "i", request);
	struct item item;
	char path[2048];

	while (sql_next(rows) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(items, json_integer(item.id));
		json_array_append_new(paths, catalog_item_path(q->db, &item, path, sizeof path) == 0 ? json_string(path) : json_null());
	}
	set(j, "items", items);
	set(j, "paths", paths);
}

struct folders { struct query *q; json_t *list; };

static bool add_folder(void *arg, const struct scope *s)
{
	struct folders *f = arg;
	char path[2048];

	if (s->kase == 0)       /* the case has a field of its own */
		json_array_append_new(f->list, scopes_path(f->q->db, s, path, sizeof path) == 0 ? json_string(path) : json_null());
	return true;
}

static void set_folders(struct query *q, json_t *j, int64_t request)
{
	struct folders f = { q, json_array() };

	(void)grants_scopes(q->db, request, add_folder, &f);
	set(j, "folders", f.list);
}

json_t *query_request_json(struct query *q, const struct request *r)
{
	struct person applicant = { .number = "" }, decider = { .number = "" };
	json_t *j = json_object();

	(void)catalog_person(q->db, r->grant.applicant, &applicant);
	if (r->decided_by != 0)
		(void)catalog_person(q->db, r->decided_by, &decider);
	set(j, "id", json_integer(r->grant.id));
	set(j, "applicant", json_string(applicant.number));
	set(j, "applicant_name", json_string(applicant.name));
	set_items(q, j, r->grant.id);
	set_folders(q, j, r->grant.id);
	set(j, "case", r->kase[0] != '\0' ? json_string(r->kase) : json_null());
	set(j, "purpose", json_string(r->purpose));
	set(j, "from", query_instant(q, r->grant.from));
	set(j, "to", query_instant(q, r->grant.to));
	set(j, "opens", r->grant.opens != 0 ? json_integer(r->grant.opens) : json_null());
	set(j, "used", json_integer(r->grant.used));
	set(j, "state", json_string(grant_state_name(r->grant.state)));
	set(j, "decided_by", r->decided_by != 0 ? json_string(decider.number) : json_null());
	set(j, "decided_by_name", r->decided_by != 0 ? json_string(decider.name) : json_null());
	set(j, "decided_at", query_instant(q, r->decided_at));
	set(j, "reason", r->reason[0] != '\0' ? json_string(r->reason) : json_null());
	set(j, "asked_at", query_instant(q, r->asked));
	return j;
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

static const struct list { const char *what; enum act act; const char *text; row_fn row; } lists[] = {
	{ "units", ACT_BROWSE, "SELECT id, code, name FROM unit WHERE id>?1 ORDER BY id LIMIT ?2", row_unit },
	{ "devices", ACT_BROWSE, "SELECT id, serial, unit FROM device WHERE id>?1 ORDER BY id LIMIT ?2", row_device },
	{ "people", ACT_BROWSE, "SELECT " PERSON_COLUMNS " FROM person WHERE id>?1 ORDER BY id LIMIT ?2", row_person },
	{ "cases", ACT_BROWSE, "SELECT " CASE_COLUMNS " FROM casefile WHERE id>?1 AND instr(coalesce(party,''), ?3)>0 AND instr(coalesce(cause,''), ?4)>0"
	  " ORDER BY id LIMIT ?2", row_case },
	{ "items", ACT_BROWSE, "SELECT " ITEM_COLUMNS " FROM item WHERE id>?1 AND state=1 ORDER BY id LIMIT ?2", row_item },
	{ "incomplete", ACT_INCOMPLETE, "SELECT " ITEM_COLUMNS " FROM item WHERE id>?1 AND state=2 ORDER BY id LIMIT ?2", row_item },
	{ "withdrawn", ACT_INCOMPLETE, "SELECT " ITEM_COLUMNS " FROM item WHERE id>?1 AND state=3 ORDER BY id LIMIT ?2", row_item },
	{ "requests", ACT_REQUEST, "SELECT " REQUEST_COLUMNS " FROM request WHERE id>?1 AND (?3=0 OR applicant=?3) ORDER BY id LIMIT ?2", row_request },
	{ "pending", ACT_REQUEST, "SELECT " REQUEST_COLUMNS " FROM request WHERE state=0 AND id>?1 AND (?3=0 OR applicant=?3) ORDER BY id LIMIT ?2", row_request },
	{ "custodians", ACT_BROWSE, "SELECT rowid, unit, person, since, until FROM custodian WHERE rowid>?1 ORDER BY rowid LIMIT ?2", query_custodian_row },
	{ "service", ACT_BROWSE, "SELECT id, device, since, until, note FROM service WHERE id>?1 ORDER BY id LIMIT ?2", query_service_row },
};

/* Approvers see every request, others their own. */
static int64_t only_of(const struct query *q, const struct list *l)
{
	return l->row != row_request || q->all || act_allowed(q->who, ACT_DECIDE) == REASON_NONE ? 0 : q->who->id;
}

/* A part of a text that is looked for; "" is a part of all. */
static const char *part_of(const json_t *request, const char *key)
{
	return event_str(request, key) != NULL ? event_str(request, key) : "";
}

static int query_list(struct query *q, const json_t *request, json_t **answer)
{
	const char *what = event_str(request, "what");
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
		rows = sql_query(q->db, l->text, "iiss", after, limit, part_of(request, "party"), part_of(request, "cause"));
	else
		rows = sql_query(q->db, l->text, "ii", after, limit);
	while ((rc = sql_next(rows)) == 1) {
		after = sql_int(rows, 0);
		json_array_append_new(out, l->row(q, rows));
		n++;
	}
	*answer = json_pack("{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

int query_item(struct query *q, const json_t *request, struct item *out)
{
	struct query_place place = { .item = event_int(request, "item", 0) };
	const char *path = event_str(request, "path");
	int err = 0;

	if (place.item == 0 && path != NULL)
		err = q->resolve(q->arg, path, &place);
	if (err == 0)
		err = place.item != 0 ? catalog_item(q->db, place.item, out) : ENOENT;
	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "item") : err;
}

static json_t *tally_json(struct query *q, int64_t *bytes)
{
	struct sql_rows *rows = sql_query(q->db, "SELECT state, items, bytes FROM tally ORDER BY state", "");
	json_t *j = json_object();

	*bytes = 0;
	while (sql_next(rows) == 1) {
		set(j, item_state_name((enum item_state)sql_int(rows, 0)), json_integer(sql_int(rows, 1)));
		if (sql_int(rows, 0) != ITEM_DISPOSED)          /* those are gone */
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
	bool has_head = ledger_stored_checkpoint(l, note) == 0 && checkpoint_open(note, q->store->format.vkey, &head) == 0;

	return json_pack("{s:I, s:o, s:o}", "size", (json_int_t)size, "root", query_hash(known, root),
			 "checkpoint_size", has_head ? json_integer((json_int_t)head.size) : json_null());
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
	(void)sql_value(q->db, &pending, "SELECT count(*) FROM (SELECT 1 FROM item WHERE state=1 AND sha256 IS NULL LIMIT 100000)", "");
	store = json_pack("{s:s, s:I, s:s, s:s, s:b, s:s?}", "uuid", f->uuid, "format", (json_int_t)f->version, "created", f->created,
			  "utc_offset", offset, "test_clock", f->test_clock, "path",
			  q->all || act_allowed(q->who, ACT_LEDGER) == REASON_NONE ? q->store->path : NULL);
	*answer = json_pack("{s:o, s:I, s:o, s:o, s:s, s:o, s:I, s:o, s:I, s:I, s:o}", "store", store, "policy", (json_int_t)q->now.policy, "wall", query_instant(q, q->now.wall),
			    "clock", query_instant(q, q->now.clock), "version", CUSTODYFS_VERSION, "items", tally, "bytes", (json_int_t)bytes,
			    "ledger", ledger_json(q), "free_bytes", (json_int_t)(disk.f_bavail * disk.f_frsize), "digests_pending", (json_int_t)pending,
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
	*out = (struct query_place){ .unit = u.id, .device = d.id, .officer = p.id, .day = DAY_NONE };
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
