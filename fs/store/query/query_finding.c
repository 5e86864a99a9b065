/* The register of findings, who was custodian of which unit, and when devices were out of
 * service. */
#include <errno.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/query/query.h"
#include "fs/store/records/findings.h"

static json_t *number_of(struct query *q, int64_t person)
{
	struct person p;

	return person != 0 && catalog_person(q->db, person, &p) == 0 ? json_string(p.number)
								     : json_null();
}

static json_t *name_of(struct query *q, int64_t person)
{
	struct person p;

	return person != 0 && catalog_person(q->db, person, &p) == 0 ? json_string(p.name)
								     : json_null();
}

static void set_place(struct query *q, json_t *j, const struct finding *f)
{
	struct unit unit;
	struct device device;
	struct item item;
	char path[2048];
	bool has_unit = f->unit != 0 && catalog_unit(q->db, f->unit, &unit) == 0,
	     has_device = f->device != 0 && catalog_device(q->db, f->device, &device) == 0;

	json_object_set_new(j, "unit", has_unit ? json_string(unit.code) : json_null());
	json_object_set_new(j, "unit_name", has_unit ? json_string(unit.name) : json_null());
	json_object_set_new(j, "device", has_device ? json_string(device.serial) : json_null());
	json_object_set_new(j, "officer", number_of(q, f->officer));
	json_object_set_new(j, "officer_name", name_of(q, f->officer));
	json_object_set_new(j, "path",
		f->item != 0 && catalog_item(q->db, f->item, &item) == 0 &&
				catalog_item_path(q->db, &item, path, sizeof path) == 0
			? json_string(path)
			: json_null());
}

json_t *query_finding_json(struct query *q, const struct finding *f)
{
	json_t *j = json_pack("{s:I, s:s, s:s, s:o, s:o, s:s, s:o, s:s}", "id", (json_int_t)f->id,
		"rule", finding_rule_name(f->rule), "text", finding_rule_text(f->rule), "item",
		f->item != 0 ? json_integer(f->item) : json_null(), "recorded_on",
		query_day(f->day), "note", f->note, "found_at", query_instant(q, f->raised),
		"state", f->settled != 0 ? "settled" : "open");

	if (j == NULL)
		return NULL;
	set_place(q, j, f);
	json_object_set_new(j, "missing",
		f->rule == FINDING_GAP
			? json_pack("[I, I]", (json_int_t)f->low, (json_int_t)f->high)
			: json_null());
	json_object_set_new(j, "reported_by", number_of(q, f->reported_by));
	json_object_set_new(j, "settled_at", query_instant(q, f->settled));
	json_object_set_new(j, "settled_by", number_of(q, f->settled_by));
	json_object_set_new(j, "settled_by_name", name_of(q, f->settled_by));
	json_object_set_new(
		j, "settled_why", f->settled_by != 0 ? json_string(f->settled_why) : json_null());
	return j;
}

/* Who settles findings, or looks after the store, sees all; an officer those of recordings of their
 * own. */
static int64_t only_of(const struct query *q)
{
	return q->all || act_allowed(q->who, ACT_FINDINGS) == REASON_NONE ? 0 : q->who->id;
}

int query_findings(struct query *q, const json_t *request, json_t **answer)
{
	const char *unit_name = jsonget_str(request, "unit"), *rule = jsonget_str(request, "rule");
	bool open = json_is_true(json_object_get(request, "open"));
	struct unit unit = { .id = 0 };
	struct sql_rows *rows;
	struct finding f;
	int64_t after, limit, n = 0;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_BROWSE);
	if (err == 0 && rule != NULL && finding_rule_parse(rule) == FINDING_RULE_COUNT)
		err = query_refuse(q, REASON_VALUE_BAD, "rule");
	if (err == 0 && unit_name != NULL)
		err = catalog_unit_find(q->db, unit_name, &unit);
	if (err != 0)
		return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "unit") : err;
	rows = sql_query(q->db,
		"SELECT " FINDING_COLUMNS " FROM finding WHERE id>?1 AND (?2=0 OR settled=0) AND "
		"(?3=0 OR unit=?3) AND (?4='' OR rule=?4)"
		" AND (?5=0 OR officer=?5) ORDER BY id LIMIT ?6",
		"iiisii", after, (int64_t)open, unit.id, rule != NULL ? rule : "", only_of(q),
		limit);
	out = json_array();
	while ((rc = sql_next(rows)) == 1) {
		findings_read(rows, &f);
		after = f.id;
		json_array_append_new(out, query_finding_json(q, &f));
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

json_t *query_custodian_row(struct query *q, struct sql_rows *rows)
{
	struct unit u = { .code = "", .name = "" };

	(void)catalog_unit(q->db, sql_int(rows, 1), &u);
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "unit", u.code, "unit_name", u.name,
		"person", number_of(q, sql_int(rows, 2)), "person_name",
		name_of(q, sql_int(rows, 2)), "since", query_instant(q, sql_int(rows, 3)), "until",
		sql_null(rows, 4) ? json_null() : query_instant(q, sql_int(rows, 4)));
}

json_t *query_service_row(struct query *q, struct sql_rows *rows)
{
	struct device d = { .serial = "" };

	(void)catalog_device(q->db, sql_int(rows, 1), &d);
	return json_pack("{s:I, s:s, s:o, s:o, s:s?}", "id", (json_int_t)sql_int(rows, 0), "device",
		d.serial, "from", query_day((int32_t)sql_int(rows, 2)), "to",
		sql_null(rows, 3) ? json_null() : query_day((int32_t)sql_int(rows, 3)), "note",
		sql_text(rows, 4));
}
