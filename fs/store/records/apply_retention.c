/* The policy's classes, and what was set on items and folders beside: classes and dates, that only
 * lengthen. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "fs/store/records/policies.h"
#include "policy/term.h"

static const char schema[] =
	"CREATE TABLE policy(version INTEGER PRIMARY KEY, label TEXT NOT NULL, effective TEXT NOT "
	"NULL, interpreter TEXT NOT NULL, text TEXT NOT NULL,"
	"  loaded INTEGER NOT NULL, loaded_by INTEGER NOT NULL);"
	/* those that wait for a second person, and those that were decided: state as in
	 * policies.h */
	"CREATE TABLE policy_proposal(id INTEGER PRIMARY KEY, label TEXT NOT NULL, effective TEXT "
	"NOT NULL, text TEXT NOT NULL, state INTEGER NOT NULL, proposed INTEGER NOT NULL,"
	"  proposed_by INTEGER NOT NULL, decided INTEGER NOT NULL DEFAULT 0, decided_by INTEGER "
	"NOT NULL DEFAULT 0, reason TEXT, version INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE policy_setting(version INTEGER NOT NULL, key TEXT NOT NULL, value INTEGER "
	"NOT NULL, PRIMARY KEY(version, key)) WITHOUT ROWID;"
	"CREATE TABLE policy_reader(version INTEGER NOT NULL, place INTEGER NOT NULL, program TEXT "
	"NOT NULL, PRIMARY KEY(version, place)) WITHOUT ROWID;"
	"CREATE TABLE class(name TEXT NOT NULL, version INTEGER NOT NULL, kind INTEGER NOT NULL, "
	"months INTEGER NOT NULL, PRIMARY KEY(name, version)) WITHOUT ROWID;"
	"CREATE INDEX class_version ON class(version, name);"
	/* classes given to an item after its deposit, each with the version of the policy then in
	   force */
	"CREATE TABLE item_class(item INTEGER NOT NULL, class TEXT NOT NULL, version INTEGER NOT "
	"NULL, PRIMARY KEY(item, class, version)) WITHOUT ROWID;"
	/* what a folder asks of all that lies in it, now or later: a class, or (class NULL) a
	 * date */
	"CREATE TABLE floor(id INTEGER PRIMARY KEY, " SCOPE_SCHEMA
	", class TEXT, version INTEGER NOT NULL, until INTEGER NOT NULL);"
	"CREATE INDEX floor_scope ON floor(item, unit, device, officer, day, folder, kase);";

static int apply_class(struct sql *db, const struct head *h)
{
	const char *class = jsonget_str(h->d, "class");
	struct scope s;

	if (h->item != 0)
		return sql_run(db,
			"INSERT OR IGNORE INTO item_class(item, class, version) VALUES(?,?,?)",
			"isi", h->item, class, h->policy);
	scopes_parse(json_object_get(h->d, "scope"), &s);
	return sql_run(db,
		"INSERT INTO floor(" SCOPE_COLUMNS
		", class, version, until) VALUES(?,?,?,?,?,?,?,?,?,0)",
		SCOPE_FORMAT "si", SCOPE_VALUES(&s), class, h->policy);
}

static int apply_until(struct sql *db, const struct head *h)
{
	int64_t until = instant_field(h->d, "until");
	struct scope s;

	if (h->item != 0)
		return sql_run(db,
			"UPDATE item SET until_set=1, retain_until=max(retain_until, ?) WHERE id=?",
			"ii", until, h->item);
	scopes_parse(json_object_get(h->d, "scope"), &s);
	return sql_run(db,
		"INSERT INTO floor(" SCOPE_COLUMNS
		", class, version, until) VALUES(?,?,?,?,?,?,?,NULL,?,?)",
		SCOPE_FORMAT "ii", SCOPE_VALUES(&s), h->policy, until);
}

static int apply_propose(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO policy_proposal(id, label, effective, text, state, proposed, "
		"proposed_by) VALUES(?,?,?,?,?,?,?)",
		"isssiii", jsonget_int(h->d, "id", 0), jsonget_str(h->d, "label"),
		jsonget_str(h->d, "effective"), jsonget_str(h->d, "text"),
		(int64_t)PROPOSAL_PENDING, h->clock, h->person);
}

static int decide_proposal(
	struct sql *db, const struct head *h, enum proposal_state state, int64_t version)
{
	return sql_run(db,
		"UPDATE policy_proposal SET state=?, decided=?, decided_by=?, reason=?, version=? "
		"WHERE id=?",
		"iiisii", (int64_t)state, h->clock, h->person, jsonget_str(h->d, "reason"), version,
		jsonget_int(h->d, "id", 0));
}

static int apply_refuse(struct sql *db, const struct head *h)
{
	return decide_proposal(db, h, PROPOSAL_REFUSED, 0);
}

static int load_values(struct sql *db, const struct head *h, int64_t version)
{
	json_t *settings = json_object_get(h->d, "settings"), *value, *program;
	const char *key;
	size_t i;
	int err = 0;

	json_object_foreach(settings, key, value)
		if (err == 0)
			err = sql_run(db,
				"INSERT INTO policy_setting(version, key, value) VALUES(?,?,?)",
				"isi", version, key, (int64_t)json_integer_value(value));
	json_array_foreach(json_object_get(h->d, "readers"), i, program)
		if (err == 0)
			err = sql_run(db,
				"INSERT INTO policy_reader(version, place, program) VALUES(?,?,?)",
				"iis", version, (int64_t)i, json_string_value(program));
	return err;
}

static int apply_policy(struct sql *db, const struct head *h)
{
	const json_t *classes = json_object_get(h->d, "classes"), *one;
	int64_t version = jsonget_int(h->d, "version", 0);
	size_t i;
	int err = sql_run(db,
		"INSERT INTO policy(version, label, effective, interpreter, text, loaded, "
		"loaded_by) VALUES(?,?,?,?,?,?,?)",
		"issssii", version, jsonget_str(h->d, "label"), jsonget_str(h->d, "effective"),
		jsonget_str(h->d, "interpreter"), jsonget_str(h->d, "text"), h->clock, h->person);

	json_array_foreach(classes, i, one) {
		const char *kind = jsonget_str(one, "kind");

		if (err == 0)
			err = sql_run(db,
				"INSERT INTO class(name, version, kind, months) VALUES(?,?,?,?)",
				"siii", jsonget_str(one, "name"), version,
				(int64_t)class_kind_parse(kind != NULL ? kind : ""),
				jsonget_int(one, "months", 0));
	}
	if (err == 0)
		err = load_values(db, h, version);
	return err == 0 ? decide_proposal(db, h, PROPOSAL_LOADED, version) : err;
}

static const struct apply events[] = {
	{ "retain.class", apply_class },
	{ "retain.until", apply_until },
	{ "policy.propose", apply_propose },
	{ "policy.refuse", apply_refuse },
	{ EVENT_POLICY_LOAD, apply_policy },
};

const struct catalog_part catalog_retention = CATALOG_PART(schema, events);
