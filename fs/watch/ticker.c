#include "fs/watch/ticker.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/act/reading.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/clock.h"
#include "fs/store/records/clocks.h"
#include "fs/watch/finder.h"

#define HEAD_EVERY 60 /* seconds */

struct ticker {
	struct fs *fs;
	pthread_t thread;
	bool started, stop;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	uint64_t signed_size;
	unsigned seconds;
};

static void sign_head(struct ticker *t)
{
	char head[CHECKPOINT_MAX];
	uint64_t size = ledger_size(t->fs->store->ledger);
	int err;

	if (++t->seconds % HEAD_EVERY != 0 || size == t->signed_size)
		return;
	err = store_checkpoint(t->fs->store, head);
	if (err == 0)
		t->signed_size = size;
	else
		fprintf(stderr, "custodyfs: the ledger's head could not be signed: %s\n",
			strerror(err));
}

/* Records at once that the system's clock was moved: people judge terms and approvals by it. */
static void watch_clock(struct fs *fs)
{
	int64_t jump = store_clock_jump(fs->store->clock);

	if (jump == 0)
		return;
	fprintf(stderr,
		"custodyfs: the system's clock was moved by %lld s; the compliance clock does not "
		"follow\n",
		(long long)(jump / 1000));
	/* the committer says on stderr what it could not queue */
	ignore_error(committer_post_record(fs->store->committer, EVENT_CLOCK_JUMP,
		&(struct about){ .who = NULL },
		clock_jump_details(
			&(struct clock_jump){ .jump_ms = jump }, fs->store->format.utc_offset)));
}

static void *ticker_main(void *arg)
{
	struct ticker *t = arg;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&t->lock);
	while (!t->stop) {
		next.tv_sec++;
		while (!t->stop && pthread_cond_timedwait(&t->wake, &t->lock, &next) != ETIMEDOUT)
			;
		if (t->stop)
			break;
		pthread_mutex_unlock(&t->lock);
		refusals_flush(t->fs, false);
		readings_tick(t->fs);
		deposits_retry(t->fs);
		watch_clock(t->fs);
		finder_tick(t->fs);
		sign_head(t);
		pthread_mutex_lock(&t->lock);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

int ticker_new(struct fs *fs, struct ticker **out)
{
	struct ticker *t = calloc(1, sizeof *t);
	pthread_condattr_t attr;

	if (t == NULL)
		return ENOMEM;
	t->fs = fs;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->wake, &attr);
	pthread_condattr_destroy(&attr);
	*out = t;
	return 0;
}

void ticker_ready(struct ticker *t)
{
	t->started = pthread_create(&t->thread, NULL, ticker_main, t) == 0;
	if (!t->started)
		fprintf(stderr, "custodyfs: no thread for what is done each second\n");
}

void ticker_free(struct ticker *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
	if (t->started)
		pthread_join(t->thread, NULL);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->wake);
	free(t);
}
