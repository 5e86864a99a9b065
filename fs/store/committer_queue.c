/* The committer's queue: who asks, who posts, who waits, and who is answered. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/committer_private.h"

bool committer_is_full(int err)
{
	return err == ENOSPC || err == EDQUOT;
}

void committer_take(struct jobs *from, struct jobs *to)
{
	struct job *j;

	for (size_t n = 0; n < BATCH_JOBS && (j = STAILQ_FIRST(from)) != NULL; n++) {
		STAILQ_REMOVE_HEAD(from, link);
		STAILQ_INSERT_TAIL(to, j, link);
	}
}

bool committer_wait(struct committer *c, const struct timespec *until, struct jobs *out)
{
	bool stop;

	mutex_lock(&c->lock);
	while (STAILQ_EMPTY(&c->queue) && !c->stop &&
		mutex_wait_until(&c->lock, &c->work, until) != ETIMEDOUT)
		;
	committer_take(&c->queue, out);
	stop = c->stop && STAILQ_EMPTY(out);
	mutex_unlock(&c->lock);
	return stop;
}

static void free_posted(struct posted *p)
{
	if (p == NULL)
		return;
	json_decref(p->event.details);
	free(p->kase);
	free(p);
}

static void report_unrecorded(const struct event *e, int err)
{
	fprintf(stderr, "custodyfs: an event of kind %s was not recorded: %s\n", e->kind,
		strerror(err));
}

void committer_answer(struct committer *c, struct jobs *jobs)
{
	struct jobs kept = STAILQ_HEAD_INITIALIZER(kept);
	struct job *j;

	mutex_lock(&c->lock);
	while ((j = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, link);
		if (j->posted == NULL) {
			j->done = true;
			continue;
		}
		if (committer_is_full(j->result)) {
			STAILQ_INSERT_TAIL(&kept, j, link);
			continue;
		}
		if (j->result != 0)
			report_unrecorded(&j->posted->event, j->result);
		c->posted_count--;
		free_posted(j->posted);
		free(j);
	}
	pthread_cond_broadcast(&c->answered);
	mutex_unlock(&c->lock);
	STAILQ_CONCAT(jobs, &kept);
}

void committer_drop(struct jobs *jobs)
{
	struct job *j;

	while ((j = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, link);
		free_posted(j->posted);
		free(j);
	}
}

static void enqueue_job(struct committer *c, struct job *j) REQUIRES(c->lock)
{
	STAILQ_INSERT_TAIL(&c->queue, j, link);
	pthread_cond_signal(&c->work);
}

static int wait_for_job(struct committer *c, struct job *j) EXCLUDES(c->lock)
{
	mutex_lock(&c->lock);
	enqueue_job(c, j);
	while (!j->done)
		mutex_wait(&c->lock, &c->answered);
	mutex_unlock(&c->lock);
	return j->result;
}

int committer_run(struct committer *c, enum commit_mode mode, decide_fn decide, void *arg)
{
	return wait_for_job(c, &(struct job){ .decide = decide, .arg = arg, .mode = mode });
}

static int decide_nothing(struct turn *t, void *arg)
{
	(void)t, (void)arg;
	return 0;
}

int committer_exclusive(struct committer *c, int (*fn)(struct ledger *, void *), void *arg)
{
	return wait_for_job(c,
		&(struct job){ .decide = decide_nothing,
			.exclusive = fn,
			.arg = arg,
			.mode = COMMIT_DURABLE });
}

int committer_barrier(struct committer *c, enum commit_mode mode)
{
	return committer_run(c, mode, decide_nothing, NULL);
}

/* A posted event's decision: emit it.  Its details are kept for another try. */
static int emit_posted(struct turn *t, void *arg)
{
	struct posted *p = arg;

	json_incref(p->event.details);
	return turn_emit(t, &p->event);
}

/* Takes e->details, also where it gives NULL (out of memory). */
static struct posted *copy_event(const struct event *e)
{
	struct posted *p = calloc(1, sizeof *p);

	if (p == NULL) {
		json_decref(e->details);
		return NULL;
	}
	p->event = *e;
	snprintf(p->kind, sizeof p->kind, "%s", e->kind);
	p->event.kind = p->kind;
	if (e->who != NULL) {
		p->who = *e->who;
		p->event.who = &p->who;
	}
	if (e->kase != NULL && (p->kase = strdup(e->kase)) == NULL) {
		free_posted(p);
		return NULL;
	}
	p->event.kase = p->kase;
	return p;
}

static struct job *job_for(struct posted *p)
{
	struct job *j = p != NULL ? calloc(1, sizeof *j) : NULL;

	if (j == NULL) {
		free_posted(p);
		return NULL;
	}
	*j = (struct job){ .decide = emit_posted, .arg = p, .mode = COMMIT_ORDERED, .posted = p };
	return j;
}

int committer_post(struct committer *c, const struct event *e)
{
	struct job *j = job_for(copy_event(e));
	int err = j != NULL ? 0 : ENOMEM;

	mutex_lock(&c->lock);
	if (err == 0 && c->posted_count >= BACKLOG_MAX)
		err = EAGAIN;
	if (err == 0) {
		c->posted_count++;
		enqueue_job(c, j);
	}
	mutex_unlock(&c->lock);
	if (err == 0)
		return 0;
	report_unrecorded(e, err);
	if (j != NULL)
		free_posted(j->posted);
	free(j);
	return err;
}

int committer_post_record(
	struct committer *c, enum event_kind kind, const struct about *about, json_t *details)
{
	return committer_post(c,
		&(struct event){ .kind = event_kind_name(kind),
			.who = about->who,
			.item = about->item,
			.kase = about->kase,
			.detailed = true,
			.details = details });
}
