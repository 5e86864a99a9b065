/* The facts behind an answer to "why": the term and what decides on it, the holds in force, and the
 * request that did not suffice. */
#include <errno.h>

#include "fs/store/catalog/scopes.h"
#include "fs/store/query/query.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/retention.h"
#include "fs/why/why.h"

#define PATH_CAP 2048

static json_t *person_json(struct sql *db, int64_t id)
{
	struct person p;

	return id != 0 && catalog_person(db, id, &p) == 0
		? json_pack("{s:s, s:s}", "number", p.number, "name", p.name)
		: json_null();
}

static json_t *instant_json(const struct call *c, int64_t ms)
{
	return query_instant(&(struct query){ .now = c->now }, ms);
}

struct listing {
	struct call *c;
	const struct item *item;
	json_t *list;
};

static bool add_hold(void *arg, const struct held *h)
{
	struct listing *l = arg;
	char from[PATH_CAP];
	bool inherited = h->scope.item != l->item->id &&
		scopes_path(l->c->db, &h->scope, from, sizeof from) == 0;

	json_array_append_new(l->list,
		json_pack("{s:s, s:i, s:s, s:o, s:o, s:s?, s:o}", "name", h->hold.name, "ground",
			h->hold.ground, "reason", h->hold.reason, "set_by",
			person_json(l->c->db, h->hold.set_by), "set_at",
			instant_json(l->c, h->hold.set_at), "from", inherited ? from : NULL,
			"release_asked_by", person_json(l->c->db, h->hold.asked_by)));
	return true;
}

static int set_case(struct call *c, const struct bond *by, json_t *facts)
{
	struct casefile k;
	int err = catalog_case_id(c->db, by->source, &k);

	if (err != 0)
		return err == ENOENT ? 0 : err;
	json_object_set_new(facts, "case",
		json_pack("{s:s, s:o}", "number", k.number, "closed", query_day(k.closed)));
	return 0;
}

/* The folder where the floor that decides was set. */
static int set_folder(struct call *c, const struct bond *by, json_t *facts)
{
	struct scope s;
	char path[PATH_CAP];
	int err = retention_floor_scope(c->db, by->source, &s);

	if (err != 0)
		return err == ENOENT ? 0 : err;
	if (scopes_path(c->db, &s, path, sizeof path) == 0)
		json_object_set_new(facts, "folder", json_string(path));
	return 0;
}

static int set_term(struct call *c, const struct item *item, json_t *facts)
{
	struct retention r;
	struct scope at = SCOPE_ANY;
	char until[INSTANT_TEXT];
	int err = retention_state(c->db, item, c->now.utc_offset, &r);

	if (err == 0)
		err = scopes_of_item(c->db, item, &at);
	if (err != 0)
		return err;
	retention_text(&r.term, c->now.utc_offset, until);
	json_object_set_new(facts, "retain_until", json_string(until));
	json_object_set_new(facts, "over", json_boolean(!term_locked(&r.term, c->now.clock)));
	json_object_set_new(facts, "basis", json_string(bond_basis(&r.term.by)));
	json_object_set_new(facts, "class",
		r.term.by.kind != BOND_UNTIL ? json_string(r.term.by.rule.name) : json_null());
	json_object_set_new(facts, "recorded_on", query_day(at.day));
	if (r.term.by.kind == BOND_CASE)
		err = set_case(c, &r.term.by, facts);
	else if (r.term.by.from == BOND_FROM_FOLDER)
		err = set_folder(c, &r.term.by, facts);
	return err;
}

static int set_request(struct call *c, const struct grant *g, json_t *facts)
{
	struct request r;
	int err = grants_get(c->db, g->id, &r);

	if (err != 0)
		return err;
	json_object_set_new(facts, "request",
		json_pack("{s:I, s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:s?}", "id", (json_int_t)g->id,
			"state", grant_state_name(g->state), "from", instant_json(c, g->from), "to",
			instant_json(c, g->to), "opens", (json_int_t)g->opens, "used",
			(json_int_t)g->used, "decided_by", person_json(c->db, r.decided_by),
			"decided_at", instant_json(c, r.decided_at), "reason",
			r.reason[0] != '\0' ? r.reason : NULL));
	return 0;
}

int why_facts(struct call *c, const struct node *n, const struct why *w, json_t **out)
{
	json_t *facts = json_object();
	struct item item;
	struct listing l = { .c = c, .item = &item, .list = json_array() };
	int err = n->kind == NODE_ITEM ? catalog_item(c->db, n->id, &item) : 0;

	if (err == 0 && n->kind == NODE_ITEM) {
		json_object_set_new(facts, "item", json_integer(item.id));
		json_object_set_new(facts, "sealed_at", instant_json(c, item.sealed));
		err = set_term(c, &item, facts);
		if (err == 0)
			err = holds_on_item(c->db, &item, add_hold, &l);
		json_object_set(facts, "holds", l.list);
	}
	if (err == 0 && w->grant.id != 0)
		err = set_request(c, &w->grant, facts);
	json_object_set_new(facts, "policy", json_integer(c->now.policy));
	json_decref(l.list);
	if (err != 0) {
		json_decref(facts);
		return err;
	}
	*out = facts;
	return 0;
}
