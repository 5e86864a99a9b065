#include "fs/store/records/deposits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/views.h"
#include "policy/calendar.h"

const char deposits_schema[] =
	/* kase: '' for a date folder, else the case folder's name */
	"CREATE TABLE folder(id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, device INTEGER NOT "
	"NULL, officer INTEGER NOT NULL, day INTEGER NOT NULL,"
	"  kase TEXT NOT NULL, made INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0, "
	"UNIQUE(unit, device, officer, day, kase));"
	/* state: enum item_state; a name is taken by what is in sight (receiving, sealed) */
	"CREATE TABLE item(id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, name TEXT NOT NULL, "
	"state INTEGER NOT NULL, depositor INTEGER NOT NULL,"
	"  uid INTEGER NOT NULL, gid INTEGER NOT NULL, mode INTEGER NOT NULL, size INTEGER NOT "
	"NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0, root BLOB,"
	"  mtime INTEGER NOT NULL, begun INTEGER NOT NULL, sealed INTEGER NOT NULL DEFAULT 0, "
	"settle_until INTEGER NOT NULL DEFAULT 0,"
	"  important INTEGER NOT NULL, class TEXT NOT NULL, retain_until INTEGER NOT NULL, reason "
	"TEXT, sha256 BLOB, sm3 BLOB,"
	"  policy INTEGER NOT NULL DEFAULT 1, until_set INTEGER NOT NULL DEFAULT 0);"
	"CREATE UNIQUE INDEX item_name ON item(folder, name) WHERE state <= " SQL_SEALED ";"
	"CREATE INDEX item_apart ON item(state, id) WHERE state <> " SQL_SEALED ";"
	"CREATE INDEX item_undigested ON item(id) WHERE state = " SQL_SEALED " AND sha256 IS NULL;"
	/* How many items, and bytes, there are of each state; kept by triggers so that telling
	   costs the same at any size. */
	"CREATE TABLE tally(state INTEGER PRIMARY KEY, items INTEGER NOT NULL, bytes INTEGER NOT "
	"NULL);"
	"INSERT INTO tally VALUES(" SQL_RECEIVING ",0,0),(" SQL_SEALED ",0,0),(" SQL_INCOMPLETE
	",0,0),(" SQL_WITHDRAWN ",0,0),(" SQL_DISPOSED ",0,0);"
	"CREATE TRIGGER item_in AFTER INSERT ON item BEGIN UPDATE tally SET items=items+1, "
	"bytes=bytes+new.size WHERE state=new.state; END;"
	"CREATE TRIGGER item_change AFTER UPDATE OF state, size ON item WHEN old.state<>new.state "
	"OR old.size<>new.size BEGIN"
	"  UPDATE tally SET items=items-1, bytes=bytes-old.size WHERE state=old.state;"
	"  UPDATE tally SET items=items+1, bytes=bytes+new.size WHERE state=new.state; END;"
	"CREATE TABLE xattr(item INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, "
	"PRIMARY KEY(item, name)) WITHOUT ROWID;";

int apply_folder_make(struct sql *db, const struct head *h, const struct folder_make *e)
{
	return sql_run(db,
		"INSERT INTO folder(id, unit, device, officer, day, kase, made) "
		"VALUES(?,?,?,?,?,?,?)"
		" ON CONFLICT(id) DO UPDATE SET removed=0, made=excluded.made",
		"iiiiisi", e->id, e->unit_id, e->device_id, e->officer_id, (int64_t)e->date,
		e->kase, h->clock);
}

int apply_folder_remove(struct sql *db, const struct head *h, const struct folder_remove *e)
{
	(void)h;
	return sql_run(db, "UPDATE folder SET removed=1 WHERE id=?", "i", e->id);
}

int apply_deposit_begin(struct sql *db, const struct head *h, const struct deposit_begin *e)
{
	return sql_run(db,
		"INSERT INTO item(id, folder, name, state, depositor, uid, gid, mode, mtime, "
		"begun, important, class, retain_until, policy)"
		" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		"iisiiiiiiiisii", h->item, e->folder, e->name, (int64_t)ITEM_RECEIVING, h->person,
		e->uid, e->gid, e->mode, e->mtime, h->clock, (int64_t)e->important, e->klass,
		e->retain_until, h->policy);
}

int apply_deposit_close(struct sql *db, const struct head *h, const struct deposit_close *e)
{
	if (!e->root.known)
		return EUCLEAN;
	return sql_run(db, "UPDATE item SET closed=1, size=?, root=?, mtime=? WHERE id=?", "ibii",
		e->size, (const void *)e->root.bytes, (size_t)HASH_LEN, e->mtime, h->item);
}

/* An item that was opened again and is still empty keeps the time of its first sealing: otherwise
 * its settle window could be renewed for ever. */
int apply_deposit_seal(struct sql *db, const struct head *h, const struct deposit_seal *e)
{
	int err = sql_run(db,
		"UPDATE item SET state=?, sealed=iif(size=0 AND sealed<>0, sealed, ?), "
		"settle_until=? WHERE id=?",
		"iiii", (int64_t)ITEM_SEALED, h->clock, e->settle_until, h->item);

	return err == 0 ? views_enter(db, h->item) : err;
}

/* A still empty file is opened for writing again: receiving once more, and what was computed of its
 * emptiness is void. */
