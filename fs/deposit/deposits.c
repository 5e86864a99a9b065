/* All open deposits, and waiting for their ends. */
#include "fs/deposit/deposit_private.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "fs/store/clock.h"

int deposits_new(struct deposits **out)
{
	struct deposits *all = calloc(1, sizeof *all);
	pthread_condattr_t attr;

	if (all == NULL)
		return ENOMEM;
	*all = (struct deposits){ .unended = STAILQ_HEAD_INITIALIZER(all->unended) };
	(void)mutex_init(&all->lock);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&all->released, &attr);
	pthread_condattr_destroy(&attr);
	*out = all;
	return 0;
}

static void destroy_deposit(struct deposit *d)
{
	hashing_free(d->hashing);
	if (d->blob != NULL)
		d->blob->ops->close(d->blob);
	rwlock_destroy(&d->content);
	mutex_destroy(&d->lock);
	free(d);
}

void deposits_free(struct deposits *all) UNCHECKED
{
	struct deposit *d;
	struct unended *u;

	if (all == NULL)
		return;
	/* Some are left where the mount ended under open descriptors: the next start recovers. */
	for (size_t i = 0; i < DEPOSIT_BUCKETS; i++)
		while ((d = LIST_FIRST(&all->bucket[i])) != NULL) {
			LIST_REMOVE(d, others);
			destroy_deposit(d);
		}
	while ((u = STAILQ_FIRST(&all->unended)) != NULL) {
		STAILQ_REMOVE_HEAD(&all->unended, others);
		free(u);
	}
	mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->released);
	free(all);
}

static struct deposit_list *bucket_of(struct deposits *all, int64_t id)
{
	return &all->bucket[id % DEPOSIT_BUCKETS];
}

/* The open deposit of an item, or NULL. */
static struct deposit *find_deposit(struct deposits *all, int64_t id) REQUIRES(all->lock)
{
	struct deposit *d;

	LIST_FOREACH(d, bucket_of(all, id), others)
		if (d->id == id)
			break;
	return d;
}

struct deposit *deposit_get(struct deposits *all, int64_t id)
{
	struct deposit *d;

	mutex_lock(&all->lock);
	d = find_deposit(all, id);
	if (d != NULL)
		d->holders++;
	mutex_unlock(&all->lock);
	return d;
}

/* Takes it out, if it is still in the list. */
static void take_out(struct deposits *all, struct deposit *d) REQUIRES(all->lock)
{
	if (!d->listed)
		return;
	LIST_REMOVE(d, others);
	d->listed = false;
	all->count--;
}

void deposits_ended(struct deposits *all, struct deposit *d)
{
	mutex_lock(&all->lock);
	take_out(all, d);
	pthread_cond_broadcast(&all->released);
	mutex_unlock(&all->lock);
}

void deposit_put(struct deposits *all, struct deposit *d)
{
	bool last;

	mutex_lock(&all->lock);
	last = --d->holders == 0;
	if (last)
		take_out(all, d);
	mutex_unlock(&all->lock);
	if (last)
		destroy_deposit(d);
}

size_t deposits_count(struct deposits *all)
{
	size_t n;

	mutex_lock(&all->lock);
	n = all->count;
	mutex_unlock(&all->lock);
	return n;
}

int64_t deposit_id(const struct deposit *d)
{
	return d->id;
}

int deposits_add(struct call *c, const struct item *item, struct blob *blob, struct deposit **out)
{
	struct deposits *all = c->fs->deposits;
	struct deposit *d = calloc(1, sizeof *d);
	struct hashing *hashing = NULL;
	int err = d == NULL ? ENOMEM : hashing_new(c->fs->store->hasher, blob, 0, &hashing);

	if (err != 0) {
		free(d);
		return err;
	}
	*d = (struct deposit){
		.id = item->id,
		.blob = blob,
		.hashing = hashing,
		.who = *call_subject(c),
		.uid = item->uid,
		.gid = item->gid,
		.holders = 1,
		.writers = 1,
		.mode = item->mode,
		.mtime = item->mtime,
		.changed = true, /* even an empty close is recorded */
	};
	(void)rwlock_init(&d->content);
	(void)mutex_init(&d->lock);
	deposit_note_writer(d, c->who.pid);
	mutex_lock(&all->lock);
	LIST_INSERT_HEAD(bucket_of(all, d->id), d, others);
	d->listed = true;
	all->count++;
	mutex_unlock(&all->lock);
	*out = d;
	return 0;
}

struct deposit *deposits_one_more(struct deposits *all, int64_t id)
{
	struct deposit *d;

	mutex_lock(&all->lock);
	while ((d = find_deposit(all, id)) != NULL && d->writers == 0)
		mutex_wait(&all->lock, &all->released);
	if (d != NULL) {
		d->writers++;
		d->holders++;
	}
	mutex_unlock(&all->lock);
	return d;
}

/* Whether a deposit was closed shortly before `start`, so that its release is still to come, or is
 * just ending. */
static bool is_awaited(const struct deposits *all, struct deposit *d, int64_t start)
	REQUIRES(all->lock)
{
	bool yes;

	(void)all; /* its lock guards `ending` */
	mutex_lock(&d->lock);
	yes = d->closed && d->closed_at <= start &&
		(d->ending ||
			(d->closes <= CLOSES_AWAITED && start - d->closed_at < RELEASE_WAIT_MS));
	mutex_unlock(&d->lock);
	return yes;
}

/* The same for an item's deposit, or with id 0 for any. */
static bool any_awaited(struct deposits *all, int64_t id, int64_t start) REQUIRES(all->lock)
{
	struct deposit *d;

	if (id != 0) {
		d = find_deposit(all, id);
		return d != NULL && is_awaited(all, d, start);
	}
	for (size_t i = 0; i < DEPOSIT_BUCKETS && all->count > 0; i++)
		LIST_FOREACH(d, &all->bucket[i], others)
			if (is_awaited(all, d, start))
				return true;
	return false;
}

void deposits_settle(struct deposits *all, int64_t id)
{
	int64_t start = store_clock_boot();
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += RELEASE_WAIT_MS * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	mutex_lock(&all->lock);
	while (rc == 0 && any_awaited(all, id, start))
		rc = mutex_wait_until(&all->lock, &all->released, &until);
	mutex_unlock(&all->lock);
}
