/* Items. */
#include "fs/store/catalog/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"

static void read_hash(struct sql_rows *r, int column, uint8_t out[HASH_LEN])
{
	size_t len;
	const void *p = sql_blob(r, column, &len);

	memset(out, 0, HASH_LEN);
	if (len == HASH_LEN)
		memcpy(out, p, HASH_LEN);
}

void catalog_read_item(struct sql_rows *r, struct item *out)
{
	out->id = sql_int(r, 0);
	out->folder = sql_int(r, 1);
	sql_copy(r, 2, out->name, sizeof out->name);
	out->state = (enum item_state)sql_int(r, 3);
	out->depositor = sql_int(r, 4);
	out->uid = (uint32_t)sql_int(r, 5);
	out->gid = (uint32_t)sql_int(r, 6);
	out->mode = (uint32_t)sql_int(r, 7);
	out->size = sql_int(r, 8);
	out->closed = sql_int(r, 9) != 0;
	read_hash(r, 10, out->root);
	out->mtime = sql_int(r, 11);
	out->begun = sql_int(r, 12);
	out->sealed = sql_int(r, 13);
	out->settle_until = sql_int(r, 14);
	out->important = sql_int(r, 15) != 0;
	sql_copy(r, 16, out->class, sizeof out->class);
	out->retain_until = sql_int(r, 17);
	sql_copy(r, 18, out->reason, sizeof out->reason);
	out->digested = !sql_null(r, 19);
	read_hash(r, 19, out->sha256);
	read_hash(r, 20, out->sm3);
	out->policy = sql_int(r, 21);
	out->until_set = sql_int(r, 22) != 0;
}

static int read_item(struct sql_rows *r, struct item *out)
{
	int err = sql_only_row(r);

	if (err != 0)
		return err;
	catalog_read_item(r, out);
	sql_done(r);
	return 0;
}

int catalog_item(struct sql *db, int64_t id, struct item *out)
{
	return read_item(
		sql_query(db, "SELECT " ITEM_COLUMNS " FROM item WHERE id=?", "i", id), out);
}

int catalog_item_named(struct sql *db, int64_t folder, const char *name, struct item *out)
{
	return read_item(sql_query(db,
				 "SELECT " ITEM_COLUMNS
				 " FROM item WHERE folder=? AND name=? AND state" SQL_HAS_NAME,
				 "is", folder, name),
		out);
}

int catalog_item_number(struct sql *db, int64_t *id)
{
	return sql_value(db, id, "SELECT coalesce(max(id), 0) + 1 FROM item", "");
}

int catalog_item_path(struct sql *db, const struct item *item, char *out, size_t cap)
{
	struct folder f;
	size_t len;
	int err = catalog_folder_any(db, item->folder, &f);

	if (err == 0)
		err = catalog_folder_path(db, &f, out, cap);
	if (err != 0)
		return err;
	len = strlen(out);
	return (size_t)snprintf(out + len, cap - len, "/%s", item->name) >= cap - len ? ENAMETOOLONG
										      : 0;
}
