#include "fs/store/records/findings.h"

#include <errno.h>
#include <string.h>

#include "fs/store/catalog/scopes.h"

void findings_read(struct sql_rows *r, struct finding *out)
{
	const char *rule = sql_string(r, 1);

	out->id = sql_int(r, 0);
	out->rule = finding_rule_parse(rule != NULL ? rule : "");
	sql_copy(r, 2, out->key, sizeof out->key);
	out->item = sql_int(r, 3);
	out->unit = sql_int(r, 4);
	out->device = sql_int(r, 5);
	out->officer = sql_int(r, 6);
	out->day = (int32_t)sql_int(r, 7);
	out->low = sql_int(r, 8);
	out->high = sql_int(r, 9);
	sql_copy(r, 10, out->note, sizeof out->note);
	out->raised = sql_int(r, 11);
	out->reported_by = sql_int(r, 12);
	out->settled = sql_int(r, 13);
	out->settled_by = sql_int(r, 14);
	sql_copy(r, 15, out->settled_why, sizeof out->settled_why);
}

static int read_one(struct sql_rows *rows, struct finding *out)
{
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	findings_read(rows, out);
	sql_done(rows);
	return 0;
}

int findings_get(struct sql *db, int64_t id, struct finding *out)
{
	return read_one(
		sql_query(db, "SELECT " FINDING_COLUMNS " FROM finding WHERE id=?", "i", id), out);
}

int findings_latest(struct sql *db, enum finding_rule rule, const char *key, struct finding *out)
{
	return read_one(sql_query(db,
				"SELECT " FINDING_COLUMNS
				" FROM finding WHERE rule=? AND key=? ORDER BY id DESC LIMIT 1",
				"ss", finding_rule_name(rule), key),
		out);
}

int findings_open(struct sql *db, enum finding_rule rule, const char *key, struct finding *out)
{
	int err = findings_latest(db, rule, key, out);

	return err == 0 && out->settled != 0 ? ENOENT : err;
}

int findings_place(struct sql *db, int64_t item, struct finding *f)
{
	struct item i;
	struct scope at;
	int err = catalog_item(db, item, &i);

	if (err == 0)
		err = scopes_of_item(db, &i, &at);
	if (err != 0)
		return err;
	f->item = item;
	f->unit = at.unit;
	f->device = at.device;
	f->officer = at.officer;
	f->day = at.day;
	return 0;
}

/* Whether it is a part of a longer gap that a person has settled. */
static int is_in_settled_gap(struct sql *db, const struct finding *f, bool *settled)
{
	int64_t n = 0;
	int err = 0;

	if (f->rule == FINDING_GAP)
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM finding WHERE device=? AND day=? AND rule=? "
			"AND settled_by<>0 AND low<=? AND high>=?)",
			"iisii", f->device, (int64_t)f->day, finding_rule_name(FINDING_GAP), f->low,
			f->high);
	*settled = n != 0;
	return err;
}

/* Whether it is open, or was settled by a person.  Settling a conflict of names settles it for one
 * file (its digest is the note): another file is another matter. */
static int is_known(struct sql *db, const struct finding *f, bool *known)
{
	struct finding before;
	int64_t n = 0;
	int err = findings_latest(db, f->rule, f->key, &before);

	*known = err == 0 && (before.settled == 0 || before.settled_by != 0);
	if (*known && before.settled != 0 && f->rule == FINDING_NAME) {
		err = sql_value(db, &n,
			"SELECT EXISTS(SELECT 1 FROM finding WHERE rule=? AND key=? AND note=?)",
			"sss", finding_rule_name(f->rule), f->key, f->note);
		*known = n != 0;
	}
	return err == ENOENT ? 0 : err;
}

int findings_raise(struct turn *t, const struct subject *who, struct finding *f)
{
	struct sql *db = turn_db(t);
	bool known, settled;
	int err = is_known(db, f, &known);

	f->id = 0;
	if (err == 0 && known)
		return 0;
	if (err == 0)
		err = is_in_settled_gap(db, f, &settled);
	if (err != 0 || settled)
		return err;
	err = sql_value(db, &f->id, "SELECT coalesce(max(id), 0) + 1 FROM finding", "");
	if (err != 0)
		return err;
	return record_finding_raise(t, &(struct about){ .who = who, .item = f->item },
		&(struct finding_raise){ .id = f->id,
			.rule = finding_rule_name(f->rule),
			.key = f->key,
			.unit_id = f->unit,
			.device_id = f->device,
			.officer_id = f->officer,
			.date = f->day,
			.low = f->low,
			.high = f->high,
			.note = f->note });
}

