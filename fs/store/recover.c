/* At a start: deposits that the last run did not finish. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/blob/content.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/erase.h"
#include "fs/store/records/clocks.h"
#include "fs/store/records/deposits.h"
#include "fs/store/records/mounts.h"
#include "fs/store/records/policies.h"
#include "fs/store/store_private.h"

#define MOST 10000 /* deposits handled; if there are more, the next start continues */

/* Numbers looked at beyond the last: more deposits than that do not begin between two syncs. */
#define ORPHAN_GAP 1000
/* A wall clock that went back further is reported; time servers set it back a little. */
#define GAP_TOLD_MS 60000

/* Whether the bytes are those of the clean close that the ledger has. */
static bool is_as_closed(struct store *s, const struct item *item)
{
	struct blob *b;
	struct hashing *g = NULL;
	uint8_t root[HASH_LEN];
	int64_t size;
	bool same = false;

	if (!item->closed || s->blobs.ops->open(s->blobs.impl, item->id, false, &b) != 0)
		return false;
	if (b->ops->size(b, &size) == 0 && size == item->size &&
		hashing_new(s->hasher, b, size, &g) == 0 && hashing_finish(g, root) == 0)
		same = memcmp(root, item->root, HASH_LEN) == 0;
	hashing_free(g);
	if (same)
		same = b->ops->sync(b) == 0 && b->ops->seal(b) == 0;
	b->ops->close(b);
	return same;
}

static int64_t blob_bytes(struct store *s, int64_t id)
{
	struct blob *b;
	int64_t size = 0;

	if (s->blobs.ops->open(s->blobs.impl, id, false, &b) != 0)
		return 0;
	if (b->ops->size(b, &size) != 0)
		size = 0;
	b->ops->close(b);
	return size;
}

struct ending {
	struct item item;
	bool sealed;
	int64_t bytes;
};

static int end_one(struct turn *t, void *arg)
{
	const struct ending *e = arg;
	const struct about about = { .item = e->item.id };

	if (!e->sealed)
		return record_deposit_incomplete(t, &about,
			&(struct deposit_incomplete){ .reason = "daemon-died", .size = e->bytes });
	return record_deposit_seal(
		t, &about, &(struct deposit_seal){ .settle_until = turn_time(t)->clock });
}

static int64_t *receiving(struct store *s, size_t *n, int *err)
{
	int64_t *id = malloc(MOST * sizeof *id);
	struct sql *db = NULL;
	struct sql_rows *rows;
	int rc = 0;

	*n = 0;
	*err = id == NULL ? ENOMEM : catalog_take(s->pool, &db);
	if (*err != 0)
		return id;
	rows = sql_query(db, "SELECT id FROM item WHERE state=" SQL_RECEIVING " ORDER BY id", "");
	while (*n < MOST && (rc = sql_next(rows)) == 1)
		id[(*n)++] = sql_int(rows, 0);
	sql_done(rows);
	catalog_give(s->pool, db);
	*err = rc < 0 ? -rc : 0;
	return id;
}

static int end_all(struct store *s)
{
	size_t n;
	int err;
	int64_t *id = receiving(s, &n, &err);

	for (size_t i = 0; err == 0 && i < n; i++) {
		struct ending e = { .sealed = false };
		struct sql *db;

		err = catalog_take(s->pool, &db);
		if (err != 0)
			break;
		err = catalog_item(db, id[i], &e.item);
		catalog_give(s->pool, db);
		if (err != 0)
			break;
		e.sealed = is_as_closed(s, &e.item);
		e.bytes = blob_bytes(s, id[i]);
		err = committer_run(s->committer, COMMIT_ORDERED, end_one, &e);
	}
	free(id);
	return err;
}

struct orphan {
	int64_t id, size;
};

static int record_orphan(struct turn *t, void *arg)
{
	const struct orphan *o = arg;
	char name[40];

	snprintf(name, sizeof name, "item-%lld", (long long)o->id);
	return record_deposit_orphan(t, &(struct about){ .item = o->id },
		&(struct deposit_orphan){ .name = name, .reason = "daemon-died", .size = o->size });
}

/*
 * A deposit's beginning is not durable by itself, so a power cut may leave its bytes and take its
 * event.  Such bytes have numbers above the catalog's last; they are kept as incomplete items
 * (promise 7), and no new item gets their number.
 */
static int find_orphans(struct store *s)
{
	struct orphan o;
	struct blob *b;
	struct sql *db;
	int64_t last;
	int err = catalog_take(s->pool, &db);

	if (err != 0)
		return err;
	err = sql_value(db, &last, "SELECT coalesce(max(id), 0) FROM item", "");
	catalog_give(s->pool, db);
	for (o.id = last + 1; err == 0 && o.id <= last + ORPHAN_GAP; o.id++) {
		if (s->blobs.ops->open(s->blobs.impl, o.id, false, &b) != 0)
			continue;
		err = b->ops->size(b, &o.size);
		b->ops->close(b);
		if (err == 0)
			err = committer_run(s->committer, COMMIT_ORDERED, record_orphan, &o);
		last = o.id;
	}
	return err;
}

struct mounting {
	struct clock_resume resume;
	uint64_t cut;
};

static int record_mount(struct turn *t, void *arg)
{
	const struct mounting *m = arg;
	const struct clock_resume *r = &m->resume;
	const struct about nobody = { .who = NULL };
	int err = 0;

	if (m->cut > 0)
		err = record_store_recovered(
			t, &nobody, &(struct store_recovered){ .torn_bytes = (int64_t)m->cut });
	if (err == 0 && (r->gap < -GAP_TOLD_MS || r->refused > 0))
		err = record_clock_gap(t, &nobody,
			&(struct clock_gap){ .gap_ms = r->gap, .refused_ms = r->refused });
	if (err == 0)
		err = record_store_mount(t, &nobody,
			&(struct store_mount){ .version = CUSTODYFS_VERSION,
				.gap_ms = r->gap,
				.week_start = r->mark.week_start,
				.week_used = r->mark.week_used });
	return err;
}

int store_recover(struct store *s, uint64_t cut)
{
	struct mounting m = { .cut = cut };
	int64_t days;
	int err = policies_setting(s->db, "clock-step-days", &days);

	if (err != 0)
		return err;
	m.resume = store_clock_start(s->clock, days * DAY_MS);
	err = committer_run(s->committer, COMMIT_DURABLE, record_mount, &m);

	if (err == 0)
		err = end_all(s);
	if (err == 0)
		err = find_orphans(s);
	return err == 0 ? erase_pending(s) : err;
}
