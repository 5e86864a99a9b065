/* Cases: what is registered of them, their aliases, and the items linked to them. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/calendar.h"
#include "policy/term.h"

static const char schema[] =
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

static int apply_register(struct sql *db, const struct head *h)
{
	const char *class = jsonget_str(h->d, "class"), *party = jsonget_str(h->d, "party"),
		   *cause = jsonget_str(h->d, "cause");
	int64_t id = jsonget_int(h->d, "id", 0), by_party, by_cause = 0;
	int err = views_group(db, VIEW_PARTY, party, &by_party);

	if (err == 0)
		err = views_group(db, VIEW_CAUSE, cause, &by_cause);
	if (err == 0)
		err = sql_run(db,
			"INSERT INTO casefile(id, number, party, cause, class, opened, "
			"party_group, cause_group) VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(id) DO "
			"UPDATE SET"
			" party=excluded.party, cause=excluded.cause, class=excluded.class, "
			"party_group=excluded.party_group, cause_group=excluded.cause_group",
			"issssiii", id, jsonget_str(h->d, "number"), party, cause, class, h->clock,
			by_party, by_cause);
	return err == 0
		? sql_run(db,
			  "INSERT OR IGNORE INTO case_class(kase, class, version) VALUES(?,?,?)",
			  "isi", id, class, h->policy)
		: err;
}

static int apply_alias(struct sql *db, const struct head *h)
{
	return sql_run(db, "INSERT INTO case_alias(name, id, kase) VALUES(?,?,?)", "sii",
		jsonget_str(h->d, "alias"), jsonget_int(h->d, "alias_id", 0),
		jsonget_int(h->d, "case_id", 0));
}

/* A case once closed stays closed on the day that was said first, or a later one. */
static int apply_close(struct sql *db, const struct head *h)
{
	int64_t day = day_field(h->d, "date");

	if (day == DAY_NONE)
		return EUCLEAN;
	return sql_run(db, "UPDATE casefile SET closed=max(coalesce(closed, ?1), ?1) WHERE id=?2",
		"ii", day, jsonget_int(h->d, "case_id", 0));
}

static int apply_link(struct sql *db, const struct head *h)
{
	int err = sql_run(db,
		"INSERT INTO case_item(item, kase, since) VALUES(?,?,?) ON CONFLICT DO UPDATE SET "
		"unlinked=0",
		"iii", h->item, jsonget_int(h->d, "case_id", 0), h->clock);

	if (err == 0)
		err = sql_run(db,
			"INSERT OR IGNORE INTO item_class(item, class, version) VALUES(?,?,?)",
			"isi", h->item, CLASS_EVIDENCE, h->policy);
	return err == 0 ? views_enter(db, h->item) : err;
}

static int apply_unlink(struct sql *db, const struct head *h)
{
	int64_t kase = jsonget_int(h->d, "case_id", 0);
	int err = sql_run(db, "UPDATE case_item SET unlinked=? WHERE item=? AND kase=?", "iii",
		h->clock, h->item, kase);

	if (err == 0)
		err = views_leave(db, h->item, kase);
	return err == 0 ? views_enter(db, h->item)
			: err; /* it may lie in the case's folder as well */
}

static const struct apply events[] = {
	{ "register.case", apply_register },
	{ "case.alias", apply_alias },
	{ "case.close", apply_close },
	{ "case.link", apply_link },
	{ "case.unlink", apply_unlink },
};

const struct catalog_part catalog_cases = CATALOG_PART(schema, events);
