#include "fs/store/records/casefiles.h"

#include <errno.h>

#include "fs/store/catalog/views.h"
#include "fs/store/records/retention.h"
#include "policy/calendar.h"
#include "policy/name.h"
#include "policy/term.h"

const char casefiles_schema[] =
	/* class: the one declared last; case_class has all that ever were, for none of them is
	   taken back */
	"CREATE TABLE casefile(id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, party TEXT, "
	"cause TEXT, class TEXT NOT NULL, opened INTEGER NOT NULL,"
	"  closed INTEGER, party_group INTEGER NOT NULL DEFAULT 0, cause_group INTEGER NOT NULL "
	"DEFAULT 0);"
	"CREATE INDEX casefile_party ON casefile(party_group, number);"
	"CREATE INDEX casefile_cause ON casefile(cause_group, number);"
	"CREATE TABLE case_class(kase INTEGER NOT NULL, class TEXT NOT NULL, version INTEGER NOT "
	"NULL, PRIMARY KEY(kase, class, version)) WITHOUT ROWID;"
	"CREATE TABLE case_alias(name TEXT PRIMARY KEY, id INTEGER NOT NULL UNIQUE, kase INTEGER "
	"NOT NULL);"
	"CREATE INDEX case_alias_of ON case_alias(kase, name);"
	/* Items linked to a case beside those in its folder.  unlinked: since when no more (ms), or
	   0; the row stays, for the term does. */
	"CREATE TABLE case_item(item INTEGER NOT NULL, kase INTEGER NOT NULL, since INTEGER NOT "
	"NULL, unlinked INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY(item, kase)) WITHOUT ROWID;"
	"CREATE INDEX case_item_of ON case_item(kase, item);";

int apply_register_case(struct sql *db, const struct head *h, const struct register_case *e)
{
	int64_t by_party, by_cause = 0;
	int err = views_group(db, VIEW_PARTY, e->party, &by_party);

	if (err == 0)
		err = views_group(db, VIEW_CAUSE, e->cause, &by_cause);
	if (err == 0)
		err = sql_run(db,
			"INSERT INTO casefile(id, number, party, cause, class, opened, "
			"party_group, cause_group) VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(id) DO "
			"UPDATE SET"
			" party=excluded.party, cause=excluded.cause, class=excluded.class, "
			"party_group=excluded.party_group, cause_group=excluded.cause_group",
			"issssiii", e->id, e->number, e->party, e->cause, e->klass, h->clock,
			by_party, by_cause);
	return err == 0
		? sql_run(db,
			  "INSERT OR IGNORE INTO case_class(kase, class, version) VALUES(?,?,?)",
			  "isi", e->id, e->klass, h->policy)
		: err;
}

int apply_case_alias(struct sql *db, const struct head *h, const struct case_alias *e)
{
	(void)h;
	return sql_run(db, "INSERT INTO case_alias(name, id, kase) VALUES(?,?,?)", "sii", e->alias,
		e->alias_id, e->case_id);
}

/* A case once closed stays closed on the day that was said first, or a later one. */
int apply_case_close(struct sql *db, const struct head *h, const struct case_close *e)
{
	(void)h;
	if (e->date == DAY_NONE)
		return EUCLEAN;
	return sql_run(db, "UPDATE casefile SET closed=max(coalesce(closed, ?1), ?1) WHERE id=?2",
		"ii", (int64_t)e->date, e->case_id);
}

int apply_case_link(struct sql *db, const struct head *h, const struct case_link *e)
{
	int err = sql_run(db,
		"INSERT INTO case_item(item, kase, since) VALUES(?,?,?) ON CONFLICT DO UPDATE SET "
		"unlinked=0",
		"iii", h->item, e->case_id, h->clock);

	if (err == 0)
		err = sql_run(db,
			"INSERT OR IGNORE INTO item_class(item, class, version) VALUES(?,?,?)",
			"isi", h->item, CLASS_EVIDENCE, h->policy);
	return err == 0 ? views_enter(db, h->item) : err;
}

/* It may lie in the case's folder as well: then it stays in the view. */
int apply_case_unlink(struct sql *db, const struct head *h, const struct case_unlink *e)
{
	int err = sql_run(db, "UPDATE case_item SET unlinked=? WHERE item=? AND kase=?", "iii",
		h->clock, h->item, e->case_id);

	if (err == 0)
		err = views_leave(db, h->item, e->case_id);
	return err == 0 ? views_enter(db, h->item) : err;
}

int casefiles_number(struct sql *db, int64_t id, char *out)
{
	struct sql_rows *rows = sql_query(db, "SELECT number FROM casefile WHERE id=?", "i", id);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	sql_copy(rows, 0, out, NAME_BUFFER);
	sql_done(rows);
	return 0;
}

int casefiles_next_id(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id),0)+1 FROM casefile", "");
}

int casefiles_next_alias(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id),0)+1 FROM case_alias", "");
}

