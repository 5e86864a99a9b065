#include "fs/store/committer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/store/committer_private.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/retention.h"

#define WAL_CHECKPOINT_ENTRIES 2000 /* copy the catalog's log back after so many events */

/* A batch: what is decided, appended and made durable together. */
struct batch {
	struct turn turn; /* first: batch_of() */
	struct committer *c;
	uint64_t base;                /* the ledger's size when the batch began */
	struct ledger_entry *entries; /* the batch so far; texts are malloc'd */
	size_t count;
};

static struct batch *batch_of(struct turn *t)
{
	return (struct batch *)t;
}

static int batch_take(struct turn *t, const json_t *entry, char *text)
{
	struct batch *b = batch_of(t);
	size_t len = strlen(text);
	int err = b->count == BATCH_ENTRIES || len > LEDGER_ENTRY_MAX ? EMSGSIZE
								      : event_apply(t->db, entry);

	if (err != 0) {
		free(text);
		return err;
	}
	b->entries[b->count].text = text;
	b->entries[b->count].len = len;
	b->count++;
	return 0;
}

static void forget_entries(struct batch *b, size_t from)
{
	while (b->count > from)
		free((char *)b->entries[--b->count].text);
	b->turn.next = b->base + b->count;
}

/* One job in its own savepoint.  A refusal undoes what it did; an error of the database spoils
 * the batch (*broken). */
static void decide_job(struct batch *b, struct job *j, bool *broken)
{
	struct sql *db = b->c->db;
	size_t before = b->count;
	int64_t policy = b->turn.time.policy;

	j->result = sql_run(db, "SAVEPOINT job", "");
	if (j->result == 0)
		j->result = j->decide(&b->turn, j->arg);
	if (j->result == 0)
		j->result = sql_run(db, "RELEASE job", "");
	if (j->result == 0)
		return;
	forget_entries(b, before);
	b->turn.time.policy = policy;
	/* A full disk may have rolled back the whole transaction already; then the savepoint is
	 * gone and so is the batch. */
	if (sql_run(db, "ROLLBACK TO job", "") != 0 || sql_run(db, "RELEASE job", "") != 0)
		*broken = true;
}

/* Ledger first, catalog second, both undone where either fails; then the sync.  0 or the errno that
 * spoils the batch. */
static int write_batch(struct committer *c, struct batch *b, bool durable)
{
	int err = ledger_append(c->ledger, b->entries, b->count);

	if (err != 0) {
		sql_rollback(c->db);
		return err;
	}
	err = sql_run(c->db, "COMMIT", "");
	if (err != 0) {
		sql_rollback(c->db);
		if (b->count > 0 && ledger_undo(c->ledger, b->base) != 0)
			return EIO;
		return err;
	}
	c->policy = b->turn.time.policy;
	c->unsynced |= b->count > 0;
	c->wal_entries += b->count;
	if (!durable || !c->unsynced)
		return 0;
	err = ledger_sync(c->ledger);
	c->unsynced = err != 0;
	return err;
}

/* Decides the jobs one after the other. */
static void decide_all(struct batch *b, struct jobs *jobs, bool *durable, bool *broken, bool *full)
{
	struct job *j;

	STAILQ_FOREACH(j, jobs, link) {
		if (*broken)
			return;
		if (j->posted != NULL && *full) {
			j->result = ENOSPC;
			continue;
		}
		decide_job(b, j, broken);
		*full |= j->posted != NULL && committer_is_full(j->result);
		*durable |= j->mode == COMMIT_DURABLE && j->result == 0;
	}
}

/*
 * Decides and writes the jobs of a list; each job's result is set.  Returns the errno that spoiled
 * the batch, 0 where none.  *full: a posted event met a full disk; those posted after it are not
 * tried, or a shorter one could overtake it.
 */
static int run_batch(struct committer *c, struct jobs *jobs, bool *full)
{
	struct batch b = { .turn = { .db = c->db, .take = batch_take },
		.c = c,
		.base = ledger_size(c->ledger),
		.entries = c->entries };
	bool durable = false, broken = false;
	struct job *j;
	int err;

	b.turn.next = b.base;
	committer_now(c, &b.turn.time);
	err = sql_run(c->db, "BEGIN IMMEDIATE", "");
	if (err == 0)
		decide_all(&b, jobs, &durable, &broken, full);
	if (err == 0 && broken) {
		sql_rollback(c->db);
		err = ENOSPC;
	}
	if (err == 0)
		err = write_batch(c, &b, durable);
	forget_entries(&b, 0);
	STAILQ_FOREACH(j, jobs, link) {
		if (err != 0 && (j->result == 0 || broken))
			j->result = err;
		*full |= j->posted != NULL && committer_is_full(j->result);
	}
	return err;
}

