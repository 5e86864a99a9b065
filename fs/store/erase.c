#include "fs/store/erase.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/records/disposals.h"

struct erasing {
	const int64_t *items;
	size_t count;
	struct erased done[ERASE_MOST];
	bool ok[ERASE_MOST];
};

static int record_erased(struct turn *t, void *arg)
{
	const struct erasing *e = arg;
	int err = 0;

	for (size_t i = 0; i < e->count && err == 0; i++)
		if (e->ok[i])
			err = record_dispose_erased(t, &(struct about){ .item = e->items[i] },
				&(struct dispose_erased){ .how = erasure_name(e->done[i].how),
					.flash = e->done[i].flash,
					.fs = e->done[i].fs });
	return err;
}

int erase_items(struct store *s, const int64_t *items, size_t count, size_t *left)
{
	struct erasing e = { .items = items, .count = count < ERASE_MOST ? count : ERASE_MOST };

	*left = 0;
	for (size_t i = 0; i < e.count; i++) {
		int err = s->blobs.ops->erase(s->blobs.impl, items[i], &e.done[i]);

		e.ok[i] = err == 0;
		if (err == 0)
			continue;
		(*left)++;
		fprintf(stderr,
			"custodyfs: item %lld was disposed of, and its content could not be "
			"removed yet: %s\n",
			(long long)items[i], strerror(err));
	}
	return committer_run(s->committer, COMMIT_DURABLE, record_erased, &e);
}

/* The next items whose bytes are still to be removed. */
static int pending(struct store *s, int64_t after, int64_t out[ERASE_MOST], size_t *n)
{
	struct sql *db;
	struct sql_rows *rows;
	int rc = 0, err = catalog_take(s->pool, &db);

	*n = 0;
	if (err != 0)
		return err;
	rows = sql_query(db,
		"SELECT item FROM disposed WHERE erasure=" SQL_ERASURE_PENDING
		" AND item>? ORDER BY item LIMIT ?",
		"ii", after, (int64_t)ERASE_MOST);
	while (*n < ERASE_MOST && (rc = sql_next(rows)) == 1)
		out[(*n)++] = sql_int(rows, 0);
	sql_done(rows);
	catalog_give(s->pool, db);
	return rc < 0 ? -rc : 0;
}

int erase_pending(struct store *s)
{
	int64_t items[ERASE_MOST], after = 0;
	size_t n, left;
	int err;

	while ((err = pending(s, after, items, &n)) == 0 && n > 0) {
		after = items[n - 1];
		err = erase_items(s, items, n, &left);
		if (err != 0)
			break;
	}
	return err;
}
