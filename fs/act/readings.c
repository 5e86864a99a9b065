/* All open readings: how many there are, who shares an item, and what is done each second. */
#include "fs/act/reading_private.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/tree/forget.h"

#define RECORD_EVERY 30 /* seconds */

struct readings {
	pthread_mutex_t lock;
	struct reading *first;
	size_t count;
};

int readings_new(struct readings **out)
{
	struct readings *all = calloc(1, sizeof *all);

	if (all == NULL)
		return ENOMEM;
	pthread_mutex_init(&all->lock, NULL);
	*out = all;
	return 0;
}

void readings_free(struct readings *all)
{
	if (all == NULL)
		return;
	pthread_mutex_destroy(&all->lock);
	free(all);
}

size_t readings_count(struct readings *all)
{
	size_t n;

	pthread_mutex_lock(&all->lock);
	n = all->count;
	pthread_mutex_unlock(&all->lock);
	return n;
}

void readings_add(struct readings *all, struct reading *r)
{
	pthread_mutex_lock(&all->lock);
	r->next = all->first;
	r->at = &all->first;
	if (r->next != NULL)
		r->next->at = &r->next;
	all->first = r;
	all->count++;
	pthread_mutex_unlock(&all->lock);
}

/* Whether another person has the item open. */
bool readings_shared(struct readings *all, const struct reading *r)
{
	const struct reading *x;

	pthread_mutex_lock(&all->lock);
	for (x = all->first;
		x != NULL && (x->item != r->item || x->who.person.id == r->who.person.id);
		x = x->next)
		;
	pthread_mutex_unlock(&all->lock);
	return x != NULL;
}

void readings_remove(struct readings *all, struct reading *r)
{
	pthread_mutex_lock(&all->lock);
	*r->at = r->next;
	if (r->next != NULL)
		r->next->at = r->at;
	all->count--;
	pthread_mutex_unlock(&all->lock);
}

/*
 * Drops the kernel's pages of what ended.  That is done again each second for as long as it is
 * held: pages of a private mapping would serve on, also those that another reader's fetches later.
 */
static void look_at_all(struct fs *fs, struct sql *db, const struct event_time *now)
{
	struct readings *all = fs->readings;
	time_t seconds = reading_seconds();
	int64_t *drop;
	size_t drops = 0;

	pthread_mutex_lock(&all->lock);
	drop = calloc(all->count + 1, sizeof *drop);
	for (struct reading *r = all->first; r != NULL && drop != NULL; r = r->next) {
		pthread_mutex_lock(&r->lock);
		if (seconds - r->recorded >= RECORD_EVERY)
			reading_record(fs, r, false);
		if (reading_judge(fs, r, db, now) != REASON_NONE || reading_ends_soon(r, now))
			drop[drops++] = r->item;
		pthread_mutex_unlock(&r->lock);
	}
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < drops; i++)
		if (i == 0 || drop[i] != drop[i - 1])
			forget_pages(fs, drop[i], 0, 0);
	free(drop);
}

void readings_recheck(struct call *c)
{
	struct event_time now;

	atomic_fetch_add(&c->fs->revocations, 1);
	store_now(c->fs->store, &now);
	look_at_all(c->fs, c->db, &now);
}

void readings_tick(struct fs *fs)
{
	struct event_time now;
	struct sql *db;

	if (catalog_take(fs->store->pool, &db) != 0)
		return;
	store_now(fs->store, &now);
	look_at_all(fs, db, &now);
	catalog_give(fs->store->pool, db);
}
