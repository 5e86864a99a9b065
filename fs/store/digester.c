#include "fs/store/digester.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fs/store/base/annotate.h"
#include "fs/store/blob/content.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/records/deposits.h"
#include "fs/store/store_private.h"

#define RETRY_SECONDS 30 /* after a damaged item or a full disk */
/* A tenth of a busy core: copies come first, but `custody deposit` and an unmount wait for this
 * thread. */
#define NICE 10

struct digester {
	struct store *store;
	pthread_t thread;
	struct mutex lock;
	pthread_cond_t wake;
	bool stop GUARDED_BY(lock);
	bool pending GUARDED_BY(lock); /* there may be something to do */
};

struct result {
	int64_t item;
	uint8_t sha[HASH_LEN], sm3[HASH_LEN];
};

static bool is_stopping(struct digester *d)
{
	bool stop;

	mutex_lock(&d->lock);
	stop = d->stop;
	mutex_unlock(&d->lock);
	return stop;
}

/* The next sealed, settled-or-not item without digests after `after`. */
static int find_undigested(struct store *s, int64_t after, struct item *out)
{
	struct sql *db;
	int64_t id = 0;
	int err = catalog_take(s->pool, &db);

	if (err != 0)
		return err;
	err = sql_value(db, &id,
		"SELECT id FROM item WHERE state=" SQL_SEALED
		" AND sha256 IS NULL AND id>? ORDER BY id LIMIT 1",
		"i", after);
	if (err == 0)
		err = catalog_item(db, id, out);
	catalog_give(s->pool, db);
	return err;
}

/* Reads verified, so that digests of anything but the sealed bytes never reach the ledger. */
static int compute_digests(struct digester *d, const struct item *item, struct result *out)
{
	struct store *s = d->store;
	struct content *c = NULL;
	struct digest_pair *pair = NULL;
	void *buffer = buffers_take(s->buffers);
	const void *data;
	size_t got;
	int err = buffer == NULL ? ENOMEM : store_content(s, item, &c);

	if (err == 0)
		err = digest_pair_new(&pair);
	for (int64_t at = 0; err == 0 && at < item->size; at += (int64_t)got) {
		if (is_stopping(d))
			err = ECANCELED;
		else
			err = content_read(c, buffer, at, CONTENT_SPAN, &data, &got, NULL);
		if (err == 0)
			digest_pair_update(pair, data, got);
	}
	if (err == 0)
		digest_pair_final(pair, out->sha, out->sm3);
	digest_pair_free(pair);
	content_close(c);
	buffers_give(s->buffers, buffer);
	return err;
}

/* Records them, unless the item changed meanwhile (an empty one may be opened again). */
static int record_digests(struct turn *t, void *arg)
{
	const struct result *r = arg;
	struct item item;
	int err = catalog_item(turn_db(t), r->item, &item);

	if (err != 0)
		return err;
	if (item.state != ITEM_SEALED || item.digested)
		return ECANCELED;
	return record_item_digest(t, &(struct about){ .item = r->item },
		&(struct item_digest){ .sha256 = record_hash_of(true, r->sha),
			.sm3 = record_hash_of(true, r->sm3) });
}

/* One pass over what is to be done.  True where something is left that failed. */
static bool digest_all(struct digester *d)
{
	struct item item;
	struct result r;
	int64_t after = 0;
	bool left = false;
	int err, unread = 0;

	while (!is_stopping(d) && (unread = find_undigested(d->store, after, &item)) == 0) {
		after = r.item = item.id;
		err = compute_digests(d, &item, &r);
		if (err == 0)
			err = committer_run(
				d->store->committer, COMMIT_ORDERED, record_digests, &r);
		if (err != 0 && err != ECANCELED) {
			fprintf(stderr, "custodyfs: digests of item %lld: %s\n", (long long)item.id,
				strerror(err));
			left = true;
		}
	}
	return left || (unread != 0 && unread != ENOENT);
}

static void *digester_main(void *arg)
{
	struct digester *d = arg;
	struct timespec until;
	bool left;

	/* of this thread alone: see setpriority(2), "C library/kernel differences" */
	if (getpriority(PRIO_PROCESS, (id_t)gettid()) < NICE)
		(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
	for (;;) {
		left = digest_all(d);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += RETRY_SECONDS;
		mutex_lock(&d->lock);
		while (!d->stop && !d->pending)
			if (!left)
				mutex_wait(&d->lock, &d->wake);
			else if (mutex_wait_until(&d->lock, &d->wake, &until) == ETIMEDOUT)
				break;
		d->pending = false;
		if (d->stop) {
			mutex_unlock(&d->lock);
			return NULL;
		}
		mutex_unlock(&d->lock);
	}
}

int digester_start(struct store *s, struct digester **out)
{
	struct digester *d = calloc(1, sizeof *d);
	pthread_condattr_t attr;
	int err;

	if (d == NULL)
		return ENOMEM;
	d->store = s;
	mutex_init(&d->lock);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->wake, &attr);
	pthread_condattr_destroy(&attr);
	err = pthread_create(&d->thread, NULL, digester_main, d);
	if (err != 0) {
		free(d);
		return err;
	}
	*out = d;
	return 0;
}

void digester_wake(struct digester *d)
{
	mutex_lock(&d->lock);
	d->pending = true;
	pthread_cond_signal(&d->wake);
	mutex_unlock(&d->lock);
}

void digester_stop(struct digester *d)
{
	if (d == NULL)
		return;
	mutex_lock(&d->lock);
	d->stop = true;
	pthread_cond_signal(&d->wake);
	mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->wake);
	free(d);
}