/* Runs each job of a list in a batch of its own. */
static void run_each(struct committer *c, struct jobs *jobs)
{
	struct jobs alone = STAILQ_HEAD_INITIALIZER(alone), done = STAILQ_HEAD_INITIALIZER(done);
	bool full = false;
	struct job *j;

	while ((j = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, link);
		STAILQ_INSERT_TAIL(&alone, j, link);
		run_batch(c, &alone, &full);
		STAILQ_CONCAT(&done, &alone);
	}
	STAILQ_CONCAT(jobs, &done);
}

/* On a full disk, posted events must not make requests fail that others wait for: each is tried
 * again alone, and refused alone. */
static void run_jobs(struct committer *c, struct jobs *jobs)
{
	struct job *first = STAILQ_FIRST(jobs), *j;
	bool full = false;

	if (first == NULL)
		return;
	if (run_batch(c, jobs, &full) != 0 && STAILQ_NEXT(first, link) != NULL)
		run_each(c, jobs);
	STAILQ_FOREACH(j, jobs, link)
		if (j->exclusive != NULL && j->result == 0)
			j->result = j->exclusive(c->ledger, j->arg);
	committer_answer(c, jobs);
	STAILQ_CONCAT(&c->backlog, jobs);
	if (c->wal_entries >= WAL_CHECKPOINT_ENTRIES && !c->unsynced && sql_checkpoint(c->db) == 0)
		c->wal_entries = 0;
}

/* While posted events wait for room, later ones queue behind them, so that a descriptor's events
 * stay in order; requests that are waited for go on. */
static void line_up_posted(struct committer *c, struct jobs *jobs)
{
	struct jobs waited = STAILQ_HEAD_INITIALIZER(waited);
	struct job *j;

	if (STAILQ_EMPTY(&c->backlog))
		return;
	while ((j = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, link);
		if (j->posted != NULL)
			STAILQ_INSERT_TAIL(&c->backlog, j, link);
		else
			STAILQ_INSERT_TAIL(&waited, j, link);
	}
	STAILQ_CONCAT(jobs, &waited);
}

/* Once a second: writes events that wait for room, if there is some, and syncs what nobody waited
 * for. */
static void work_each_second(struct committer *c)
{
	struct jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);
	bool full = false;

	while (!full && !STAILQ_EMPTY(&c->backlog)) {
		committer_take(&c->backlog, &jobs);
		if (run_batch(c, &jobs, &full) != 0)
			full = true;
		committer_answer(c, &jobs);
		STAILQ_CONCAT(&jobs, &c->backlog); /* what is left goes before the others */
		STAILQ_CONCAT(&c->backlog, &jobs);
	}
	if (c->unsynced)
		c->unsynced = ledger_sync(c->ledger) != 0;
}

static bool has_come(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

static void *committer_main(void *arg)
{
	struct committer *c = arg;
	struct timespec due;
	bool stop = false;

	clock_gettime(CLOCK_MONOTONIC, &due);
	due.tv_sec++;
	while (!stop) {
		struct jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);

		stop = committer_wait(c, &due, &jobs);
		line_up_posted(c, &jobs);
		run_jobs(c, &jobs);
		if (stop || has_come(&due)) {
			work_each_second(c);
			clock_gettime(CLOCK_MONOTONIC, &due);
			due.tv_sec++;
		}
	}
	return NULL;
}

void committer_now(struct committer *c, struct event_time *out)
{
	c->clock(c->clock_arg, out);
	out->policy = c->policy;
}

static void destroy(struct committer *c)
{
	mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->work);
	pthread_cond_destroy(&c->answered);
	free(c);
}

int committer_start(struct ledger *ledger, struct sql *db, clock_fn clock, void *clock_arg,
	struct committer **out)
{
	struct committer *c = calloc(1, sizeof *c);
	pthread_condattr_t attr;
	int64_t policy = 1;
	int err;

	if (c == NULL)
		return ENOMEM;
	*c = (struct committer){ .ledger = ledger,
		.db = db,
		.clock = clock,
		.clock_arg = clock_arg,
		.queue = STAILQ_HEAD_INITIALIZER(c->queue),
		.backlog = STAILQ_HEAD_INITIALIZER(c->backlog) };
	mutex_init(&c->lock);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->work, &attr);
	pthread_cond_init(&c->answered, &attr);
	pthread_condattr_destroy(&attr);
	err = committer_replay(ledger, db, ledger_size(ledger), NULL, NULL);
	if (err == 0)
		err = retention_policy(db, &policy);
	c->policy = policy;
	if (err == 0)
		err = pthread_create(&c->thread, NULL, committer_main, c);
	if (err != 0) {
		destroy(c);
		return err;
	}
	*out = c;
	return 0;
}

void committer_stop(struct committer *c)
{
	if (c == NULL)
		return;
	mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->work);
	mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	/* still no space: drop these; recovery handles what matters */
	committer_drop(&c->backlog);
	destroy(c);
}
