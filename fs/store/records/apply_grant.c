/* Requests to read, what is decided on them, and how often they were used. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/grant.h"

static const char schema[] =
	"CREATE TABLE request(id INTEGER PRIMARY KEY, applicant INTEGER NOT NULL, kase TEXT NOT "
	"NULL, purpose TEXT NOT NULL, starts INTEGER NOT NULL,"
	"  ends INTEGER NOT NULL, opens INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, state "
	"INTEGER NOT NULL, asked INTEGER NOT NULL,"
	"  decided_by INTEGER, decided_at INTEGER, reason TEXT);"
	"CREATE INDEX request_state ON request(state, id);"
	"CREATE TABLE request_item(applicant INTEGER NOT NULL, item INTEGER NOT NULL, request "
	"INTEGER NOT NULL,"
	"  PRIMARY KEY(applicant, item, request)) WITHOUT ROWID;"
	"CREATE INDEX request_items ON request_item(request, item);"
	/* folders, and the case */
	"CREATE TABLE request_scope(request INTEGER NOT NULL, applicant INTEGER NOT "
	"NULL, " SCOPE_SCHEMA ");"
	"CREATE INDEX request_scope_of ON request_scope(applicant, item, unit, device, officer, "
	"day, folder, kase);"
	"CREATE INDEX request_scopes ON request_scope(request);";

static int insert_scope(
	struct sql *db, const struct head *h, int64_t request, const struct scope *s)
{
	return sql_run(db,
		"INSERT INTO request_scope(" SCOPE_COLUMNS
		", applicant, request) VALUES(?,?,?,?,?,?,?,?,?)",
		SCOPE_FORMAT "ii", SCOPE_VALUES(s), h->person, request);
}

static int add_scope(struct sql *db, const struct head *h, int64_t request, const json_t *j)
{
	struct scope s;

	scopes_parse(j, &s);
	return insert_scope(db, h, request, &s);
}

static int add_case(struct sql *db, const struct head *h, int64_t request, const char *number)
{
	struct scope s = SCOPE_ANY;
	int err = sql_value(db, &s.kase, "SELECT id FROM casefile WHERE number=?", "s", number);

	return err == 0 ? insert_scope(db, h, request, &s) : err == ENOENT ? EUCLEAN : err;
}

static int apply_request(struct sql *db, const struct head *h)
{
	const json_t *d = h->d, *items = json_object_get(d, "items"),
		     *scopes = json_object_get(d, "scopes"), *item;
	const char *kase = jsonget_str(d, "case");
	int64_t id = jsonget_int(d, "id", 0);
	size_t i;
	int err;

	err = sql_run(db,
		"INSERT INTO request(id, applicant, kase, purpose, starts, ends, opens, state, "
		"asked) VALUES(?,?,?,?,?,?,?,0,?)",
		"iissiiii", id, h->person, kase != NULL ? kase : "", jsonget_str(d, "purpose"),
		instant_field(d, "from"), instant_field(d, "to"), jsonget_int(d, "opens", 0),
		h->wall);
	json_array_foreach(items, i, item)
		if (err == 0)
			err = sql_run(db,
				"INSERT INTO request_item(applicant, item, request) VALUES(?,?,?)",
				"iii", h->person, (int64_t)json_integer_value(item), id);
	json_array_foreach(scopes, i, item)
		if (err == 0)
			err = add_scope(db, h, id, item);
	if (err == 0 && kase != NULL)
		err = add_case(db, h, id, kase);
	return err;
}

static int decide(struct sql *db, const struct head *h, enum grant_state state)
{
	return sql_run(db,
		"UPDATE request SET state=?, decided_by=?, decided_at=?, reason=? WHERE id=?",
		"iiisi", (int64_t)state, h->person, h->wall, jsonget_str(h->d, "reason"),
		jsonget_int(h->d, "id", 0));
}

static int apply_approve(struct sql *db, const struct head *h)
{
	return decide(db, h, GRANT_APPROVED);
}

static int apply_deny(struct sql *db, const struct head *h)
{
	return decide(db, h, GRANT_DENIED);
}

static int apply_revoke(struct sql *db, const struct head *h)
{
	return decide(db, h, GRANT_REVOKED);
}

static int apply_open(struct sql *db, const struct head *h)
{
	return sql_run(db, "UPDATE request SET used=used+1 WHERE id=?", "i",
		jsonget_int(h->d, "grant", 0));
}

static const struct apply events[] = {
	{ "request", apply_request },
	{ "grant.approve", apply_approve },
	{ "grant.deny", apply_deny },
	{ "grant.revoke", apply_revoke },
	{ "read.open", apply_open },
};

const struct catalog_part catalog_grants = CATALOG_PART(schema, events);
