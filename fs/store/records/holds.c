#include "fs/store/records/holds.h"

#include <errno.h>
#include <string.h>

#include "fs/store/catalog/scopes.h"

void holds_read(struct sql_rows *rows, struct held *out)
{
	struct hold *h = &out->hold;

	h->id = sql_int(rows, 0);
	sql_copy(rows, 1, h->name, sizeof h->name);
	h->ground = (int)sql_int(rows, 2);
	sql_copy(rows, 3, h->reason, sizeof h->reason);
	h->set_by = sql_int(rows, 4);
	h->set_at = sql_int(rows, 5);
	h->asked_by = sql_int(rows, 6);
	h->asked_at = sql_int(rows, 7);
	sql_copy(rows, 8, h->asked_why, sizeof h->asked_why);
	h->released_by = sql_int(rows, 9);
	h->released_at = sql_int(rows, 10);
	sql_copy(rows, 11, h->released_why, sizeof h->released_why);
	scopes_read(rows, 12, &out->scope);
}

static int read_only_row(struct sql_rows *rows, struct held *out)
{
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	holds_read(rows, out);
	sql_done(rows);
	return 0;
}

int holds_get(struct sql *db, int64_t id, struct held *out)
{
	return read_only_row(
		sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE id=?", "i", id), out);
}

int holds_next_id(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id),0)+1 FROM hold", "");
}

int holds_next(struct sql *db, int64_t from, struct held *out)
{
	return read_only_row(sql_query(db,
				     "SELECT " HOLD_COLUMNS
				     " FROM hold WHERE id>=? AND released_at=0 ORDER BY id LIMIT 1",
				     "i", from),
		out);
}

#define SAME_SCOPE                                                                            \
	"item=? AND kase=? AND unit=? AND device=? AND officer=? AND day=? AND folder=? AND " \
	"released_at=0"

int holds_named(struct sql *db, const struct scope *on, const char *name, struct held *out)
{
	return read_only_row(
		sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE " SAME_SCOPE " AND name=?",
			SCOPE_FORMAT "s", SCOPE_VALUES(on), name),
		out);
}

static int all(struct sql_rows *rows, holds_each each, void *arg)
{
	struct held h;
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		holds_read(rows, &h);
		if (!each(arg, &h)) {
			sql_done(rows);
			return 0;
		}
	}
	return -rc;
}

static struct sql_rows *standing(struct sql *db, const struct scope *at)
{
	return sql_query(db,
		"SELECT " HOLD_COLUMNS
		" FROM hold WHERE released_at=0 AND " SCOPE_COVERS("hold") " ORDER BY id",
		SCOPE_ITEM_FORMAT, SCOPE_ITEM(at));
}

int holds_on_item(struct sql *db, const struct item *item, holds_each each, void *arg)
{
	struct scope at;
	int err = scopes_of_item(db, item, &at);

	return err == 0 ? all(standing(db, &at), each, arg) : err;
}

int holds_first(struct sql *db, const struct item *item, struct held *out)
{
	struct scope at;
	int err = scopes_of_item(db, item, &at);

	return err == 0 ? read_only_row(standing(db, &at), out) : err;
}

int holds_on_folder(struct sql *db, const struct scope *folder, holds_each each, void *arg)
{
	return folder->kase != 0 ? holds_on_scope(db, folder, each, arg)
				 : all(standing(db, folder), each, arg);
}

#define HOLDS_TOLD 64

struct collecting {
	int64_t id[HOLDS_TOLD];
	size_t count;
	bool more;
};

static bool collect(void *arg, const struct held *h)
{
	struct collecting *k = arg;

	k->more = k->count == HOLDS_TOLD;
	if (!k->more)
		k->id[k->count++] = h->hold.id;
	return !k->more;
}

int holds_lost(struct sql *db, const struct item *item, const struct item *moved, bool *lost)
{
	struct collecting before = { .count = 0 }, after = { .count = 0 };
	int err = holds_on_item(db, item, collect, &before);

	if (err == 0)
		err = holds_on_item(db, moved, collect, &after);
	*lost = before.more || after.more;
	for (size_t i = 0; err == 0 && i < before.count && !*lost; i++) {
		size_t j = 0;

		while (j < after.count && after.id[j] != before.id[i])
			j++;
		*lost = j == after.count;
	}
	return err;
}

int holds_on_scope(struct sql *db, const struct scope *on, holds_each each, void *arg)
{
	return all(
		sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE " SAME_SCOPE " ORDER BY id",
			SCOPE_FORMAT, SCOPE_VALUES(on)),
		each, arg);
}

