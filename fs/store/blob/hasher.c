#include "fs/store/blob/hasher.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "fs/store/base/annotate.h"
#include "fs/store/base/merkle.h"
#include "fs/store/blob/content.h"

#define RUN_LEAVES 16 /* one worker's portion: 1 MiB */
/* A smaller content is not worth a worker: it is hashed when it is finished. */
#define STREAM_MIN 4

struct hasher {
	struct mutex lock;   /* guards what is marked below, and each hashing of this hasher */
	pthread_cond_t work; /* something is queued, or stop */
	pthread_cond_t idle; /* a worker has finished its portion */
	struct buffers *buffers;
	TAILQ_HEAD(, hashing) queue GUARDED_BY(lock); /* those with leaves to hash */
	bool stop GUARDED_BY(lock);
	unsigned threads;
	pthread_t thread[];
};

struct hashing {
	struct hasher *hasher;
	struct blob *blob;
	/* all else under the hasher's lock */
	TAILQ_ENTRY(hashing) link;
	int64_t size;
	uint64_t frontier; /* leaves wholly below the highest byte written */
	uint64_t cursor;   /* no marked leaf lies before it */
	uint64_t *mark;    /* a bit a leaf: to be hashed */
	uint64_t words;
	unsigned busy; /* workers at it */
	bool queued, finishing, stop;
	int error;
};

static bool is_marked(const struct hashing *g, uint64_t leaf)
{
	return g->mark[leaf / 64] >> (leaf % 64) & 1;
}

static int grow_marks(struct hashing *g, uint64_t leaves)
{
	uint64_t need = leaves / 64 + 1, words = g->words != 0 ? g->words : 16;
	uint64_t *mark;

	if (need <= g->words)
		return 0;
	while (words < need)
		words *= 2;
	mark = realloc(g->mark, words * sizeof *mark);
	if (mark == NULL)
		return ENOMEM;
	memset(mark + g->words, 0, (words - g->words) * sizeof *mark);
	g->mark = mark;
	g->words = words;
	return 0;
}

/* Marks leaves [from, to).  ENOMEM. */
static int mark_leaves(struct hashing *g, uint64_t from, uint64_t to)
{
	int err = grow_marks(g, to);

	if (err != 0)
		return err;
	for (uint64_t i = from; i < to; i++) {
		if (i % 64 == 0 && to - i >= 64) {
			g->mark[i / 64] = UINT64_MAX;
			i += 63;
			continue;
		}
		g->mark[i / 64] |= UINT64_C(1) << (i % 64);
	}
	if (from < g->cursor)
		g->cursor = from;
	return 0;
}

/* The next run of marked leaves below the limit, unmarked; its length, 0 where there is none. */
static size_t take_run(struct hashing *g, uint64_t *first)
{
	uint64_t limit = g->finishing ? leaf_count(g->size) : g->frontier, i = g->cursor;
	size_t n = 0;

	while (i < limit && !is_marked(g, i))
		i = i % 64 == 0 && g->mark[i / 64] == 0 ? i + 64 : i + 1;
	*first = i;
	for (; i < limit && n < RUN_LEAVES && is_marked(g, i); i++, n++)
		g->mark[i / 64] &= ~(UINT64_C(1) << (i % 64));
	g->cursor = i < limit ? i : limit;
	return n;
}

static bool has_run(const struct hashing *g)
{
	uint64_t limit = g->finishing ? leaf_count(g->size) : g->frontier;

	return g->error == 0 && !g->stop && g->cursor < limit &&
		(g->finishing || (g->busy == 0 && g->frontier >= STREAM_MIN));
}

