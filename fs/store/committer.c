#include "fs/store/committer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/retention.h"

#define BATCH_JOBS 256
#define BATCH_ENTRIES 4096          /* a safeguard: a job emits a handful */
#define BACKLOG_MAX 65536           /* posted events that wait for room on the disk */
#define WAL_CHECKPOINT_ENTRIES 2000 /* copy the catalog's log back after so many events */

/* A posted event, with a copy of who. */
struct posted {
	struct event event;
	struct subject who;
	char kind[32];
	char *kase;
};

struct job {
	struct job *next;
	decide_fn decide;
	int (*exclusive)(struct ledger *, void *); /* after the batch, alone; NULL: nothing */
	void *arg;
	enum commit_mode mode;
	int result;
	bool done;
	struct posted *posted; /* NULL: someone waits */
};

/* A batch: what is decided, appended and made durable together. */
struct batch {
	struct turn turn; /* first: batch_of() */
	struct committer *c;
	uint64_t base;                /* the ledger's size when the batch began */
	struct ledger_entry *entries; /* the batch so far; texts are malloc'd */
	size_t count;
};

struct committer {
	struct ledger *ledger;
	struct sql *db;
	clock_fn clock;
	void *clock_arg;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;     /* something is queued, or stop */
	pthread_cond_t answered; /* some jobs are done */
	struct job *head, **tail;
	struct job *backlog,
		**backlog_tail; /* posted events that met a full disk; the committer's own thread */
	size_t posted_count;    /* posted and not yet written */
	bool stop;
	_Atomic int64_t policy; /* version in force; changed by the thread alone */
	bool unsynced;          /* appended since the last sync */
	uint64_t wal_entries;
	struct ledger_entry entries[BATCH_ENTRIES];
};

static struct batch *batch_of(struct turn *t)
{
	return (struct batch *)t;
}

