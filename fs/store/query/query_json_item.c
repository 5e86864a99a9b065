/* Renderings of items and of requests to read them. */
#include "fs/store/catalog/scopes.h"
#include "fs/store/query/query.h"
#include "fs/store/records/casefiles.h"
#include "fs/store/records/disposals.h"
#include "fs/store/records/retention.h"
#include "fs/store/records/tags.h"
#include "policy/media.h"
#include "policy/name.h"
#include "policy/role.h"
#include "policy/tag.h"
#include <string.h>

static json_t *tag_json(struct query *q, const struct item *item, enum tag t)
{
	char value[TAG_VALUE];

	return tags_get(q->db, item, t, value) == 0 ? query_text(value) : json_null();
}

void query_tags_json(struct query *q, const struct item *item, json_t *j)
{
	enum media m = media_of_name(item->name);
	struct unrelated_tag u = { .state = UNRELATED_NONE };

	(void)tags_get_unrelated(q->db, item->id, &u);
	json_object_set_new(j, "important", json_boolean(item->important));
	json_object_set_new(j, "stage", tag_json(q, item, TAG_STAGE));
	json_object_set_new(j, "informed", tag_json(q, item, TAG_INFORMED));
	json_object_set_new(j, "form", query_text(media_form(m)));
	json_object_set_new(j, "kind", query_text(media_kind(m)));
	json_object_set_new(j, "unrelated", query_text(unrelated_name(u.state)));
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

static json_t *ns_json(const struct query *q, int64_t ns)
{
	return query_instant(q, ns / 1000000);
}

static void set_field(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* Where an item is, and whose it is. */
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
		set_field(j, "recorded_on", query_day(f.day));
		set_field(j, "case", json_string(f.kase));
	}
	(void)catalog_person(q->db, item->depositor, &depositor);
	set_field(j, "path", known && item->state <= ITEM_SEALED ? json_string(path) : json_null());
	set_field(
		j, "was_at", known && item->state > ITEM_SEALED ? json_string(path) : json_null());
	set_field(j, "unit", json_string(u.name));
	set_field(j, "device", json_string(d.serial));
	set_field(j, "officer", json_string(officer.number));
	set_field(j, "officer_name", json_string(officer.name));
	set_field(j, "deposited_by", json_string(depositor.number));
	set_field(j, "deposited_by_name", json_string(depositor.name));
}

static bool append_number(void *arg, const char *number)
{
	return json_array_append_new(arg, json_string(number)) == 0;
}

static json_t *case_numbers(struct sql *db, int64_t item)
{
	json_t *out = json_array();

	(void)casefiles_of_item(db, item, append_number, out);
	return out;
}

/* The term in force, and what decides on it. */
static void set_retention(struct query *q, json_t *j, const struct item *item)
{
	struct retention r;
	char until[INSTANT_TEXT];

	if (retention_state(q->db, item, q->now.utc_offset, &r) != 0)
		return;
	retention_text(&r.term, q->now.utc_offset, until);
	set_field(j, "class", json_string(r.class));
	set_field(j, "retain_until", json_string(until));
	set_field(j, "retain_basis", json_string(bond_basis(&r.term.by)));
	set_field(j, "held", json_boolean(r.held));
}

json_t *query_item_json(struct query *q, const struct item *item)
{
	struct disposed gone;
	json_t *j = json_object();

	set_field(j, "item", json_integer(item->id));
	set_field(j, "name", json_string(item->name));
	set_field(j, "state", json_string(item_state_name(item->state)));
	set_field(j, "settling",
		json_boolean(item->state == ITEM_SEALED && q->now.clock < item->settle_until));
	set_field(j, "size", json_integer(item->size));
	set_place(q, j, item);
	set_field(j, "cases", case_numbers(q->db, item->id));
	set_field(j, "deposited_at",
		query_instant(q, item->sealed != 0 ? item->sealed : item->begun));
	set_field(j, "sealed_at", query_instant(q, item->sealed));
	set_field(j, "mtime", ns_json(q, item->mtime));
	set_retention(q, j, item);
	set_field(j, "content_root", query_hash(item->closed, item->root));
	set_field(j, "sha256", query_hash(item->digested, item->sha256));
	set_field(j, "sm3", query_hash(item->digested, item->sm3));
	set_field(j, "reason", item->reason[0] != '\0' ? json_string(item->reason) : json_null());
	query_tags_json(q, item, j);
	set_field(j, "disposal",
		item->state == ITEM_DISPOSED && disposals_item(q->db, item->id, &gone) == 0
			? query_disposed_json(q, &gone)
			: json_null());
	return j;
}

/* The items that a request names, with their paths. */
static void set_items(struct query *q, json_t *j, int64_t request)
{
	json_t *items = json_array(), *paths = json_array();
	struct sql_rows *rows = sql_query(q->db,
		"SELECT " ITEM_COLUMNS " FROM request_item JOIN item ON item.id=request_item.item"
		" WHERE request_item.request=? ORDER BY item.id LIMIT 1000",
		"i", request);
	struct item item;
	char path[2048];

	while (sql_next(rows) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(items, json_integer(item.id));
		json_array_append_new(paths,
			catalog_item_path(q->db, &item, path, sizeof path) == 0 ? json_string(path)
										: json_null());
	}
	set_field(j, "items", items);
	set_field(j, "paths", paths);
}

struct folders {
	struct query *q;
	json_t *list;
};

static bool add_folder(void *arg, const struct scope *s)
{
	struct folders *f = arg;
	char path[2048];

	if (s->kase == 0) /* the case has a field of its own */
		json_array_append_new(f->list,
			scopes_path(f->q->db, s, path, sizeof path) == 0 ? json_string(path)
									 : json_null());
	return true;
}

static void set_folders(struct query *q, json_t *j, int64_t request)
{
	struct folders f = { q, json_array() };

	(void)grants_scopes(q->db, request, add_folder, &f);
	set_field(j, "folders", f.list);
}

json_t *query_request_json(struct query *q, const struct request *r)
{
	struct person applicant = { .number = "" }, decider = { .number = "" };
	json_t *j = json_object();

	(void)catalog_person(q->db, r->grant.applicant, &applicant);
	if (r->decided_by != 0)
		(void)catalog_person(q->db, r->decided_by, &decider);
	set_field(j, "id", json_integer(r->grant.id));
	set_field(j, "applicant", json_string(applicant.number));
	set_field(j, "applicant_name", json_string(applicant.name));
	set_items(q, j, r->grant.id);
	set_folders(q, j, r->grant.id);
	set_field(j, "case", r->kase[0] != '\0' ? json_string(r->kase) : json_null());
	set_field(j, "purpose", json_string(r->purpose));
	set_field(j, "from", query_instant(q, r->grant.from));
	set_field(j, "to", query_instant(q, r->grant.to));
	set_field(j, "opens", r->grant.opens != 0 ? json_integer(r->grant.opens) : json_null());
	set_field(j, "used", json_integer(r->grant.used));
	set_field(j, "state", json_string(grant_state_name(r->grant.state)));
	set_field(j, "decided_by", r->decided_by != 0 ? json_string(decider.number) : json_null());
	set_field(
		j, "decided_by_name", r->decided_by != 0 ? json_string(decider.name) : json_null());
	set_field(j, "decided_at", query_instant(q, r->decided_at));
	set_field(j, "reason", r->reason[0] != '\0' ? json_string(r->reason) : json_null());
	set_field(j, "asked_at", query_instant(q, r->asked));
	return j;
}
