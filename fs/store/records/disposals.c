#include "fs/store/records/disposals.h"

#include <errno.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/event.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/retention.h"

void disposals_read(struct sql_rows *rows, struct disposal *out)
{
	out->id = sql_int(rows, 0);
	out->state = (enum disposal_state)sql_int(rows, 1);
	sql_copy(rows, 2, out->kind, sizeof out->kind);
	sql_copy(rows, 3, out->reason, sizeof out->reason);
	out->proposed_by = sql_int(rows, 4);
	out->proposed_at = sql_int(rows, 5);
	out->policy = sql_int(rows, 6);
	out->items = sql_int(rows, 7);
	out->bytes = sql_int(rows, 8);
	out->done = sql_int(rows, 9);
	out->decided_by = sql_int(rows, 10);
	out->decided_at = sql_int(rows, 11);
	sql_copy(rows, 12, out->decided_why, sizeof out->decided_why);
	out->stopped_item = sql_int(rows, 13);
	sql_copy(rows, 14, out->stopped_why, sizeof out->stopped_why);
}

void disposals_read_item(struct sql_rows *rows, struct disposed *out)
{
	out->seq = sql_int(rows, 0);
	out->item = sql_int(rows, 1);
	out->disposal = sql_int(rows, 2);
	out->at = sql_int(rows, 3);
	out->policy = sql_int(rows, 4);
	out->erasure = (enum erasure)sql_int(rows, 5);
	out->flash = sql_int(rows, 6) != 0;
	sql_copy(rows, 7, out->fs, sizeof out->fs);
}

int disposals_get(struct sql *db, int64_t id, struct disposal *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " DISPOSAL_COLUMNS " FROM disposal WHERE id=?", "i", id);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	disposals_read(rows, out);
	sql_done(rows);
	return 0;
}

int disposals_item(struct sql *db, int64_t item, struct disposed *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " DISPOSED_COLUMNS " FROM disposed WHERE item=?", "i", item);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	disposals_read_item(rows, out);
	sql_done(rows);
	return 0;
}

int disposals_next_id(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id),0)+1 FROM disposal", "");
}

static int each_item(struct sql_rows *rows, items_each each, void *arg)
{
	struct item item;
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		if (!each(arg, &item)) {
			sql_done(rows);
			return 0;
		}
	}
	return -rc;
}

int disposals_left(
	struct sql *db, int64_t id, int64_t after, int64_t limit, items_each each, void *arg)
{
	return each_item(sql_query(db,
				 "SELECT " ITEM_COLUMNS " FROM disposal_item JOIN item ON "
				 "item.id=disposal_item.item WHERE disposal_item.disposal=? AND "
				 "disposal_item.item>? AND item.state<>" SQL_DISPOSED
				 " ORDER BY disposal_item.item LIMIT ?",
				 "iii", id, after, limit),
		each, arg);
}

int disposals_expired(struct sql *db, int64_t unit, int64_t now, const struct disposal_mark *from,
	int64_t limit, items_each each, void *arg)
{
	return each_item(
		sql_query(db,
			"SELECT " ITEM_COLUMNS " FROM item JOIN folder ON folder.id=item.folder "
			"WHERE item.state=" SQL_SEALED " AND item.retain_until>=?1"
			" AND item.retain_until<=?2 AND (item.retain_until>?1 OR item.id>?3) AND "
			"folder.unit=?4 ORDER BY item.retain_until, item.id LIMIT ?5",
			"iiiii", from->until, now, from->item, unit, limit),
		each, arg);
}

int disposals_unsealed(struct sql *db, enum item_state state, int64_t after, int64_t limit,
	items_each each, void *arg)
{
	return each_item(
		sql_query(db,
			"SELECT " ITEM_COLUMNS " FROM item WHERE state=?1 AND state<>" SQL_SEALED
			" AND id>?2 ORDER BY id LIMIT ?3",
			"iii", (int64_t)state, after, limit),
		each, arg);
}

#define ITEMS_LISTED 2000 /* of one event: it has to fit an entry */

static int record_part(
	struct turn *t, const struct about *about, const struct disposal_wish *w, size_t from)
{
	const size_t left = w->count - from;
	json_t *items = record_numbers(w->items + from, left < ITEMS_LISTED ? left : ITEMS_LISTED);
	int err = ENOMEM;