static int batch_append(struct turn *t, char *text)
{
	struct batch *b = batch_of(t);
	size_t len = strlen(text);

	if (b->count == BATCH_ENTRIES || len > LEDGER_ENTRY_MAX) {
		free(text);
		return EMSGSIZE;
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

/* One job in its own savepoint.  A refusal takes back what it did; an error of the database spoils
 * the batch (*broken). */
static void decide_one(struct batch *b, struct job *j, bool *broken)
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
		sql_run(c->db, "ROLLBACK", "");
		return err;
	}
	err = sql_run(c->db, "COMMIT", "");
	if (err != 0) {
		sql_run(c->db, "ROLLBACK", "");
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

static bool is_full(int err)
{
	return err == ENOSPC || err == EDQUOT;
}

/*
 * Decides and writes the jobs of a list; each job's result is set.  Returns the errno that spoiled
 * the batch, 0 where none.  *full: a posted event met a full disk; those posted after it are not
 * tried, lest a shorter one overtake it.
 */
static int run_batch(struct committer *c, struct job *jobs, bool *full)
{
	struct batch b = { .turn = { .db = c->db, .append = batch_append },
		.c = c,
		.base = ledger_size(c->ledger),
		.entries = c->entries };
	bool durable = false, broken = false;
	int err;

	b.turn.next = b.base;
	committer_now(c, &b.turn.time);
	err = sql_run(c->db, "BEGIN IMMEDIATE", "");
	for (struct job *j = jobs; err == 0 && j != NULL && !broken; j = j->next) {
		if (j->posted != NULL && *full) {
			j->result = ENOSPC;
			continue;
		}
		decide_one(&b, j, &broken);
		*full |= j->posted != NULL && is_full(j->result);
		durable |= j->mode == COMMIT_DURABLE && j->result == 0;
	}
	if (err == 0 && broken) {
		sql_run(c->db, "ROLLBACK", "");
		err = ENOSPC;
	}
	if (err == 0)
		err = write_batch(c, &b, durable);
	forget_entries(&b, 0);
	if (err != 0)
		for (struct job *j = jobs; j != NULL; j = j->next)
			if (j->result == 0 || broken)
				j->result = err;
	for (struct job *j = jobs; j != NULL; j = j->next)
		*full |= j->posted != NULL && is_full(j->result);
	return err;
}

static void posted_free(struct posted *p)
{
	json_decref(p->event.details);
	free(p->kase);
	free(p);
}

/* A posted event's decision: emit it.  Its details are kept for another try. */
static int emit_posted(struct turn *t, void *arg)
{
	struct posted *p = arg;

	json_incref(p->event.details);
	return turn_emit(t, &p->event);
}

/* Tells those who wait, and is done with what is written.  Posted events that met a full disk are
 * given back, in order. */
static struct job *answer(struct committer *c, struct job *jobs)
{
	struct job *next, *kept = NULL, **last = &kept;

	pthread_mutex_lock(&c->lock);
	for (struct job *j = jobs; j != NULL; j = next) {
		next = j->next;
		if (j->posted == NULL) {
			j->done = true;
			continue;
		}
		if (is_full(j->result)) {
			j->next = NULL;
			*last = j;
			last = &j->next;
			continue;
		}
		if (j->result != 0)
			fprintf(stderr, "custodyfs: an event of kind %s was not recorded: %s\n",
				j->posted->event.kind, strerror(j->result));
		c->posted_count--;
		posted_free(j->posted);
		free(j);
	}
	pthread_cond_broadcast(&c->answered);
	pthread_mutex_unlock(&c->lock);
	return kept;
}

/* Puts a list before what waits for room, or behind it. */
static void keep(struct committer *c, struct job *list, bool first)
{
	struct job **last = &list;

	if (list == NULL)
		return;
	while (*last != NULL)
		last = &(*last)->next;
	if (first) {
		*last = c->backlog;
		if (c->backlog == NULL)
			c->backlog_tail = last;
		c->backlog = list;
	} else {
		*c->backlog_tail = list;
		c->backlog_tail = last;
	}
}

/* Detaches up to BATCH_JOBS from the front of a list. */
static struct job *detach(struct job **head, struct job ***tail)
{
	struct job *first = *head, *last = first;

	for (size_t n = 1; last != NULL && n < BATCH_JOBS && last->next != NULL; n++)
		last = last->next;
	if (last == NULL)
		return NULL;
	*head = last->next;
	last->next = NULL;
	if (*head == NULL)
		*tail = head;
	return first;
}

/* While posted events wait for room, later ones line up behind them, so that a descriptor's events
 * stay in order; those who wait go on. */
static struct job *line_up(struct committer *c, struct job *jobs)
{
	struct job *first = NULL, **last = &first, *next;

	if (c->backlog == NULL)
		return jobs;
	for (struct job *j = jobs; j != NULL; j = next) {
		next = j->next;
		j->next = NULL;
		if (j->posted != NULL) {
			*c->backlog_tail = j;
			c->backlog_tail = &j->next;
		} else {
			*last = j;
			last = &j->next;
		}
	}
	return first;
}

/* With a full disk the posted must not spoil it for those who wait: each is asked again alone, and
 * refused alone. */
static void run_jobs(struct committer *c, struct job *jobs)
{
	struct job *next;
	bool full = false;

	if (run_batch(c, jobs, &full) != 0 && jobs->next != NULL) {
		full = false;
		for (struct job *j = jobs; j != NULL; j = next) {
			next = j->next;
			j->next = NULL;
			run_batch(c, j, &full);
			j->next = next;
		}
	}
	for (struct job *j = jobs; j != NULL; j = j->next)
		if (j->exclusive != NULL && j->result == 0)
			j->result = j->exclusive(c->ledger, j->arg);
	keep(c, answer(c, jobs), false);
	if (c->wal_entries >= WAL_CHECKPOINT_ENTRIES && !c->unsynced && sql_checkpoint(c->db) == 0)
		c->wal_entries = 0;
}

/* Once a second: what waits for room, as far as there is some; and a sync of what nobody waited
 * for. */
static void every_second(struct committer *c)
{
	struct job *jobs;
	bool full = false;

	while (!full && (jobs = detach(&c->backlog, &c->backlog_tail)) != NULL) {
		if (run_batch(c, jobs, &full) != 0)
			full = true;
		keep(c, answer(c, jobs), true);
	}
	if (c->unsynced)
		c->unsynced = ledger_sync(c->ledger) != 0;
}

static bool passed(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

static void *committer_main(void *arg)
{
	struct committer *c = arg;
	struct timespec due;
	struct job *jobs;
	bool stop = false;

	clock_gettime(CLOCK_MONOTONIC, &due);
	due.tv_sec++;
	while (!stop) {
		pthread_mutex_lock(&c->lock);
		while (c->head == NULL && !c->stop && !passed(&due))
			pthread_cond_timedwait(&c->work, &c->lock, &due);
		jobs = detach(&c->head, &c->tail);
		stop = c->stop && jobs == NULL;
		pthread_mutex_unlock(&c->lock);
		jobs = line_up(c, jobs);
		if (jobs != NULL)
			run_jobs(c, jobs);
		if (stop || passed(&due)) {
			every_second(c);
			clock_gettime(CLOCK_MONOTONIC, &due);
			due.tv_sec++;
		}
	}
	return NULL;
}

static void enqueue(struct committer *c, struct job *j)
{
	j->next = NULL;
	*c->tail = j;
	c->tail = &j->next;
	pthread_cond_signal(&c->work);
}

static int wait_for(struct committer *c, struct job *j)
{
	pthread_mutex_lock(&c->lock);
	enqueue(c, j);
	while (!j->done)
		pthread_cond_wait(&c->answered, &c->lock);
	pthread_mutex_unlock(&c->lock);
	return j->result;
}

int committer_run(struct committer *c, enum commit_mode mode, decide_fn decide, void *arg)
{
	return wait_for(c, &(struct job){ .decide = decide, .arg = arg, .mode = mode });
}

static int decide_nothing(struct turn *t, void *arg)
{
	(void)t, (void)arg;
	return 0;
}

int committer_exclusive(struct committer *c, int (*fn)(struct ledger *, void *), void *arg)
{
	return wait_for(c,
		&(struct job){ .decide = decide_nothing,
			.exclusive = fn,
			.arg = arg,
			.mode = COMMIT_DURABLE });
}

static struct posted *posted_new(const struct event *e)
{
	struct posted *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->event = *e;
	snprintf(p->kind, sizeof p->kind, "%s", e->kind);
	p->event.kind = p->kind;
	if (e->who != NULL) {
		p->who = *e->who;
		p->event.who = &p->who;
	}
	if (e->kase != NULL && (p->kase = strdup(e->kase)) == NULL) {
		free(p);
		return NULL;
	}
	p->event.kase = p->kase;
	return p;
}

int committer_post(struct committer *c, const struct event *e)
{
	struct posted *p = posted_new(e);
	struct job *j = calloc(1, sizeof *j);
	int err = 0;

	if (p == NULL || j == NULL) {
		json_decref(e->details);
		free(p);
		free(j);
		return ENOMEM;
	}
	*j = (struct job){ .decide = emit_posted, .arg = p, .mode = COMMIT_ORDERED, .posted = p };
	pthread_mutex_lock(&c->lock);
	if (c->posted_count >= BACKLOG_MAX)
		err = EAGAIN;
	else {
		c->posted_count++;
		enqueue(c, j);
	}
	pthread_mutex_unlock(&c->lock);
	if (err != 0) {
		posted_free(p);
		free(j);
	}
	return err;
}

int committer_barrier(struct committer *c, enum commit_mode mode)
{
	return committer_run(c, mode, decide_nothing, NULL);
}

void committer_now(struct committer *c, struct event_time *out)
{
	c->clock(c->clock_arg, out);
	out->policy = c->policy;
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
	*c = (struct committer){
		.ledger = ledger, .db = db, .clock = clock, .clock_arg = clock_arg
	};
	c->tail = &c->head;
	c->backlog_tail = &c->backlog;
	pthread_mutex_init(&c->lock, NULL);
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
		free(c);
		return err;
	}
	*out = c;
	return 0;
}

void committer_stop(struct committer *c)
{
	struct job *next;

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	for (struct job *j = c->backlog; j != NULL;
		j = next) { /* a full disk to the last: the next start makes up for what matters */
		next = j->next;
		posted_free(j->posted);
		free(j);
	}
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->work);
	pthread_cond_destroy(&c->answered);
	free(c);
}
