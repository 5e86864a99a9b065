#include "fs/watch/finder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/clock.h"
#include "fs/watch/finder_rules.h"

#define EVENTS_A_LOOK 2000
#define SAVED_EVERY                                                                             \
	5000 /* events after which the place is put on the ledger; after a restart, so many are \
		looked at again */

struct finder {
	pthread_mutex_t lock; /* one look at a time */
	uint64_t next;        /* the first event that was not looked at */
	uint64_t saved;       /* as the ledger has it */
	struct finder_memory memory;
};

int finder_new(struct fs *fs, struct finder **out)
{
	struct finder *f = calloc(1, sizeof *f);
	struct sql *db = NULL;
	int64_t upto = 0;
	int err;

	if (f == NULL)
		return ENOMEM;
	pthread_mutex_init(&f->lock, NULL);
	err = catalog_take(fs->store->pool, &db);
	if (err == 0) {
		(void)sql_value(db, &upto, "SELECT value FROM meta WHERE key='findings'", "");
		catalog_give(fs->store->pool, db);
	}
	f->next = f->saved = (uint64_t)upto;
	*out = f;
	return 0;
}

void finder_free(struct finder *f)
{
	if (f == NULL)
		return;
	finder_forget(&f->memory);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* The events from f->next on, to the rules.  *more: there are further ones. */
static int look(struct finder *f, struct finder_look *l, bool *more)
{
	struct sql_rows *rows = sql_query(l->db,
		"SELECT seq, kind, coalesce(item, 0) FROM event WHERE seq>=? ORDER BY seq LIMIT ?",
		"ii", (int64_t)f->next, (int64_t)EVENTS_A_LOOK);
	uint64_t next = f->next;
	int rc = 0, seen = 0, err = 0;

	while (err == 0 && (rc = sql_next(rows)) == 1) {
		struct finder_event e = { .seq = (uint64_t)sql_int(rows, 0),
			.item = sql_int(rows, 2) };

		sql_copy(rows, 1, e.kind, sizeof e.kind);
		err = finder_judge(l, &e);
		next = e.seq + 1;
		seen++;
	}
	sql_done(rows);
	if (err == 0 && rc < 0)
		err = -rc;
	*more = seen == EVENTS_A_LOOK;
	if (err == 0)
		l->upto = next;
	return err;
}

static int decide_all(struct turn *t, void *arg)
{
	struct finder_look *l = arg;
	int err = 0;

	for (size_t i = 0; i < l->count && err == 0; i++)
		err = l->found[i].right
			? findings_right(t, l->found[i].finding.rule, l->found[i].finding.key)
			: findings_raise(t, NULL, &l->found[i].finding);
	if (err == 0 && l->save)
		err = turn_emit(t,
			&(struct event){ .kind = "findings.checked",
				DETAILS("{s:I}", "upto", (json_int_t)l->upto) });
	return err;
}

/* One look.  `all`: also at what is not quiet yet. */
static int once(struct fs *fs, struct finder *f, bool all, bool *more)
{
	struct finder_look l = { .fs = fs, .memory = &f->memory, .upto = f->next };
	struct finder_storm counted[FINDER_STORMS];
	int err = catalog_take(fs->store->pool, &l.db);

	*more = false;
	if (err != 0)
		return err;
	memcpy(counted, f->memory.storm, sizeof counted);
	store_now(fs->store, &l.now);
	err = look(f, &l, more);
	if (err == 0 && (!*more || f->memory.day_count >= FINDER_DAYS))
		err = finder_gaps(&l, all || f->memory.day_count >= FINDER_DAYS);
	if (err == 0 && !*more)
		err = finder_copies(&l, all);
	catalog_give(fs->store->pool, l.db);
	l.save = err == 0 && l.upto >= f->saved + SAVED_EVERY && !finder_pending(&f->memory);
	if (err == 0 && (l.count > 0 || l.save))
		err = committer_run(fs->store->committer, COMMIT_ORDERED, decide_all, &l);
	if (err == 0) {
		f->next = l.upto;
		f->saved = l.save ? l.upto : f->saved;
	} else
		memcpy(f->memory.storm, counted,
			sizeof counted); /* the same events are counted again */
	finder_remember(&f->memory, err == 0);
	free(l.found);
	return err;
}

void finder_tick(struct fs *fs)
{
	struct finder *f = fs->finder;
	bool more;
	int err;

	pthread_mutex_lock(&f->lock);
	err = once(fs, f, false, &more);
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
		err = once(fs, f, true, &more);
	pthread_mutex_unlock(&f->lock);
	return err;
}
