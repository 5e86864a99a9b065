#include "fs/watch/finder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/watch/finder_copies.h"
#include "fs/watch/finder_gaps.h"
#include "fs/watch/finder_rules.h"

#define EVENTS_A_LOOK 2000

/* Events after which the place is put on the ledger; so many at most are looked at again after a
 * restart. */
#define SAVED_EVERY 5000

struct finder {
	pthread_mutex_t lock; /* one look at a time */
	uint64_t next;        /* the first event that was not looked at */
	uint64_t saved;       /* the same, as it is on the ledger */
	struct finder_memory memory, work;
};

int finder_new(struct fs *fs, struct finder **out)
{
	struct finder *f = calloc(1, sizeof *f);
	struct sql *db = NULL;

	if (f == NULL)
		return ENOMEM;
	pthread_mutex_init(&f->lock, NULL);
	if (catalog_take(fs->store->pool, &db) == 0) {
		(void)findings_upto(db, &f->next);
		catalog_give(fs->store->pool, db);
	}
	f->saved = f->next;
	*out = f;
	return 0;
}

void finder_free(struct finder *f)
{
	if (f == NULL)
		return;
	pthread_mutex_destroy(&f->lock);
	free(f);
}

struct looking {
	struct finder_look *l;
	int64_t seen;
	int err;
};

static bool look_at_event(void *arg, uint64_t seq, const char *kind, int64_t item)
{
	struct looking *g = arg;
	struct finder_event e = { .seq = seq, .kind = event_kind_parse(kind), .item = item };

	g->err = finder_judge(g->l, &e);
	if (g->err != 0)
		return false;
	g->l->upto = seq + 1;
	g->seen++;
	return g->l->memory->day_count < FINDER_DAYS;
}

/* The events from l->upto on.  *more: there may be further ones. */
static int look_at_events(struct finder_look *l, bool *more)
{
	struct looking g = { .l = l };
	int err = catalog_events(l->db, l->upto, EVENTS_A_LOOK, look_at_event, &g);

	*more = g.seen == EVENTS_A_LOOK || l->memory->day_count == FINDER_DAYS;
	return err == 0 ? g.err : err;
}

static int decide_findings(struct turn *t, void *arg)
{
	struct finder_look *l = arg;
	int err = 0;

	for (size_t i = 0; i < l->count && err == 0; i++)
		err = l->found[i].right
			? findings_right(t, l->found[i].finding.rule, l->found[i].finding.key)
			: findings_raise(t, NULL, &l->found[i].finding);
	if (err == 0 && l->save)
		err = record_findings_checked(t, &(struct about){ .who = NULL },
			&(struct findings_checked){ .upto = (int64_t)l->upto });
	return err;
}

/* Looks for all that a look is for.  all: also at what is not quiet yet. */
static int look_for_all(struct finder_look *l, bool all, bool *more)
{
	bool full;
	int err = catalog_take(l->fs->store->pool, &l->db);

	if (err != 0)
		return err;
	store_now(l->fs->store, &l->now);
	err = look_at_events(l, more);
	full = l->memory->day_count == FINDER_DAYS;
	if (err == 0 && (!*more || full))
		err = finder_gaps(l, all || full);
	if (err == 0 && !*more)
		err = finder_copies(l, all);
	catalog_give(l->fs->store->pool, l->db);
	return err;
}

/* One look, until what it found is on the ledger. */
static int look_once(struct fs *fs, struct finder *f, bool all, bool *more)
{
	struct finder_look l = { .fs = fs, .memory = &f->work, .upto = f->next };
	int err;

	*more = false;
	f->work = f->memory;
	err = look_for_all(&l, all, more);
	l.save = l.upto >= f->saved + SAVED_EVERY && f->work.day_count == 0 && !f->work.copies_due;
	if (err == 0 && (l.count > 0 || l.save))
		err = committer_run(fs->store->committer, COMMIT_ORDERED, decide_findings, &l);
	if (err == 0) {
		f->next = l.upto;
		f->saved = l.save ? l.upto : f->saved;
		f->memory = f->work;
	} else /* the holds are not gone through again each second */
		f->memory.copies_looked = f->work.copies_looked;
	free(l.found);
	return err;
}

void finder_tick(struct fs *fs)
{
	struct finder *f = fs->finder;
	bool more;
	int err;

	pthread_mutex_lock(&f->lock);
	err = look_once(fs, f, false, &more);
	pthread_mutex_unlock(&f->lock);
	if (err != 0)
		fprintf(stderr, "custodyfs: findings are not on the ledger yet: %s\n",
			strerror(err));
}

int finder_catch_up(struct fs *fs)
{
	struct finder *f = fs->finder;
	bool more = true;
	int err = committer_barrier(fs->store->committer, COMMIT_ORDERED);

	pthread_mutex_lock(&f->lock);
	while (err == 0 && more)
		err = look_once(fs, f, true, &more);
	pthread_mutex_unlock(&f->lock);
	return err;
}
