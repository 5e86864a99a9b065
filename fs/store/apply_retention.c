/* The policy's classes, and what was set on items and folders beside: classes and dates, that only lengthen. */
#include <errno.h>

#include "fs/store/apply.h"
#include "fs/store/event.h"
#include "fs/store/scopes.h"
#include "policy/term.h"

static const char schema[] =
	"CREATE TABLE policy(version INTEGER PRIMARY KEY, label TEXT NOT NULL, effective TEXT NOT NULL, interpreter TEXT NOT NULL, text TEXT NOT NULL,"
	"  loaded INTEGER NOT NULL, loaded_by INTEGER NOT NULL);"
	"CREATE TABLE class(name TEXT NOT NULL, version INTEGER NOT NULL, kind INTEGER NOT NULL, months INTEGER NOT NULL, PRIMARY KEY(name, version)) WITHOUT ROWID;"
	"CREATE INDEX class_version ON class(version, name);"
	/* classes given to an item after its deposit, each with the version of the policy then in force */
	"CREATE TABLE item_class(item INTEGER NOT NULL, class TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY(item, class, version)) WITHOUT ROWID;"
	/* what a folder asks of all that lies in it, now or later: a class, or (class NULL) a date */
	"CREATE TABLE floor(id INTEGER PRIMARY KEY, " SCOPE_SCHEMA ", class TEXT, version INTEGER NOT NULL, until INTEGER NOT NULL);"
	"CREATE INDEX floor_scope ON floor(item, unit, device, officer);";

static int apply_class(struct sql *db, const struct head *h)
{
	const char *class = event_str(h->d, "class");
	struct scope s;

	if (h->item != 0)
		return sql_run(db, "INSERT OR IGNORE INTO item_class(item, class, version) VALUES(?,?,?)", "isi", h->item, class, h->policy);
	scopes_parse(json_object_get(h->d, "scope"), &s);
	return sql_run(db, "INSERT INTO floor(" SCOPE_COLUMNS ", class, version, until) VALUES(?,?,?,?,?,?,?,?,?,0)", SCOPE_FORMAT "si", SCOPE_VALUES(&s), class,
		       h->policy);
}

static int apply_until(struct sql *db, const struct head *h)
{
	int64_t until = instant_field(h->d, "until");
	struct scope s;

	if (h->item != 0)
		return sql_run(db, "UPDATE item SET until_set=1, retain_until=max(retain_until, ?) WHERE id=?", "ii", until, h->item);
	scopes_parse(json_object_get(h->d, "scope"), &s);
	return sql_run(db, "INSERT INTO floor(" SCOPE_COLUMNS ", class, version, until) VALUES(?,?,?,?,?,?,?,NULL,?,?)", SCOPE_FORMAT "ii", SCOPE_VALUES(&s),
		       h->policy, until);
}

static int apply_policy(struct sql *db, const struct head *h)
{
	const json_t *classes = json_object_get(h->d, "classes"), *one;
	int64_t version = event_int(h->d, "version", 0);
	size_t i;
	int err = sql_run(db, "INSERT INTO policy(version, label, effective, interpreter, text, loaded, loaded_by) VALUES(?,?,?,?,?,?,?)", "issssii", version,
			  event_str(h->d, "label"), event_str(h->d, "effective"), event_str(h->d, "interpreter"), event_str(h->d, "text"), h->clock, h->person);

	json_array_foreach(classes, i, one) {
		const char *kind = event_str(one, "kind");

		if (err == 0)
			err = sql_run(db, "INSERT INTO class(name, version, kind, months) VALUES(?,?,?,?)", "siii", event_str(one, "name"), version,
				      (int64_t)class_kind_parse(kind != NULL ? kind : ""), event_int(one, "months", 0));
	}
	return err;
}

static const struct apply events[] = {
	{ "retain.class", apply_class },
	{ "retain.until", apply_until },
	{ "policy.load", apply_policy },
};

const struct catalog_part catalog_retention = CATALOG_PART(schema, events);