int findings_right(struct turn *t, enum finding_rule rule, const char *key)
{
	struct finding f;
	int err = findings_open(turn_db(t), rule, key, &f);

	if (err != 0)
		return err == ENOENT ? 0 : err;
	return record_finding_settle(t, &(struct about){ .item = f.item },
		&(struct finding_settle){ .id = f.id, .reason = "" });
}

const char findings_schema[] =
	/* key: what the finding is about, within its rule; low, high: the sequence numbers that are
	   missing */
	"CREATE TABLE finding(id INTEGER PRIMARY KEY, rule TEXT NOT NULL, key TEXT NOT NULL, item "
	"INTEGER NOT NULL, unit INTEGER NOT NULL, device INTEGER NOT NULL,"
	"  officer INTEGER NOT NULL, day INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT "
	"NULL, note TEXT, raised INTEGER NOT NULL,"
	"  reported_by INTEGER NOT NULL, settled INTEGER NOT NULL DEFAULT 0, settled_by INTEGER "
	"NOT NULL DEFAULT 0, settled_why TEXT);"
	"CREATE INDEX finding_key ON finding(rule, key, id);"
	"CREATE INDEX finding_open ON finding(id) WHERE settled=0;"
	"CREATE INDEX finding_unit ON finding(unit, id);"
	"CREATE INDEX finding_device ON finding(device, day, rule);"
	"CREATE INDEX folder_device ON folder(device, day);";

int apply_finding_raise(struct sql *db, const struct head *h, const struct finding_raise *e)
{
	return sql_run(db,
		"INSERT INTO finding(id, rule, key, item, unit, device, officer, day, low, high, "
		"note, raised, reported_by) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		"issiiiiiiisii", e->id, e->rule, e->key, h->item, e->unit_id, e->device_id,
		e->officer_id, (int64_t)e->date, e->low, e->high, e->note, h->clock, h->person);
}

int apply_finding_settle(struct sql *db, const struct head *h, const struct finding_settle *e)
{
	return sql_run(db, "UPDATE finding SET settled=?, settled_by=?, settled_why=? WHERE id=?",
		"iisi", h->clock, h->person, e->reason, e->id);
}

int apply_findings_checked(struct sql *db, const struct head *h, const struct findings_checked *e)
{
	(void)h;
	return sql_run(db,
		"INSERT INTO meta VALUES('findings', ?) ON CONFLICT DO UPDATE SET "
		"value=excluded.value",
		"i", e->upto);
}

int findings_upto(struct sql *db, uint64_t *next)
{
	int64_t upto = 0;
	int err = sql_value(db, &upto, "SELECT value FROM meta WHERE key='findings'", "");

	*next = (uint64_t)upto;
	return err == ENOENT ? 0 : err;
}

int findings_gaps(struct sql *db, int64_t device, int32_t day, findings_each_gap each, void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT low, high FROM finding WHERE device=? AND day=? AND rule=? AND settled=0",
		"iis", device, (int64_t)day, finding_rule_name(FINDING_GAP));
	bool more = true;
	int rc = 0;

	while (more && (rc = sql_next(rows)) == 1)
		more = each(arg, sql_int(rows, 0), sql_int(rows, 1));
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int findings_holds(struct sql *db, int64_t after, struct held *out, size_t most, size_t *count)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT " HOLD_COLUMNS " FROM hold WHERE id>?1 AND (released_at=0 OR EXISTS("
		"SELECT 1 FROM finding WHERE finding.rule=?2"
		" AND finding.key=CAST(hold.id AS TEXT) AND finding.settled=0))"
		" ORDER BY id LIMIT ?3",
		"isi", after, finding_rule_name(FINDING_COPY), (int64_t)most);
	int rc = 0;

	for (*count = 0; *count < most && (rc = sql_next(rows)) == 1; (*count)++)
		holds_read(rows, &out[*count]);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
