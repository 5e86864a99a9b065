#include "fs/store/records/grants.h"

#include <errno.h>

#include "fs/store/catalog/scopes.h"

void grants_read(struct sql_rows *r, struct request *out)
{
	out->grant.id = sql_int(r, 0);
	out->grant.applicant = sql_int(r, 1);
	out->grant.state = (enum grant_state)sql_int(r, 2);
	out->grant.from = sql_int(r, 3);
	out->grant.to = sql_int(r, 4);
	out->grant.opens = sql_int(r, 5);
	out->grant.used = sql_int(r, 6);
	sql_copy(r, 7, out->kase, sizeof out->kase);
	sql_copy(r, 8, out->purpose, sizeof out->purpose);
	out->asked = sql_int(r, 9);
	out->decided_at = sql_int(r, 10);
	out->decided_by = sql_int(r, 11);
	sql_copy(r, 12, out->reason, sizeof out->reason);
}

int grants_get(struct sql *db, int64_t id, struct request *out)
{
	struct sql_rows *r = sql_query(
		db, "SELECT " REQUEST_COLUMNS " FROM request WHERE id=?", "i", id);
	int rc = sql_next(r);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	grants_read(r, out);
	sql_done(r);
	return 0;
}

int grants_next_id(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id),0)+1 FROM request", "");
}

int grants_single_item(struct sql *db, int64_t request, int64_t *item)
{
	return sql_value(db, item,
		"SELECT iif(count(*)=1, max(item), 0) FROM (SELECT item FROM request_item WHERE "
		"request=? LIMIT 2)",
		"i", request);
}

/* What is judged, and what was found so far. */
struct judging {
	int64_t person, depositor, wall, clock;
	struct grant *best;
	enum reason *why;
};

static enum reason judge_one(const struct judging *j, const struct request *q)
{
	enum reason r = grant_allows(&q->grant, j->person, j->wall, j->clock);

	return r == REASON_NONE && q->decided_by == j->depositor ? REASON_SELF_APPROVAL : r;
}

/* Judges each grant of a query; keeps the live one that ends first, or the most telling refusal. */
static int judge_rows(struct sql_rows *rows, struct judging *j)
{
	struct request q;
	enum reason r;
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		grants_read(rows, &q);
		r = judge_one(j, &q);
		if (r != REASON_NONE && *j->why != REASON_NONE &&
			grant_more_telling(*j->why, r) == r) {
			*j->why = r;
			*j->best = q.grant;
		} else if (r != REASON_NONE)
			continue;
		else if (*j->why != REASON_NONE || q.grant.to < j->best->to) {
			*j->why = REASON_NONE;
			*j->best = q.grant;
		}
	}
	return -rc;
}

int grants_for_item(struct sql *db, const struct item *item, int64_t person, int64_t wall,
	int64_t clock, struct grant *out, enum reason *why)
{
	struct judging j = { .person = person,
		.depositor = item->depositor,
		.wall = wall,
		.clock = clock,
		.best = out,
		.why = why };
	struct scope at;
	int err;

	*why = REASON_NO_GRANT;
	*out = (struct grant){ .id = 0 };
	err = judge_rows(
		sql_query(db,
			"SELECT " REQUEST_COLUMNS
			" FROM request_item JOIN request ON request.id=request_item.request"
			" WHERE request_item.applicant=? AND request_item.item=?",
			"ii", person, item->id),
		&j);
	if (err == 0)
		err = scopes_of_item(db, item, &at);
	if (err == 0)
		err = judge_rows(
			sql_query(db,
				"SELECT " REQUEST_COLUMNS " FROM request_scope JOIN request ON "
				"request.id=request_scope.request"
				" WHERE request_scope.applicant=?7 AND " SCOPE_COVERS_NOW(
					"request_scope"),
				SCOPE_ITEM_FORMAT "i", SCOPE_ITEM(&at), person),
			&j);
	return err;
}

int grants_cover(struct sql *db, int64_t request, const struct item *item, bool *covers)
{
	struct scope at;
	int64_t n = 0;
	int err = scopes_of_item(db, item, &at);

	if (err == 0)
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM request_item WHERE request=?7 AND item=?1) OR "
			"EXISTS(SELECT 1 FROM request_scope WHERE request=?7 AND " SCOPE_COVERS_NOW(
				"request_scope") ")",
			SCOPE_ITEM_FORMAT "i", SCOPE_ITEM(&at), request);
	*covers = n != 0;
	return err;
}

int grants_scopes(struct sql *db, int64_t request, grants_each each, void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT " SCOPE_COLUMNS " FROM request_scope WHERE request=? ORDER BY rowid", "i",
		request);
	struct scope s;
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		scopes_read(rows, 0, &s);
		if (!each(arg, &s)) {
			sql_done(rows);
			return 0;
		}
	}
	return -rc;
}

