#include "fs/store/blob/hasher.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/merkle.h"
#include "fs/store/blob/content.h"

#define RUN_LEAVES 16 /* one worker's portion: 1 MiB */
#define STREAM_MIN                                                                     \
	4 /* a smaller content is not worth a worker: it is hashed when it is finished \
	   * \ */

struct hasher {
	pthread_mutex_t lock; /* everything here and in each hashing */
	pthread_cond_t work, idle;
	struct buffers *buffers;
	struct hashing *head, **tail; /* those with leaves to hash */
	unsigned threads;
	bool stop;
	pthread_t thread[];
};

struct hashing {
	struct hasher *hasher;
	struct hashing *next;
	struct blob *blob;
	int64_t size;
	uint64_t frontier; /* leaves wholly below the highest byte written */
	uint64_t cursor;   /* no marked leaf lies before it */
	uint64_t *mark;    /* a bit a leaf: to be hashed */
	uint64_t words;
	unsigned busy; /* workers at it */
	bool queued, finishing, stop;
	int error;
	uint8_t only[HASH_LEN]; /* the leaf's hash where there is but one */
};

static bool marked(const struct hashing *g, uint64_t leaf)
{
	return g->mark[leaf / 64] >> (leaf % 64) & 1;
}

static int grow(struct hashing *g, uint64_t leaves)
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

/* Marks leaves [from, to). */
static int mark(struct hashing *g, uint64_t from, uint64_t to)
{
	int err = grow(g, to);

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

	while (i < limit && !marked(g, i))
		i = i % 64 == 0 && g->mark[i / 64] == 0 ? i + 64 : i + 1;
	*first = i;
	for (; i < limit && n < RUN_LEAVES && marked(g, i); i++, n++)
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
	if (size <= LEAF_BYTES) {
		memcpy(g->only, leaf[0], HASH_LEN);
		return 0;
	}
	return g->blob->ops->leaves_write(g->blob, first, n, (const uint8_t(*)[HASH_LEN])leaf);
}

/* One portion of a hashing, by whichever thread; called and returns with the lock held. */
static void work_on(struct hashing *g, void *buffer)
{
	struct hasher *h = g->hasher;
	uint64_t first;
	size_t n = take_run(g, &first);
	int64_t size = g->finishing ? g->size : (int64_t)(first + n) * LEAF_BYTES + LEAF_BYTES;
	int err;

	if (n == 0)
		return;
	g->busy++;
	pthread_mutex_unlock(&h->lock);
	err = hash_run(g, first, n, size, buffer);
	pthread_mutex_lock(&h->lock);
	g->busy--;
	if (err != 0) { /* to be hashed again, but not before the end: that could spin */
		mark(g, first, first + n);
		if (g->finishing)
			g->error = err;
		else if (first < g->frontier) /* the content may have been cut short under us */
			g->frontier = first;
	}
	pthread_cond_broadcast(&h->idle);
}

static void enqueue(struct hashing *g)
{
	struct hasher *h = g->hasher;

	if (g->queued || !has_run(g))
		return;
	g->queued = true;
	g->next = NULL;
	*h->tail = g;
	h->tail = &g->next;
	pthread_cond_signal(&h->work);
}

static void *worker(void *arg)
{
	struct hasher *h = arg;
	struct hashing *g;
	void *buffer = buffers_take(h->buffers);

	pthread_mutex_lock(&h->lock);
	while (!h->stop) {
		g = h->head;
		if (g == NULL || buffer == NULL) {
			pthread_cond_wait(&h->work, &h->lock);
			continue;
		}
		h->head = g->next;
		if (h->head == NULL)
			h->tail = &h->head;
		g->queued = false;
		if (has_run(g)) {
			if (g->finishing) /* let others help */
				enqueue(g);
			work_on(g, buffer);
			enqueue(g);
		}
	}
	pthread_mutex_unlock(&h->lock);
	buffers_give(h->buffers, buffer);
	return NULL;
}

