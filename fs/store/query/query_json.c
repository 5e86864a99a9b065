/* Renderings. */
#include "fs/store/query/query.h"

#include <string.h>

#include "fs/store/catalog/scopes.h"
#include "fs/store/query/query_case.h"
#include "fs/store/records/disposals.h"
#include "fs/store/records/retention.h"
#include "policy/name.h"
#include "policy/role.h"

json_t *query_instant(const struct query *q, int64_t ms)
{
	char text[INSTANT_TEXT];

	if (ms == 0)
		return json_null();
	instant_format(ms, q->now.utc_offset, text);
	return json_string(text);
}

json_t *query_day(int32_t day)
{
	char text[DAY_TEXT];

	if (day == DAY_NONE)
		return json_null();
	day_format(day, text);
	return json_string(text);
}

json_t *query_unit_json(const struct unit *u)
{
	return json_pack(
		"{s:I, s:s, s:s}", "id", (json_int_t)u->id, "code", u->code, "name", u->name);
}

json_t *query_device_json(struct query *q, const struct device *d)
{
	struct unit u = { .code = "", .name = "" };

	(void)catalog_unit(q->db, d->unit, &u);
	return json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)d->id, "serial", d->serial,
		"unit", u.code, "unit_name", u.name);
}

json_t *query_person_json(struct query *q, const struct person *p)
{
	struct unit u;
	char roles[ROLES_TEXT];
	bool has_unit = p->unit != 0 && catalog_unit(q->db, p->unit, &u) == 0;

	roles_format(p->roles, roles);
	return json_pack("{s:I, s:s, s:s, s:o, s:s?, s:s?, s:s, s:b, s:o, s:o}", "id",
		(json_int_t)p->id, "number", p->number, "name", p->name, "uid",
		p->uid == UID_NONE ? json_null() : json_integer(p->uid), "unit",
		has_unit ? u.code : NULL, "unit_name", has_unit ? u.name : NULL, "roles", roles,
		"formal", p->formal, "certified_from", query_day(p->certified_from), "certified_to",
		query_day(p->certified_to));
}

json_t *query_case_json(struct query *q, const struct casefile *k)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)k->id, "number",
		k->number, "party", k->party, "cause", k->cause, "class", k->class, "opened",
		query_instant(q, k->opened), "closed", query_day(k->closed));
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
	return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

json_t *query_person_number(struct query *q, int64_t id)
{
	struct person p;

	return id != 0 && catalog_person(q->db, id, &p) == 0 ? json_string(p.number) : json_null();
}

json_t *query_person_name(struct query *q, int64_t id)
{
	struct person p;

	return id != 0 && catalog_person(q->db, id, &p) == 0 ? json_string(p.name) : json_null();
}

json_t *query_named_person(struct query *q, int64_t id)
{
	struct person p;

	return id != 0 && catalog_person(q->db, id, &p) == 0
		? json_pack("{s:s, s:s}", "number", p.number, "name", p.name)
		: json_null();
}