int grants_own_deposit(struct sql *db, int64_t request, int64_t person, bool *own)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM request_item JOIN item ON item.id=request_item.item"
		" WHERE request_item.request=?1 AND item.depositor=?2)"
		" OR EXISTS(SELECT 1 FROM request JOIN folder ON folder.kase=request.kase JOIN "
		"item ON item.folder=folder.id"
		" WHERE request.id=?1 AND request.kase<>'' AND item.depositor=?2)"
		" OR EXISTS(SELECT 1 FROM request JOIN casefile ON casefile.number=request.kase "
		"JOIN case_item ON case_item.kase=casefile.id"
		" JOIN item ON item.id=case_item.item WHERE request.id=?1 AND item.depositor=?2)",
		"ii", request, person);

	*own = n != 0;
	return err;
}

const char grants_schema[] =
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

int grants_record_request(
	struct turn *t, const struct subject *who, const struct request_terms *terms)
{
	const struct about about = { .who = who,
		.item = terms->item_count == 1 && terms->folder_count == 0 ? terms->items[0] : 0,
		.kase = terms->kase };
	json_t *items = json_array(), *scopes = json_array();
	int err = items == NULL || scopes == NULL ? ENOMEM : 0;

	for (size_t i = 0; err == 0 && i < terms->item_count; i++)
		err = json_array_append_new(items, json_integer(terms->items[i])) != 0 ? ENOMEM : 0;
	for (size_t i = 0; err == 0 && i < terms->folder_count; i++)
		err = json_array_append_new(scopes, scopes_json(&terms->folders[i])) != 0 ? ENOMEM
											  : 0;
	if (err == 0)
		err = record_request_made(t, &about,
			&(struct request_made){ .id = terms->id,
				.items = items,
				.scopes = scopes,
				.kase = terms->kase,
				.purpose = terms->purpose,
				.from = terms->from,
				.to = terms->to,
				.opens = terms->opens });
	json_decref(items);
	json_decref(scopes);
	return err;
}

static int insert_scope(
	struct sql *db, const struct head *h, int64_t request, const struct scope *s)
{
	return sql_run(db,
		"INSERT INTO request_scope(" SCOPE_COLUMNS
		", applicant, request) VALUES(?,?,?,?,?,?,?,?,?)",
		SCOPE_FORMAT "ii", SCOPE_VALUES(s), h->person, request);
}

static int insert_case_scope(
	struct sql *db, const struct head *h, int64_t request, const char *number)
{
	struct scope s = SCOPE_ANY;
	int err = sql_value(db, &s.kase, "SELECT id FROM casefile WHERE number=?", "s", number);

	return err == 0 ? insert_scope(db, h, request, &s) : err == ENOENT ? EUCLEAN : err;
}

int apply_request_made(struct sql *db, const struct head *h, const struct request_made *e)
{
	const json_t *one;
	struct scope s;
	size_t i;
	int err = sql_run(db,
		"INSERT INTO request(id, applicant, kase, purpose, starts, ends, opens, state, "
		"asked) VALUES(?,?,?,?,?,?,?,?,?)",
		"iissiiiii", e->id, h->person, e->kase != NULL ? e->kase : "", e->purpose, e->from,
		e->to, e->opens, (int64_t)GRANT_PENDING, h->wall);

	json_array_foreach(e->items, i, one)
		if (err == 0)
			err = sql_run(db,
				"INSERT INTO request_item(applicant, item, request) VALUES(?,?,?)",
				"iii", h->person, (int64_t)json_integer_value(one), e->id);
	json_array_foreach(e->scopes, i, one) {
		scopes_parse(one, &s);
		if (err == 0)
			err = insert_scope(db, h, e->id, &s);
	}
	if (err == 0 && e->kase != NULL)
		err = insert_case_scope(db, h, e->id, e->kase);
	return err;
}

static int decide_request(struct sql *db, const struct head *h, int64_t id, enum grant_state state,
	const char *reason)
{
	return sql_run(db,
		"UPDATE request SET state=?, decided_by=?, decided_at=?, reason=? WHERE id=?",
		"iiisi", (int64_t)state, h->person, h->wall, reason, id);
}

int apply_grant_approve(struct sql *db, const struct head *h, const struct grant_approve *e)
{
	return decide_request(db, h, e->id, GRANT_APPROVED, e->reason);
}

int apply_grant_deny(struct sql *db, const struct head *h, const struct grant_deny *e)
{
	return decide_request(db, h, e->id, GRANT_DENIED, e->reason);
}

int apply_grant_revoke(struct sql *db, const struct head *h, const struct grant_revoke *e)
{
	return decide_request(db, h, e->id, GRANT_REVOKED, e->reason);
}
