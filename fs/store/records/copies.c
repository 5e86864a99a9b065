#include "fs/store/records/copies.h"

#include <errno.h>

#include "fs/store/records/policies.h"

void copies_read(struct sql_rows *rows, struct copy *out)
{
	out->id = sql_int(rows, 0);
	sql_copy(rows, 1, out->medium, sizeof out->medium);
	out->type = (enum copy_type)sql_int(rows, 2);
	out->registered_by = sql_int(rows, 3);
	out->registered_at = sql_int(rows, 4);
	out->items = sql_int(rows, 5);
	out->bytes = sql_int(rows, 6);
	out->verified_by = sql_int(rows, 7);
	out->verified_at = sql_int(rows, 8);
	out->failed = sql_int(rows, 9) != 0;
}

int copies_named(struct sql *db, const char *medium, struct copy *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " COPY_COLUMNS " FROM copy WHERE medium=?", "s", medium);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	copies_read(rows, out);
	sql_done(rows);
	return 0;
}

int copies_hold(struct sql *db, int64_t item, bool *out)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM copy_item JOIN copy ON copy.id=copy_item.copy WHERE "
		"copy_item.item=? AND copy.failed=0)",
		"i", item);

	*out = n != 0;
	return err;
}

int copies_check_months(struct sql *db, int *out)
{
	int64_t months = 0;
	int err = policy_setting(db, "offline-copy-check-months", &months);

	*out = (int)months;
	return err;
}
