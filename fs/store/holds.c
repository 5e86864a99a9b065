#include "fs/store/holds.h"

#include <errno.h>

#include "fs/store/scopes.h"

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

static int one(struct sql_rows *rows, struct held *out)
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
	return one(sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE id=?", "i", id), out);
}

int holds_next(struct sql *db, int64_t from, struct held *out)
{
	return one(sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE id>=? AND released_at=0 ORDER BY id LIMIT 1", "i", from), out);
}

#define SAME_SCOPE "item=? AND kase=? AND unit=? AND device=? AND officer=? AND day=? AND folder=? AND released_at=0"

int holds_named(struct sql *db, const struct scope *on, const char *name, struct held *out)
{
	return one(sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE " SAME_SCOPE " AND name=?", SCOPE_FORMAT "s", SCOPE_VALUES(on), name), out);
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
	return sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE released_at=0 AND " SCOPE_COVERS("hold") " ORDER BY id", SCOPE_ITEM_FORMAT, SCOPE_ITEM(at));
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

	return err == 0 ? one(standing(db, &at), out) : err;
}

int holds_on_folder(struct sql *db, const struct scope *folder, holds_each each, void *arg)
{
	return folder->kase != 0 ? holds_on_scope(db, folder, each, arg) : all(standing(db, folder), each, arg);
}

int holds_on_scope(struct sql *db, const struct scope *on, holds_each each, void *arg)
{
	return all(sql_query(db, "SELECT " HOLD_COLUMNS " FROM hold WHERE " SAME_SCOPE " ORDER BY id", SCOPE_FORMAT, SCOPE_VALUES(on)), each, arg);
}
