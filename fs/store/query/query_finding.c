/* The register of findings, who was custodian of which unit, and when devices were out of
 * service. */
#include <errno.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/query/query.h"
#include "fs/store/records/findings.h"

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
		"person", query_person_number(q, sql_int(rows, 2)), "person_name",
		query_person_name(q, sql_int(rows, 2)), "since", query_instant(q, sql_int(rows, 3)),
		"until", sql_null(rows, 4) ? json_null() : query_instant(q, sql_int(rows, 4)));
}

json_t *query_service_row(struct query *q, struct sql_rows *rows)
{
	struct device d = { .serial = "" };

	(void)catalog_device(q->db, sql_int(rows, 1), &d);
	return json_pack("{s:I, s:s, s:o, s:o, s:s?}", "id", (json_int_t)sql_int(rows, 0), "device",
		d.serial, "from", query_day((int32_t)sql_int(rows, 2)), "to",
		sql_null(rows, 3) ? json_null() : query_day((int32_t)sql_int(rows, 3)), "note",
		sql_string(rows, 4));
}

const struct query_row query_found[] = {
	{ "findings", query_findings, FIELDS(FLAG("open"), TEXT("unit"), TEXT("rule"), PAGE) },
	{ NULL, NULL, NULL },
};