int apply_deposit_reopen(struct sql *db, const struct head *h, const struct deposit_reopen *e)
{
	int err = sql_run(db,
		"UPDATE item SET state=?, closed=0, settle_until=0, sha256=NULL, sm3=NULL WHERE "
		"id=?",
		"ii", (int64_t)ITEM_RECEIVING, h->item);

	(void)e;
	return err == 0 ? views_leave(db, h->item, 0) : err;
}

int apply_deposit_incomplete(
	struct sql *db, const struct head *h, const struct deposit_incomplete *e)
{
	int err = sql_run(db, "UPDATE item SET state=?, reason=?, size=? WHERE id=?", "isii",
		(int64_t)ITEM_INCOMPLETE, e->reason, e->size, h->item);

	return err == 0 ? views_leave(db, h->item, 0) : err;
}

/* Bytes whose beginning a power cut took off the ledger: an item of its own, whose name and place
 * are lost. */
int apply_deposit_orphan(struct sql *db, const struct head *h, const struct deposit_orphan *e)
{
	return sql_run(db,
		"INSERT INTO item(id, folder, name, state, depositor, uid, gid, mode, size, mtime, "
		"begun, important, class, retain_until, reason, policy)"
		" VALUES(?1,0,?2,?8,0,0,0,0,?3,0,?4,0,'patrol',?5,?6,?7)",
		"isiiisii", h->item, e->name, e->size, h->clock, INSTANT_NEVER, e->reason,
		h->policy, (int64_t)ITEM_INCOMPLETE);
}

int apply_deposit_withdraw(struct sql *db, const struct head *h, const struct deposit_withdraw *e)
{
	int err = sql_run(
		db, "UPDATE item SET state=? WHERE id=?", "ii", (int64_t)ITEM_WITHDRAWN, h->item);

	(void)e;
	return err == 0 ? views_leave(db, h->item, 0) : err;
}

int apply_item_digest(struct sql *db, const struct head *h, const struct item_digest *e)
{
	if (!e->sha256.known || !e->sm3.known)
		return EUCLEAN;
	return sql_run(db, "UPDATE item SET sha256=?, sm3=? WHERE id=?", "bbi",
		(const void *)e->sha256.bytes, (size_t)HASH_LEN, (const void *)e->sm3.bytes,
		(size_t)HASH_LEN, h->item);
}

/* The end of the settle window that a change of the label gives; an item that is still received has
 * none. */
#define SETTLES "settle_until=iif(state=" SQL_SEALED ", ?, 0)"

int apply_label_rename(struct sql *db, const struct head *h, const struct label_rename *e)
{
	int err = sql_run(db,
		"UPDATE item SET folder=?, name=?, important=?, " SETTLES " WHERE id=?", "isiii",
		e->folder, e->name, (int64_t)e->important, e->settle_until, h->item);

	if (err == 0)
		err = views_leave(db, h->item, 0);
	return err == 0 ? views_enter(db, h->item) : err;
}

int apply_label_attr(struct sql *db, const struct head *h, const struct label_attr *e)
{
	return sql_run(db, "UPDATE item SET mtime=?, mode=?, " SETTLES " WHERE id=?", "iiii",
		e->mtime, e->mode, e->settle_until, h->item);
}

static int put_xattr(struct sql *db, int64_t item, const struct label_xattr *e)
{
	size_t cap = strlen(e->value) + 1, len = 0;
	uint8_t *bytes = malloc(cap);
	int err = EUCLEAN;

	if (bytes == NULL)
		return ENOMEM;
	if (base64_decode(e->value, strlen(e->value), bytes, cap, &len))
		err = sql_run(db,
			"INSERT INTO xattr(item, name, value) VALUES(?,?,?) ON CONFLICT(item, "
			"name) DO UPDATE SET value=excluded.value",
			"isb", item, e->name, (const void *)bytes, len);
	free(bytes);
	return err;
}

int apply_label_xattr(struct sql *db, const struct head *h, const struct label_xattr *e)
{
	int err = e->value != NULL
		? put_xattr(db, h->item, e)
		: sql_run(db, "DELETE FROM xattr WHERE item=? AND name=?", "is", h->item, e->name);

	return err == 0 ? sql_run(db, "UPDATE item SET " SETTLES " WHERE id=?", "ii",
				  e->settle_until, h->item)
			: err;
}

int deposits_xattr_count(
	struct sql *db, int64_t item, const char *name, int64_t *count, bool *there)
{
	int64_t n = 0;
	int err = sql_value(
		db, &n, "SELECT count(*) FROM xattr WHERE item=? AND name=?", "is", item, name);

	*there = n != 0;
	return err != 0
		? err
		: sql_value(db, count, "SELECT count(*) FROM xattr WHERE item=?", "i", item);
}

int deposits_xattr(struct sql *db, int64_t item, const char *name, char **value, size_t *len)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT value FROM xattr WHERE item=? AND name=?", "is", item, name);
	const void *bytes;
	int rc = sql_next(rows), err = 0;

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	bytes = sql_blob(rows, 0, len);
	*value = malloc(*len + 1);
	if (*value == NULL)
		err = ENOMEM;
	else if (*len > 0)
		memcpy(*value, bytes, *len);
	sql_done(rows);
	return err;
}

int deposits_xattr_names(
	struct sql *db, int64_t item, int (*each)(void *arg, const char *name), void *arg)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT name FROM xattr WHERE item=? ORDER BY name", "i", item);
	int rc, err = 0;

	while (err == 0 && (rc = sql_next(rows)) != 0)
		err = rc < 0 ? -rc : each(arg, sql_string(rows, 0));
	sql_done(rows);
	return err;
}