/* Hashes a run outside the lock. */
static int hash_run(struct hashing *g, uint64_t first, size_t n, int64_t size, void *buffer)
{
	uint8_t leaf[RUN_LEAVES][HASH_LEN];
	int64_t offset = (int64_t)first * LEAF_BYTES, len = (int64_t)n * LEAF_BYTES;
	int err;

	if (offset + len > size)
		len = size - offset;
	err = g->blob->ops->read(g->blob, buffer, (size_t)len, offset);
	if (err != 0)
		return err;
	for (size_t i = 0; i < n; i++) {
		int64_t at = (int64_t)i * LEAF_BYTES;

		merkle_leaf((char *)buffer + at,
			(size_t)(len - at < LEAF_BYTES ? len - at : LEAF_BYTES), leaf[i]);
	}
	return g->blob->ops->leaves_write(g->blob, first, n, (const uint8_t(*)[HASH_LEN])leaf);
}

/* One portion of a hashing, by any thread; called and returns with the lock held. */
static void hash_portion(struct hashing *g, void *buffer) REQUIRES(g->hasher->lock)
{
	uint64_t first;
	size_t n = take_run(g, &first);
	int64_t size = g->finishing ? g->size : (int64_t)(first + n) * LEAF_BYTES + LEAF_BYTES;
	int err;

	if (n == 0)
		return;
	g->busy++;
	mutex_unlock(&g->hasher->lock);
	err = hash_run(g, first, n, size, buffer);
	mutex_lock(&g->hasher->lock);
	g->busy--;
	if (err != 0) { /* to be hashed again, but not before the end: that could spin */
		/* They are marked: there is memory for it */
		(void)mark_leaves(g, first, first + n);
		if (g->finishing)
			g->error = err;
		else if (first < g->frontier) /* the content may have been cut short meanwhile */
			g->frontier = first;
	}
	pthread_cond_broadcast(&g->hasher->idle);
}

static void enqueue_hashing(struct hashing *g) REQUIRES(g->hasher->lock)
{
	if (g->queued || !has_run(g))
		return;
	g->queued = true;
	TAILQ_INSERT_TAIL(&g->hasher->queue, g, link);
	pthread_cond_signal(&g->hasher->work);
}

/* A queued hashing's lock is its hasher's, which Clang cannot know. */
static void lock_is_held(struct hashing *g) ASSERT_HELD(g->hasher->lock)
{
	(void)g;
}

/* The next hashing's next portion. */
static void serve_next(struct hasher *h, void *buffer) REQUIRES(h->lock)
{
	struct hashing *g = TAILQ_FIRST(&h->queue);

	lock_is_held(g);
	TAILQ_REMOVE(&h->queue, g, link);
	g->queued = false;
	if (!has_run(g))
		return;
	if (g->finishing) /* let others help */
		enqueue_hashing(g);
	hash_portion(g, buffer);
	enqueue_hashing(g);
}

static void *worker_main(void *arg)
{
	struct hasher *h = arg;
	void *buffer = buffers_take(h->buffers);

	mutex_lock(&h->lock);
	while (!h->stop) {
		if (TAILQ_EMPTY(&h->queue) || buffer == NULL)
			mutex_wait(&h->lock, &h->work);
		else
			serve_next(h, buffer);
	}
	mutex_unlock(&h->lock);
	buffers_give(h->buffers, buffer);
	return NULL;
}

int hasher_new(unsigned threads, struct buffers *buffers,
	struct hasher **out) UNCHECKED /* workers wait for the queue, which is made first */
{
	struct hasher *h = calloc(1, sizeof *h + threads * sizeof(pthread_t));
	int err = 0;

	if (h == NULL)
		return ENOMEM;
	mutex_init(&h->lock);
	pthread_cond_init(&h->work, NULL);
	pthread_cond_init(&h->idle, NULL);
	h->buffers = buffers;
	TAILQ_INIT(&h->queue);
	while (err == 0 && h->threads < threads) {
		err = pthread_create(&h->thread[h->threads], NULL, worker_main, h);
		if (err == 0)
			h->threads++;
	}
	if (err != 0) {
		hasher_free(h);
		return err;
	}
	*out = h;
	return 0;
}

void hasher_free(struct hasher *h)
{
	if (h == NULL)
		return;
	mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_broadcast(&h->work);
	mutex_unlock(&h->lock);
	for (unsigned i = 0; i < h->threads; i++)
		pthread_join(h->thread[i], NULL);
	mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->work);
	pthread_cond_destroy(&h->idle);
	free(h);
}

