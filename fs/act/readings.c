/* All open readings: how many there are, who shares an item, and what is done each second. */
#include "fs/act/reading_private.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/deposit/deposit.h"
#include "fs/store/base/annotate.h"
#include "fs/store/blob/content.h"
#include "fs/tree/forget.h"

#define RECORD_EVERY 30 /* seconds */

#define BUCKETS 1024 /* a power of two */

LIST_HEAD(reading_list, reading);

struct readings {
	struct mutex lock;
	struct reading_list bucket[BUCKETS] GUARDED_BY(lock); /* by item */
	size_t count GUARDED_BY(lock);
};

int readings_new(struct readings **out)
{
	struct readings *all = calloc(1, sizeof *all);

	if (all == NULL)
		return ENOMEM;
	(void)mutex_init(&all->lock);
	*out = all;
	return 0;
}

void readings_destroy(struct fs *fs, struct reading *r) UNCHECKED
{
	content_close(r->content);
	if (r->deposit != NULL)
		deposit_put(fs->deposits, r->deposit);
	mutex_destroy(&r->leaf_lock);
	mutex_destroy(&r->lock);
	free(r->last);
	free(r);
}

void readings_free(struct readings *all)
{
	if (all == NULL)
		return;
	mutex_destroy(&all->lock);
	free(all);
}

size_t readings_count(struct readings *all)
{
	size_t n;

	mutex_lock(&all->lock);
	n = all->count;
	mutex_unlock(&all->lock);
	return n;
}

static struct reading_list *bucket_of(struct readings *all, int64_t item)
{
	return &all->bucket[item % BUCKETS];
}

/* A new one: where another person reads the item, all of its readings are shared from now on. */
static void mark_shared(struct readings *all, struct reading *r) REQUIRES(all->lock)
{
	struct reading *x;

	LIST_FOREACH(x, bucket_of(all, r->item), others)
		if (x->item == r->item && x->who.person.id != r->who.person.id)
			x->shared = r->shared = true;
}

/* A reading has gone: whether the remaining ones of its item still are of more than one person. */
static void mark_unshared(struct readings *all, int64_t item) REQUIRES(all->lock)
{
	const struct reading *first = NULL;
	struct reading *x;

	LIST_FOREACH(x, bucket_of(all, item), others) {
		if (x->item != item)
			continue;
		if (first == NULL)
			first = x;
		if (x->who.person.id != first->who.person.id)
			return;
	}
	LIST_FOREACH(x, bucket_of(all, item), others)
		if (x->item == item)
			x->shared = false;
}

void readings_add(struct readings *all, struct reading *r)
{
	r->holders = 1;
	mutex_lock(&all->lock);
	mark_shared(all, r);
	LIST_INSERT_HEAD(bucket_of(all, r->item), r, others);
	all->count++;
	mutex_unlock(&all->lock);
}

static void let_go_reading(struct fs *fs, struct reading *r)
{
	struct readings *all = fs->readings;
	bool last;

	mutex_lock(&all->lock);
	last = --r->holders == 0;
	mutex_unlock(&all->lock);
	if (last)
		readings_destroy(fs, r);
}

void readings_remove(struct fs *fs, struct reading *r)
{
	struct readings *all = fs->readings;

	mutex_lock(&all->lock);
	LIST_REMOVE(r, others);
	all->count--;
	if (r->shared)
		mark_unshared(all, r->item);
	mutex_unlock(&all->lock);
	let_go_reading(fs, r);
}

/* A reading that is looked at. */
struct seen_reading {
	struct reading *reading; /* held */
	int64_t drop;            /* the item whose pages the kernel must not keep; 0: none */
};

/* All readings, each held once more: they are then looked at with no lock held.  NULL where there
 * are none, or no memory. */
static struct seen_reading *hold_all(struct readings *all, size_t *count)
{
	struct seen_reading *out = NULL;
	struct reading *r;

	*count = 0;
	mutex_lock(&all->lock);
	if (all->count > 0)
		out = calloc(all->count, sizeof *out);
	for (size_t i = 0; i < BUCKETS && out != NULL; i++)
		LIST_FOREACH(r, &all->bucket[i], others) {
			r->holders++;
			out[(*count)++].reading = r;
		}
	mutex_unlock(&all->lock);
	return out;
}

static void record_if_due(struct fs *fs, struct reading *r)
{
	mutex_lock(&r->lock);
	if (!r->closed && reading_seconds() - r->recorded >= RECORD_EVERY)
		reading_record(fs, r, false);
	mutex_unlock(&r->lock);
}

/*
 * Drops the kernel's pages of what ended.  That is repeated each second while the descriptor is
 * held: a private mapping would go on showing its pages, also those that another reader's requests
 * fetch later.
 */
static void look_at_all(struct call *c)
{
	size_t count;
	struct seen_reading *seen = hold_all(c->fs->readings, &count);
	enum reason why;
	bool soon;

	for (size_t i = 0; i < count; i++) {
		record_if_due(c->fs, seen[i].reading);
		if (reading_judge(c, seen[i].reading, &why, &soon) == 0 &&
			(why != REASON_NONE || soon))
			seen[i].drop = seen[i].reading->item;
		let_go_reading(c->fs, seen[i].reading);
	}
	for (size_t i = 0; i < count; i++)
		if (seen[i].drop != 0 && (i == 0 || seen[i].drop != seen[i - 1].drop))
			forget_pages(c->fs, seen[i].drop, 0, 0);
	free(seen);
}

void readings_recheck(struct call *c)
{
	struct event_time asked = c->now;

	atomic_fetch_add(&c->fs->revocations, 1);
	store_now(c->fs->store, &c->now);
	look_at_all(c);
	c->now = asked;
}

void readings_tick(struct fs *fs)
{
	struct call c = { .fs = fs };

	store_now(fs->store, &c.now);
	look_at_all(&c);
	call_end(&c);
}
