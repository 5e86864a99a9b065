/* Disposal: what was proposed and decided, and what was disposed of.  A row stays for ever. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "policy/disposal.h"
#include "policy/verb.h"

static const char schema[] =
	"CREATE TABLE disposal(id INTEGER PRIMARY KEY, state INTEGER NOT NULL DEFAULT 0, kind TEXT "
	"NOT NULL, reason TEXT, proposed_by INTEGER NOT NULL,"
	"  proposed_at INTEGER NOT NULL, policy INTEGER NOT NULL, items INTEGER NOT NULL DEFAULT "
	"0, bytes INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,"
	"  decided_by INTEGER NOT NULL DEFAULT 0, decided_at INTEGER NOT NULL DEFAULT 0, "
	"decided_why TEXT, stopped_item INTEGER NOT NULL DEFAULT 0, stopped_why TEXT);"
	"CREATE TABLE disposal_item(disposal INTEGER NOT NULL, item INTEGER NOT NULL, PRIMARY "
	"KEY(disposal, item)) WITHOUT ROWID;"
	"CREATE INDEX disposal_of ON disposal_item(item);"
	/* seq: of its event.  erasure: enum erasure. */
	"CREATE TABLE disposed(seq INTEGER PRIMARY KEY, item INTEGER NOT NULL UNIQUE, disposal "
	"INTEGER NOT NULL, at INTEGER NOT NULL, policy INTEGER NOT NULL,"
	"  erasure INTEGER NOT NULL DEFAULT 0, flash INTEGER NOT NULL DEFAULT 0, fs TEXT);"
	"CREATE INDEX disposed_pending ON disposed(item) WHERE erasure=0;"
	/* what was promised at the deposit, as a lower bound of the term: where to look for what
	   may have ended */
	"CREATE INDEX item_promised ON item(retain_until, id) WHERE state=1;";

static int add_items(struct sql *db, const struct head *h)
{
	const json_t *items = json_object_get(h->d, "items"), *one;
	int64_t id = jsonget_int(h->d, "id", 0);
	size_t i;
	int err = 0;

	json_array_foreach(items, i, one) {
		if (err == 0)
			err = sql_run(db, "INSERT INTO disposal_item(disposal, item) VALUES(?,?)",
				"ii", id, (int64_t)json_integer_value(one));
		if (err == 0)
			err = sql_run(db,
				"UPDATE disposal SET items=items+1, bytes=bytes+(SELECT size FROM "
				"item WHERE id=?) WHERE id=?",
				"ii", (int64_t)json_integer_value(one), id);
	}
	return err;
}

static int apply_propose(struct sql *db, const struct head *h)
{
	int err = sql_run(db,
		"INSERT INTO disposal(id, kind, reason, proposed_by, proposed_at, policy) "
		"VALUES(?,?,?,?,?,?)",
		"issiii", jsonget_int(h->d, "id", 0), jsonget_str(h->d, "kind"),
		jsonget_str(h->d, "reason"), h->person, h->clock, h->policy);

	return err == 0 ? add_items(db, h) : err;
}

static int decide(struct sql *db, const struct head *h, enum disposal_state state)
{
	return sql_run(db,
		"UPDATE disposal SET state=?, decided_by=?, decided_at=?, decided_why=? WHERE id=?",
		"iiisi", (int64_t)state, h->person, h->clock, jsonget_str(h->d, "reason"),
		jsonget_int(h->d, "id", 0));
}

static int apply_approve(struct sql *db, const struct head *h)
{
	return decide(db, h, DISPOSAL_APPROVED);
}

/* Once approved, the record of who approved stays, whoever calls off the rest. */
static int end(struct sql *db, const struct head *h, enum disposal_state state)
{
	int64_t was = 0;
	int err = sql_value(
		db, &was, "SELECT state FROM disposal WHERE id=?", "i", jsonget_int(h->d, "id", 0));

	if (err != 0)
		return err == ENOENT ? EUCLEAN : err;
	if (was == DISPOSAL_PROPOSED)
		return decide(db, h, state);
	return sql_run(db, "UPDATE disposal SET state=?, stopped_why=? WHERE id=?", "isi",
		(int64_t)state, jsonget_str(h->d, "reason"), jsonget_int(h->d, "id", 0));
}

static int apply_refuse(struct sql *db, const struct head *h)
{
	return end(db, h, DISPOSAL_REFUSED);
}

static int apply_withdraw(struct sql *db, const struct head *h)
{
	return end(db, h, DISPOSAL_WITHDRAWN);
}

static int apply_item(struct sql *db, const struct head *h)
{
	int64_t id = jsonget_int(h->d, "id", 0);
	int err = sql_run(db, "UPDATE item SET state=?, settle_until=0 WHERE id=?", "ii",
		(int64_t)ITEM_DISPOSED, h->item);

	if (err == 0)
		err = views_leave(db, h->item, 0);
	if (err == 0)
		err = sql_run(db,
			"INSERT INTO disposed(seq, item, disposal, at, policy) VALUES(?,?,?,?,?)",
			"iiiii", h->seq, h->item, id, h->clock, h->policy);
	return err == 0 ? sql_run(db, "UPDATE disposal SET done=done+1 WHERE id=?", "i", id) : err;
}

static int apply_stop(struct sql *db, const struct head *h)
{
	return sql_run(db, "UPDATE disposal SET state=?, stopped_item=?, stopped_why=? WHERE id=?",
		"iisi", (int64_t)DISPOSAL_STOPPED, h->item, jsonget_str(h->d, "reason"),
		jsonget_int(h->d, "id", 0));
}

static int apply_done(struct sql *db, const struct head *h)
{
	return sql_run(db, "UPDATE disposal SET state=? WHERE id=?", "ii", (int64_t)DISPOSAL_DONE,
		jsonget_int(h->d, "id", 0));
}

static int apply_erased(struct sql *db, const struct head *h)
{
	const char *how = jsonget_str(h->d, "how");
	enum erasure e = erasure_parse(how != NULL ? how : "");

	if (e == ERASURE_COUNT)
		return EUCLEAN;
	return sql_run(db, "UPDATE disposed SET erasure=?, flash=?, fs=? WHERE item=?", "iisi",
		(int64_t)e, (int64_t)json_is_true(json_object_get(h->d, "flash")),
		jsonget_str(h->d, "fs"), h->item);
}

static const struct apply events[] = {
	{ "dispose.propose", apply_propose },
	{ "dispose.items", add_items },
	{ "dispose.approve", apply_approve },
	{ "dispose.refuse", apply_refuse },
	{ "dispose.withdraw", apply_withdraw },
	{ "dispose.item", apply_item },
	{ "dispose.stop", apply_stop },
	{ "dispose.done", apply_done },
	{ "dispose.erased", apply_erased },
};

const struct catalog_part catalog_disposals = CATALOG_PART(schema, events);
