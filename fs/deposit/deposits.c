/* The deposits that are under way, and how one waits for them. */
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
	pthread_mutex_init(&all->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&all->released, &attr);
	pthread_condattr_destroy(&attr);
	*out = all;
	return 0;
}

static void destroy(struct deposit *d)
{
	hashing_free(d->hashing);
	if (d->blob != NULL)
		d->blob->ops->close(d->blob);
	pthread_rwlock_destroy(&d->content);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void deposits_free(struct deposits *all)
{
	struct unended *next;

	if (all == NULL)
		return;
	for (size_t i = 0; i < DEPOSIT_BUCKETS; i++)
		while (all->bucket[i] != NULL) { /* the mount went away under open descriptors: the
						    next start sees to them */
			struct deposit *d = all->bucket[i];

			all->bucket[i] = d->next;
			destroy(d);
		}
	for (struct unended *u = all->unended; u != NULL; u = next) {
		next = u->next;
		free(u);
	}
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->released);
	free(all);
}

static struct deposit **find(struct deposits *all, int64_t id)
{
	struct deposit **at = &all->bucket[id % DEPOSIT_BUCKETS];

	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

struct deposit *deposit_get(struct deposits *all, int64_t id)
{
	struct deposit *d;

	pthread_mutex_lock(&all->lock);
	d = *find(all, id);
	if (d != NULL)
		d->holders++;
	pthread_mutex_unlock(&all->lock);
	return d;
}

/* This very one: after it ended, another of the same item may have begun.  Under the lock. */
static void take_out(struct deposits *all, struct deposit *d)
{
	struct deposit **at = &all->bucket[d->id % DEPOSIT_BUCKETS];

	while (*at != NULL && *at != d)
		at = &(*at)->next;
	if (*at == NULL)
		return; /* it is out already */
	*at = d->next;
	all->count--;
}

void deposits_ended(struct deposits *all, struct deposit *d)
{
	pthread_mutex_lock(&all->lock);
	take_out(all, d);
	pthread_cond_broadcast(&all->released);
	pthread_mutex_unlock(&all->lock);
}

void deposit_put(struct deposits *all, struct deposit *d)
{
	bool last;

	pthread_mutex_lock(&all->lock);
	last = --d->holders == 0;
	if (last)
		take_out(all, d);
	pthread_mutex_unlock(&all->lock);
	if (last)
		destroy(d);
}

size_t deposits_count(struct deposits *all)
{
	size_t n;

	pthread_mutex_lock(&all->lock);
	n = all->count;
	pthread_mutex_unlock(&all->lock);
	return n;
}

int64_t deposit_id(const struct deposit *d)
{
	return d->id;
}

/* Puts a new deposit among the others, with one holder and one descriptor. */
int deposits_add(struct call *c, const struct item *item, struct blob *blob, struct deposit **out)
{
	struct deposits *all = c->fs->deposits;
	struct deposit *d = calloc(1, sizeof *d);
	int err = d == NULL ? ENOMEM : hashing_new(c->fs->store->hasher, blob, 0, &d->hashing);

	if (err != 0) {
		free(d);
		return err;
	}
	d->id = item->id;
	d->blob = blob;
	d->holders = d->writers = 1;
	d->mode = item->mode;
	d->uid = item->uid;
	d->gid = item->gid;
	d->mtime = item->mtime;
	d->who = *call_subject(c);
	d->changed = true; /* even an empty close is recorded */
	pthread_rwlock_init(&d->content, NULL);
	pthread_mutex_init(&d->lock, NULL);
	deposit_note_writer(d, c->who.pid);
	pthread_mutex_lock(&all->lock);
	d->next = all->bucket[d->id % DEPOSIT_BUCKETS];
	all->bucket[d->id % DEPOSIT_BUCKETS] = d;
	all->count++;
	pthread_mutex_unlock(&all->lock);
	*out = d;
	return 0;
}

/* One more descriptor on a deposit.  NULL: it has come to its end meanwhile, which was waited for,
 * so the item is to be judged again. */
struct deposit *deposits_one_more(struct deposits *all, int64_t id)
{
	struct deposit *d;

	pthread_mutex_lock(&all->lock);
	while ((d = *find(all, id)) != NULL && d->writers == 0)
		pthread_cond_wait(&all->released, &all->lock);
	if (d != NULL) {
		d->writers++;
		d->holders++;
	}
	pthread_mutex_unlock(&all->lock);
	return d;
}

/* Whether a deposit was closed before `start`, so lately that its release is still to be expected,
 * or is just being brought to its end.  Under the lock. */
static bool is_awaited(struct deposit *d, int64_t start)
{
	bool yes;

	pthread_mutex_lock(&d->lock);
	yes = d->closed && d->closed_at <= start &&
		(d->ending ||
			(d->closes <= CLOSES_AWAITED && start - d->closed_at < RELEASE_WAIT_MS));
	pthread_mutex_unlock(&d->lock);
	return yes;
}

static bool awaited(struct deposits *all, int64_t id, int64_t start)
{
	struct deposit *d;
	bool yes = false;

	if (id != 0) {
		d = *find(all, id);
		return d != NULL && is_awaited(d, start);
	}
	if (all->count == 0)
		return false;
	for (size_t i = 0; i < DEPOSIT_BUCKETS && !yes; i++)
		for (d = all->bucket[i]; d != NULL && !yes; d = d->next)
			yes = is_awaited(d, start);
	return yes;
}

void deposits_settle(struct deposits *all, int64_t id)
{
	int64_t start = boot_now();
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += RELEASE_WAIT_MS * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&all->lock);
	while (rc == 0 && awaited(all, id, start))
		rc = pthread_cond_timedwait(&all->released, &all->lock, &until);
	pthread_mutex_unlock(&all->lock);
}