int hasher_new(unsigned threads, struct buffers *buffers, struct hasher **out)
{
	struct hasher *h = calloc(1, sizeof *h + threads * sizeof(pthread_t));
	int err = 0;

	if (h == NULL)
		return ENOMEM;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->work, NULL);
	pthread_cond_init(&h->idle, NULL);
	h->buffers = buffers;
	h->tail = &h->head;
	while (err == 0 && h->threads < threads) {
		err = pthread_create(&h->thread[h->threads], NULL, worker, h);
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
	pthread_mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_broadcast(&h->work);
	pthread_mutex_unlock(&h->lock);
	for (unsigned i = 0; i < h->threads; i++)
		pthread_join(h->thread[i], NULL);
	pthread_mutex_destroy(&h->lock);
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
	err = mark(g, 0, leaf_count(size));
	if (err != 0) {
		free(g);
		return err;
	}
	*out = g;
	return 0;
}

void hashing_free(struct hashing *g)
{
	struct hasher *h;
	struct hashing **at;

	if (g == NULL)
		return;
	h = g->hasher;
	pthread_mutex_lock(&h->lock);
	g->stop = true;
	while (g->busy > 0)
		pthread_cond_wait(&h->idle, &h->lock);
	for (at = &h->head; *at != NULL && *at != g; at = &(*at)->next)
		;
	if (*at == g) {
		*at = g->next;
		if (*at == NULL)
			h->tail = at;
	}
	pthread_mutex_unlock(&h->lock);
	free(g->mark);
	free(g);
}

int hashing_wrote(struct hashing *g, int64_t offset, int64_t len)
{
	int64_t end = offset + len, from;
	int err;

	pthread_mutex_lock(&g->hasher->lock);
	from = offset < g->size ? offset : g->size;
	err = mark(g, (uint64_t)from / LEAF_BYTES, leaf_count(end));
	if (err == 0 && end > g->size)
		g->size = end;
	if (err == 0 && (uint64_t)end / LEAF_BYTES > g->frontier)
		g->frontier = (uint64_t)end / LEAF_BYTES;
	enqueue(g);
	pthread_mutex_unlock(&g->hasher->lock);
	return err;
}

int hashing_resized(struct hashing *g, int64_t size)
{
	int64_t low;
	int err;

	pthread_mutex_lock(&g->hasher->lock);
	low = size < g->size ? size : g->size;
	err = mark(g, (uint64_t)low / LEAF_BYTES, leaf_count(size));
	if (err == 0 &&
		leaf_count(size) ==
			1) /* an only leaf's hash is kept elsewhere than one of several */
		err = mark(g, 0, 1);
	if (err == 0)
		g->size = size;
	if (err == 0 && (uint64_t)size / LEAF_BYTES < g->frontier)
		g->frontier = (uint64_t)size / LEAF_BYTES;
	pthread_mutex_unlock(&g->hasher->lock);
	return err;
}

int hashing_finish(struct hashing *g, uint8_t root[HASH_LEN])
{
	struct hasher *h = g->hasher;
	void *buffer = buffers_take(h->buffers);
	int err;

	if (buffer == NULL)
		return ENOMEM;
	pthread_mutex_lock(&h->lock);
	while (g->busy > 0) /* a worker in the old manner; two may not meet on one leaf */
		pthread_cond_wait(&h->idle, &h->lock);
	g->finishing = true;
	while (has_run(g)) {
		enqueue(g);
		work_on(g, buffer);
	}
	while (g->busy > 0)
		pthread_cond_wait(&h->idle, &h->lock);
	g->finishing = false;
	if (leaf_count(g->size) == 1) /* its hash is kept here, not with the blob; should the
					 content grow, it must be stored */
		mark(g, 0, 1);
	err = g->error;
	g->error = 0;
	pthread_mutex_unlock(&h->lock);
	buffers_give(h->buffers, buffer);
	if (err != 0)
		return err;
	if (g->size == 0)
		sha256("", 0, root);
	else if (g->size <= LEAF_BYTES)
		memcpy(root, g->only, HASH_LEN);
	else
		err = content_root(g->blob, leaf_count(g->size), root);
	return err;
}