int hashing_new(struct hasher *h, struct blob *b, int64_t size, struct hashing **out)
{
	struct hashing *g = calloc(1, sizeof *g);
	int err;

	if (g == NULL)
		return ENOMEM;
	g->hasher = h;
	g->blob = b;
	g->size = size;
	err = mark_leaves(g, 0, leaf_count(size));
	if (err != 0) {
		free(g);
		return err;
	}
	*out = g;
	return 0;
}

static void wait_until_idle(struct hashing *g) REQUIRES(g->hasher->lock)
{
	while (g->busy > 0)
		mutex_wait(&g->hasher->lock, &g->hasher->idle);
}

void hashing_free(struct hashing *g)
{
	if (g == NULL)
		return;
	mutex_lock(&g->hasher->lock);
	g->stop = true;
	wait_until_idle(g);
	if (g->queued)
		TAILQ_REMOVE(&g->hasher->queue, g, link);
	mutex_unlock(&g->hasher->lock);
	free(g->mark);
	free(g);
}

int hashing_wrote(struct hashing *g, int64_t offset, int64_t len)
{
	int64_t end = offset + len, from;
	int err;

	mutex_lock(&g->hasher->lock);
	from = offset < g->size ? offset : g->size;
	err = mark_leaves(g, (uint64_t)from / LEAF_BYTES, leaf_count(end));
	if (err == 0 && end > g->size)
		g->size = end;
	if (err == 0 && (uint64_t)end / LEAF_BYTES > g->frontier)
		g->frontier = (uint64_t)end / LEAF_BYTES;
	enqueue_hashing(g);
	mutex_unlock(&g->hasher->lock);
	return err;
}

int hashing_resized(struct hashing *g, int64_t size)
{
	int64_t low;
	int err;

	mutex_lock(&g->hasher->lock);
	low = size < g->size ? size : g->size;
	err = mark_leaves(g, (uint64_t)low / LEAF_BYTES, leaf_count(size));
	if (err == 0)
		g->size = size;
	if (err == 0 && (uint64_t)size / LEAF_BYTES < g->frontier)
		g->frontier = (uint64_t)size / LEAF_BYTES;
	mutex_unlock(&g->hasher->lock);
	return err;
}

/* Hashes all marked leaves, with the workers' help.  The blob's errno. */
static int hash_all(struct hashing *g, void *buffer) REQUIRES(g->hasher->lock)
{
	int err;

	g->finishing = true;
	while (has_run(g)) {
		enqueue_hashing(g);
		hash_portion(g, buffer);
	}
	wait_until_idle(g);
	g->finishing = false;
	err = g->error;
	g->error = 0;
	return err;
}

/* The root of content of one leaf at most is that leaf's hash.  It is not stored with the blob, and
 * the leaf stays marked: should the content grow, it is hashed and stored like the others. */
static int hash_only_leaf(struct hashing *g, void *buffer, uint8_t root[HASH_LEN])
{
	int err;

	if (g->size == 0) {
		sha256("", 0, root);
		return 0;
	}
	err = g->blob->ops->read(g->blob, buffer, (size_t)g->size, 0);
	if (err == 0)
		merkle_leaf(buffer, (size_t)g->size, root);
	return err;
}

int hashing_finish(struct hashing *g, uint8_t root[HASH_LEN])
{
	void *buffer = buffers_take(g->hasher->buffers);
	int err = 0;

	if (buffer == NULL)
		return ENOMEM;
	mutex_lock(&g->hasher->lock);
	/* for the worker that serves it while it arrives: two threads must not hash the same
	 * leaf */
	wait_until_idle(g);
	if (leaf_count(g->size) > 1)
		err = hash_all(g, buffer);
	mutex_unlock(&g->hasher->lock);
	if (err == 0)
		err = leaf_count(g->size) > 1 ? content_root(g->blob, leaf_count(g->size), root)
					      : hash_only_leaf(g, buffer, root);
	buffers_give(g->hasher->buffers, buffer);
	return err;
}
