/* What the events of a disposal do to the catalog.  A row stays for ever. */
#include <errno.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/disposals.h"

const char disposals_schema[] =
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
	"CREATE INDEX disposed_pending ON disposed(item) WHERE erasure=" SQL_ERASURE_PENDING ";"
	/* what was promised at the deposit, as a lower bound of the term: where to look for what
	   may have ended */
	"CREATE INDEX item_promised ON item(retain_until, id) WHERE state=" SQL_SEALED ";";

static int add_items(struct sql *db, int64_t id, const json_t *items)
{
	const json_t *one;
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

int apply_dispose_propose(struct sql *db, const struct head *h, const struct dispose_propose *e)
{
	int err = sql_run(db,
		"INSERT INTO disposal(id, kind, reason, proposed_by, proposed_at, policy) "
		"VALUES(?,?,?,?,?,?)",
		"issiii", e->id, e->kind, e->reason, h->person, h->clock, h->policy);

	return err == 0 ? add_items(db, e->id, e->items) : err;
}

int apply_dispose_items(struct sql *db, const struct head *h, const struct dispose_items *e)
{
	(void)h;
	return add_items(db, e->id, e->items);
}

static int decide_disposal(struct sql *db, const struct head *h, int64_t id,
	enum disposal_state state, const char *reason)
{
	return sql_run(db,
		"UPDATE disposal SET state=?, decided_by=?, decided_at=?, decided_why=? WHERE id=?",
		"iiisi", (int64_t)state, h->person, h->clock, reason, id);
}

int apply_dispose_approve(struct sql *db, const struct head *h, const struct dispose_approve *e)
{
	return decide_disposal(db, h, e->id, DISPOSAL_APPROVED, e->reason);
}

/* Once approved, the record of who approved stays, even if somebody else calls off the rest. */
static int end_disposal(struct sql *db, const struct head *h, int64_t id, enum disposal_state state,
	const char *reason)
{
	int64_t was = 0;
	int err = sql_value(db, &was, "SELECT state FROM disposal WHERE id=?", "i", id);

	if (err != 0)
		return err == ENOENT ? EUCLEAN : err;
	if (was == DISPOSAL_PROPOSED)
		return decide_disposal(db, h, id, state, reason);
	return sql_run(db, "UPDATE disposal SET state=?, stopped_why=? WHERE id=?", "isi",
		(int64_t)state, reason, id);
}

int apply_dispose_refuse(struct sql *db, const struct head *h, const struct dispose_refuse *e)
{
	return end_disposal(db, h, e->id, DISPOSAL_REFUSED, e->reason);
}

int apply_dispose_withdraw(struct sql *db, const struct head *h, const struct dispose_withdraw *e)
{
	return end_disposal(db, h, e->id, DISPOSAL_WITHDRAWN, e->reason);
}

int apply_dispose_item(struct sql *db, const struct head *h, const struct dispose_item *e)
{
	int err = sql_run(db, "UPDATE item SET state=?, settle_until=0 WHERE id=?", "ii",
		(int64_t)ITEM_DISPOSED, h->item);

	if (err == 0)
		err = views_leave(db, h->item, 0);
	if (err == 0)
		err = sql_run(db,
			"INSERT INTO disposed(seq, item, disposal, at, policy) VALUES(?,?,?,?,?)",
			"iiiii", h->seq, h->item, e->id, h->clock, h->policy);
	return err == 0 ? sql_run(db, "UPDATE disposal SET done=done+1 WHERE id=?", "i", e->id)
			: err;
}

int apply_dispose_stop(struct sql *db, const struct head *h, const struct dispose_stop *e)
{
	return sql_run(db, "UPDATE disposal SET state=?, stopped_item=?, stopped_why=? WHERE id=?",
		"iisi", (int64_t)DISPOSAL_STOPPED, h->item, e->reason, e->id);
}

int apply_dispose_done(struct sql *db, const struct head *h, const struct dispose_done *e)
{
	(void)h;
	return sql_run(
		db, "UPDATE disposal SET state=? WHERE id=?", "ii", (int64_t)DISPOSAL_DONE, e->id);
}

int apply_dispose_erased(struct sql *db, const struct head *h, const struct dispose_erased *e)
{
	enum erasure how = erasure_parse(e->how != NULL ? e->how : "");

	if (how == ERASURE_COUNT)
		return EUCLEAN;
	return sql_run(db, "UPDATE disposed SET erasure=?, flash=?, fs=? WHERE item=?", "iisi",
		(int64_t)how, (int64_t)e->flash, e->fs, h->item);
}
