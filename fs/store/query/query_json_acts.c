/* Renderings of what people did: holds, copies, disposals, findings, proposals. */
#include <errno.h>
#include <string.h>

#include "fs/store/catalog/scopes.h"
#include "fs/store/query/query.h"
#include "fs/store/records/copies.h"
#include "fs/store/records/disposals.h"
#include "fs/store/records/findings.h"
#include "fs/store/records/policies.h"

json_t *query_hold_json(struct query *q, const struct held *held)
{
	const struct hold *h = &held->hold;
	char path[2048];
	json_t *j = json_pack("{s:I, s:s, s:i, s:o}", "id", (json_int_t)h->id, "name", h->name,
		"ground", h->ground, "reason", query_text(h->reason));

	json_object_set_new(j, "path",
		scopes_path(q->db, &held->scope, path, sizeof path) == 0 ? json_string(path)
									 : json_null());
	json_object_set_new(
		j, "item", held->scope.item != 0 ? json_integer(held->scope.item) : json_null());
	query_set_person(q, j, "set_by", "set_by_name", h->set_by);
	json_object_set_new(j, "set_at", query_instant(q, h->set_at));
	query_set_person(q, j, "asked_by", "asked_by_name", h->asked_by);
	json_object_set_new(j, "asked_at", query_instant(q, h->asked_at));
	json_object_set_new(j, "asked_why", query_text(h->asked_why));
	query_set_person(q, j, "released_by", "released_by_name", h->released_by);
	json_object_set_new(j, "released_at", query_instant(q, h->released_at));
	json_object_set_new(j, "released_why", query_text(h->released_why));
	return j;
}

json_t *query_copied_json(struct query *q, const struct item *item)
{
	char path[2048];

	return json_pack("{s:I, s:b, s:o, s:s, s:I, s:o, s:o}", "item", (json_int_t)item->id,
		"disposed", item->state == ITEM_DISPOSED, "path",
		catalog_item_path(q->db, item, path, sizeof path) == 0 ? json_string(path)
								       : json_null(),
		"name", item->name, "size", (json_int_t)item->size, "sha256",
		query_hash(item->digested, item->sha256), "sm3",
		query_hash(item->digested, item->sm3));
}

json_t *query_copy_json(struct query *q, const struct copy *c)
{
	int months = 0;
	json_t *j;

	(void)copies_check_months(q->db, &months);
	j = json_pack("{s:I, s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:b}", "id", (json_int_t)c->id,
		"medium", c->medium, "type", copy_type_name(c->type), "items", (json_int_t)c->items,
		"bytes", (json_int_t)c->bytes, "registered_at", query_instant(q, c->registered_at),
		"verified_at", query_instant(q, c->verified_at), "passed",
		c->verified_at != 0 ? json_boolean(!c->failed) : json_null(), "overdue",
		copy_overdue(c->verified_at != 0 ? c->verified_at : c->registered_at, months,
			q->now.clock, q->now.utc_offset));
	query_set_person(q, j, "registered_by", "registered_by_name", c->registered_by);
	query_set_person(q, j, "verified_by", "verified_by_name", c->verified_by);
	return j;
}

json_t *query_disposal_json(struct query *q, const struct disposal *d)
{
	json_t *j = json_pack("{s:I, s:s, s:s, s:o, s:I, s:I, s:I, s:I}", "id", (json_int_t)d->id,
		"state", disposal_state_name(d->state), "kind", d->kind, "reason",
		query_text(d->reason), "items", (json_int_t)d->items, "bytes", (json_int_t)d->bytes,
		"done", (json_int_t)d->done, "policy", (json_int_t)d->policy);

	query_set_person(q, j, "proposed_by", "proposed_by_name", d->proposed_by);
	json_object_set_new(j, "proposed_at", query_instant(q, d->proposed_at));
	query_set_person(q, j, "decided_by", "decided_by_name", d->decided_by);
	json_object_set_new(j, "decided_at", query_instant(q, d->decided_at));
	json_object_set_new(j, "decided_why", query_text(d->decided_why));
	json_object_set_new(j, "stopped_item",
		d->stopped_item != 0 ? json_integer(d->stopped_item) : json_null());
	json_object_set_new(j, "stopped_why", query_text(d->stopped_why));
	return j;
}

/* The media that have a copy still: those want an end as well. */
static json_t *media_json(struct query *q, int64_t item)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT copy.medium FROM copy_item JOIN copy ON copy.id=copy_item.copy WHERE "
		"copy_item.item=? ORDER BY copy.id",
		"i", item);
	json_t *list = json_array();

	while (sql_next(rows) == 1)
		json_array_append_new(list, json_string(sql_string(rows, 0)));
	return list;
}

static const char *how_of(const struct disposed *g)
{
	return g->erasure == ERASURE_OVERWRITTEN && g->flash ? "overwritten-flash"
							     : erasure_name(g->erasure);
}

json_t *query_disposed_json(struct query *q, const struct disposed *g)
{
	struct disposal d = { .proposed_by = 0 };
	json_t *j;

	(void)disposals_get(q->db, g->disposal, &d);
	j = json_pack("{s:I, s:o, s:I, s:I, s:s, s:o, s:o}", "proposal", (json_int_t)g->disposal,
		"at", query_instant(q, g->at), "policy", (json_int_t)g->policy, "entry",
		(json_int_t)g->seq, "how", how_of(g), "fs", query_text(g->fs), "copies",
		media_json(q, g->item));
	json_object_set_new(j, "kind", query_text(d.kind));
	json_object_set_new(j, "reason", query_text(d.reason));
	query_set_person(q, j, "proposed_by", "proposed_by_name", d.proposed_by);
	json_object_set_new(j, "proposed_at", query_instant(q, d.proposed_at));
	query_set_person(q, j, "approved_by", "approved_by_name", d.decided_by);
	json_object_set_new(j, "approved_at", query_instant(q, d.decided_at));
	return j;
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
	json_object_set_new(j, "officer", query_person_number(q, f->officer));
	json_object_set_new(j, "officer_name", query_person_name(q, f->officer));
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
	json_object_set_new(j, "reported_by", query_person_number(q, f->reported_by));
	json_object_set_new(j, "settled_at", query_instant(q, f->settled));
	json_object_set_new(j, "settled_by", query_person_number(q, f->settled_by));
	json_object_set_new(j, "settled_by_name", query_person_name(q, f->settled_by));
	json_object_set_new(
		j, "settled_why", f->settled_by != 0 ? json_string(f->settled_why) : json_null());
	return j;
}

json_t *query_proposal_json(struct query *q, const struct proposal *p)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:o}", "id",
		(json_int_t)p->id, "label", p->label, "effective", p->effective, "state",
		proposal_state_name(p->state), "proposed_at", query_instant(q, p->proposed),
		"proposed_by", query_named_person(q, p->proposed_by), "decided_at",
		query_instant(q, p->decided), "decided_by", query_named_person(q, p->decided_by),
		"reason", p->reason[0] != '\0' ? p->reason : NULL, "version",
		p->version != 0 ? json_integer(p->version) : json_null());
}
