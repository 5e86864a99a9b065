#include "fs/store/records/casefiles.h"

#include <errno.h>

#include "fs/store/catalog/views.h"
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