/* Whether the place can be held: not the whole store, nor what is gone. */
static int judge_scope(struct sql *db, const struct scope *on, enum reason *why)
{
	struct item item;
	int err = 0;

	*why = scope_whole(on) ? REASON_VALUE_BAD : REASON_NONE;
	if (on->item == 0)
		return 0;
	err = catalog_item(db, on->item, &item);
	if (err == ENOENT)
		*why = REASON_NOT_FOUND;
	else if (err == 0 && item.state == ITEM_DISPOSED)
		*why = REASON_DISPOSED;
	return err == ENOENT ? 0 : err;
}

static bool reason_bad(const char *reason)
{
	return reason != NULL && *reason != '\0' && !text_valid(reason, HOLD_REASON - 1);
}

static bool wish_bad(const struct hold_wish *w)
{
	return !hold_name_valid(w->name) || w->ground < 1 || w->ground > GROUND_OTHER ||
		reason_bad(w->reason) ||
		(w->ground == GROUND_OTHER && (w->reason == NULL || *w->reason == '\0'));
}

int holds_judge_set(struct sql *db, const struct person *who, const struct hold_wish *w,
	struct held *stands, enum reason *why)
{
	int err = 0;

	*why = hold_may_set(who);
	if (*why == REASON_NONE && wish_bad(w))
		*why = REASON_HOLD_BAD;
	if (*why == REASON_NONE)
		err = judge_scope(db, &w->on, why);
	if (err != 0 || *why != REASON_NONE)
		return err;
	err = holds_named(db, &w->on, w->name, stands);
	if (err == ENOENT)
		stands->hold.id = 0;
	else if (err == 0 &&
		(stands->hold.ground != w->ground ||
			strcmp(stands->hold.reason, w->reason != NULL ? w->reason : "") != 0))
		*why = REASON_DIFFERS;
	return err == ENOENT ? 0 : err;
}

/* The unreleased hold of that name on exactly that place. */
static int find_standing(
	struct sql *db, const struct hold_wish *w, struct held *stands, enum reason *why)
{
	int err = holds_named(db, &w->on, w->name, stands);

	*why = err == ENOENT ? REASON_NOT_FOUND : REASON_NONE;
	return err == ENOENT ? 0 : err;
}

int holds_judge_ask(struct sql *db, const struct person *who, const struct hold_wish *w,
	struct held *stands, enum reason *why)
{
	*why = hold_may_set(who);
	if (*why == REASON_NONE && w->reason != NULL && !text_valid(w->reason, HOLD_REASON - 1))
		*why = REASON_VALUE_BAD;
	return *why == REASON_NONE ? find_standing(db, w, stands, why) : 0;
}

int holds_judge_release(struct sql *db, const struct person *who, const struct hold_wish *w,
	struct held *stands, enum reason *why)
{
	int err = find_standing(db, w, stands, why);

	if (err != 0 || *why != REASON_NONE)
		return err;
	*why = hold_may_release(&stands->hold, who);
	if (*why == REASON_NONE && (w->reason == NULL || !text_valid(w->reason, HOLD_REASON - 1)))
		*why = REASON_VALUE_BAD;
	return 0;
}

/* A row stays for ever. */
const char holds_schema[] =
	"CREATE TABLE hold(id INTEGER PRIMARY KEY, " SCOPE_SCHEMA
	", name TEXT NOT NULL, ground INTEGER NOT NULL, reason TEXT NOT NULL, set_by INTEGER NOT "
	"NULL,"
	"  set_at INTEGER NOT NULL, asked_by INTEGER NOT NULL DEFAULT 0, asked_at INTEGER NOT NULL "
	"DEFAULT 0, asked_why TEXT, released_by INTEGER NOT NULL DEFAULT 0,"
	"  released_at INTEGER NOT NULL DEFAULT 0, released_why TEXT);"
	"CREATE UNIQUE INDEX hold_standing ON hold(item, unit, device, officer, day, folder, kase, "
	"name) WHERE released_at=0;";

int apply_hold_set(struct sql *db, const struct head *h, const struct hold_set *e)
{
	return sql_run(db,
		"INSERT INTO hold(" SCOPE_COLUMNS
		", id, name, ground, reason, set_by, set_at) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		SCOPE_FORMAT "isisii", SCOPE_VALUES(&e->scope), e->id, e->name, e->ground,
		e->reason, h->person, h->clock);
}

int apply_hold_ask(struct sql *db, const struct head *h, const struct hold_ask *e)
{
	return sql_run(db, "UPDATE hold SET asked_by=?, asked_at=?, asked_why=? WHERE id=?", "iisi",
		h->person, h->clock, e->reason, e->id);
}

int apply_hold_release(struct sql *db, const struct head *h, const struct hold_release *e)
{
	return sql_run(db,
		"UPDATE hold SET released_by=?, released_at=?, released_why=? WHERE id=?", "iisi",
		h->person, h->clock, e->reason, e->id);
}