int casefiles_groups(struct sql *db, const char *number, struct casefiles_groups *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT party_group, cause_group FROM casefile WHERE number=?", "s", number);
	int rc = sql_next(rows);

	*out = (struct casefiles_groups){ 0, 0 };
	if (rc <= 0)
		return -rc;
	out->party = sql_int(rows, 0);
	out->cause = sql_int(rows, 1);
	sql_done(rows);
	return 0;
}

#define ANY_DAY 0 /* the same for all that are compared */

/* Whether a class would, alone, keep for less long than those that the case ever had. */
static int class_shortens(struct sql *db, int64_t kase, const struct class_rule *rule, bool *out)
{
	struct bond b = {
		.kind = BOND_CASE, .from = BOND_FROM_CASE, .rule = *rule, .closed = ANY_DAY
	};
	struct term now = TERM_NONE, given = TERM_NONE;
	struct sql_rows *rows = sql_query(db,
		"SELECT rule.name, rule.kind, rule.months FROM case_class JOIN class AS rule ON "
		"rule.name=case_class.class"
		" AND rule.version>=case_class.version WHERE case_class.kase=?",
		"i", kase);
	int rc;

	term_add(&given, &b, ANY_DAY, 0);
	while ((rc = sql_next(rows)) == 1) {
		sql_copy(rows, 0, b.rule.name, sizeof b.rule.name);
		b.rule.kind = (enum class_kind)sql_int(rows, 1);
		b.rule.months = (int)sql_int(rows, 2);
		term_add(&now, &b, ANY_DAY, 0);
	}
	*out = term_until(&given) < term_until(&now);
	return -rc;
}

int casefiles_judge_class(
	struct sql *db, int64_t kase, const char *class, int64_t policy, enum reason *why)
{
	struct class_rule rule;
	bool shorter = false;
	int err = retention_class(db, class, policy, &rule);

	*why = REASON_CLASS_UNKNOWN;
	if (err == ENOENT || (err == 0 && !class_fits_case(&rule)))
		return 0;
	if (err == 0 && kase != 0)
		err = class_shortens(db, kase, &rule, &shorter);
	*why = shorter ? REASON_SHORTENS : REASON_NONE;
	return err;
}

enum reason casefiles_judge_close(
	const struct casefile *k, int32_t day, const struct event_time *now)
{
	if (day > day_of_instant(now->clock, now->utc_offset) &&
		day > day_of_instant(now->wall, now->utc_offset))
		return REASON_CLOSED_FUTURE;
	if (day < day_of_instant(k->opened, now->utc_offset))
		return REASON_CLOSED_EARLY;
	return k->closed != DAY_NONE && day < k->closed ? REASON_SHORTENS : REASON_NONE;
}

int casefiles_belongs(struct sql *db, int64_t kase, int64_t item, bool *lies, bool *linked)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM item JOIN folder ON folder.id=item.folder WHERE "
		"item.id=?2 AND (folder.kase=(SELECT number FROM casefile WHERE id=?1)"
		" OR folder.kase IN (SELECT name FROM case_alias WHERE kase=?1))) + 2 * "
		"EXISTS(SELECT 1 FROM case_item WHERE item=?2 AND kase=?1 AND unlinked=0)",
		"ii", kase, item);

	*lies = n & 1;
	*linked = n & 2;
	return err;
}

int casefiles_of_item(struct sql *db, int64_t item, casefiles_each each, void *arg)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT number, min(place) FROM (SELECT casefile.number AS number, 0 AS place FROM "
		"item JOIN folder ON folder.id=item.folder"
		" JOIN casefile ON casefile.number=folder.kase OR casefile.id=(SELECT kase FROM "
		"case_alias WHERE name=folder.kase) WHERE item.id=?1"
		" UNION ALL SELECT casefile.number, 1 FROM case_item JOIN casefile ON "
		"casefile.id=case_item.kase WHERE case_item.item=?1"
		" AND case_item.unlinked=0) GROUP BY number ORDER BY 2, 1",
		"i", item);
	int rc;

	while ((rc = sql_next(rows)) == 1)
		if (!each(arg, sql_string(rows, 0))) {
			sql_done(rows);
			return 0;
		}
	return -rc;
}

int casefiles_next_linked(struct sql *db, int64_t after, int64_t item, struct casefile *out)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT " CASE_COLUMNS " FROM casefile WHERE id>? AND EXISTS(SELECT 1 FROM "
		"case_item WHERE case_item.kase=casefile.id"
		" AND case_item.unlinked=0 AND (?2=0 OR case_item.item=?2)) ORDER BY id "
		"LIMIT 1",
		"ii", after, item);
	int err = sql_only_row(rows);

	if (err != 0)
		return err;
	catalog_read_case(rows, out);
	sql_done(rows);
	return 0;
}

int casefiles_entry(struct sql *db, int64_t kase, int64_t item, char *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT name FROM case_entry WHERE item=? AND kase=?", "ii", item, kase);
	int rc = sql_next(rows);

	out[0] = '\0';
	if (rc == 1)
		sql_copy(rows, 0, out, NAME_BUFFER);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
