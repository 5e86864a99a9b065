#include <stdio.h>

#include "fs/store/base/sql.h"

#define TABLE_MOST 64

/* Steps both; 0 with *more, or an errno. */
static int step_both(struct sql_rows *x, struct sql_rows *y, bool *same, bool *more)
{
	int p = sql_next(x), q = sql_next(y);

	if (p < 0 || q < 0)
		return p < 0 ? -p : -q;
	*same = p == q && sql_columns(x) == sql_columns(y);
	*more = *same && p == 1;
	for (int i = 0; *more && *same && i < sql_columns(x); i++)
		*same = sql_same(x, y, i);
	return 0;
}

int sql_compare(struct sql *a, struct sql *b, const char *table, bool *same, int64_t *row)
{
	char text[TABLE_MOST + 40];
	struct sql_rows *x, *y;
	bool more = true;
	int err = 0;

	snprintf(text, sizeof text, "SELECT * FROM \"%.*s\" ORDER BY 1, 2", TABLE_MOST, table);
	x = sql_query(a, text, "");
	y = sql_query(b, text, "");
	*same = true;
	for (*row = 0; err == 0 && *same && more; (*row)++)
		err = step_both(x, y, same, &more);
	sql_done(x);
	sql_done(y);
	return err;
}