	if (items != NULL && from == 0)
		err = record_dispose_propose(t, about,
			&(struct dispose_propose){ .id = w->id,
				.kind = w->kind,
				.reason = w->reason,
				.count = (int64_t)w->count,
				.items = items });
	else if (items != NULL)
		err = record_dispose_items(
			t, about, &(struct dispose_items){ .id = w->id, .items = items });
	json_decref(items);
	return err;
}

int disposals_record_wish(struct turn *t, const struct subject *who, const struct disposal_wish *w)
{
	const struct about about = { .who = who, .item = w->count == 1 ? w->items[0] : 0 };
	int err = 0;

	for (size_t from = 0; from < w->count && err == 0; from += ITEMS_LISTED)
		err = record_part(t, &about, w, from);
	return err;
}

int disposals_open(struct sql *db, int64_t item, bool *open, int64_t *id)
{
	int err = sql_value(db, id,
		"SELECT disposal.id FROM disposal_item JOIN disposal ON "
		"disposal.id=disposal_item.disposal"
		" WHERE disposal_item.item=? AND disposal.state IN (" SQL_DISPOSAL_OPEN ") LIMIT 1",
		"i", item);

	*open = err == 0;
	return err == ENOENT ? 0 : err;
}

int disposals_judge(struct sql *db, const struct item *item, const struct event_time *now,
	struct term *term, enum reason *why)
{
	struct held first;
	int held, err = 0;

	*why = REASON_NONE;
	*term = (struct term)TERM_NONE;
	if (item->state == ITEM_RECEIVING || item->state == ITEM_DISPOSED) {
		*why = item->state == ITEM_DISPOSED ? REASON_DISPOSED : REASON_STATE;
		return 0;
	}
	held = holds_first(db, item, &first);
	if (held != 0 && held != ENOENT)
		return held;
	if (held == ENOENT && item->state == ITEM_SEALED)
		err = retention_term(db, item, now->utc_offset, term);
	if (err != 0)
		return err;
	*why = disposal_allows(term, held == 0, now->clock);
	if (*why == REASON_NONE && item->state == ITEM_SEALED && !item->digested)
		*why = REASON_UNDIGESTED;
	return 0;
}

int disposals_unit(struct sql *db, const struct item *item, int64_t *unit)
{
	struct folder f;
	int err = item->folder != 0 ? catalog_folder_any(db, item->folder, &f) : ENOENT;

	*unit = err == 0 ? f.unit : 0;
	return err == ENOENT ? 0 : err;
}

int disposals_own(struct sql *db, int64_t id, int64_t person, bool *own)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM disposal_item JOIN item ON item.id=disposal_item.item "
		"LEFT JOIN folder ON folder.id=item.folder"
		" WHERE disposal_item.disposal=?1 AND (item.depositor=?2 OR folder.officer=?2))",
		"ii", id, person);

	*own = n != 0;
	return err;
}

int disposals_may(struct sql *db, const struct person *who, enum disposal_act act, int64_t id,
	struct disposal *out, enum reason *why)
{
	bool own = false, proposer, theirs;
	int err = disposals_get(db, id, out);

	*why = err == ENOENT ? REASON_NOT_FOUND : REASON_NONE;
	if (err != 0)
		return err == ENOENT ? 0 : err;
	proposer = who->id != 0 && who->id == out->proposed_by;
	theirs = act == DISPOSAL_EXECUTE &&
		(proposer || (who->id != 0 && who->id == out->decided_by));
	if (!theirs && act != DISPOSAL_WITHDRAW)
		err = disposals_own(db, id, who->id, &own);
	if (err != 0)
		return err;
	if (act == DISPOSAL_WITHDRAW)
		*why = proposer ? REASON_NONE : REASON_NO_ROLE;
	else if (!theirs)
		*why = disposal_may_decide(who, out->proposed_by, own);
	if (*why == REASON_NONE &&
		(act == DISPOSAL_EXECUTE ? out->state != DISPOSAL_APPROVED
					 : !disposal_state_open(out->state)))
		*why = REASON_STATE;
	return 0;
}

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
