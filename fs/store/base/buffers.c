#include "fs/store/base/buffers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct buffers {
	pthread_mutex_t lock;
	size_t bytes, keep, count;
	void *idle[];
};

int buffers_new(size_t bytes, size_t keep, struct buffers **out)
{
	struct buffers *b = calloc(1, sizeof *b + keep * sizeof(void *));

	if (b == NULL)
		return ENOMEM;
	b->bytes = bytes;
	b->keep = keep;
	pthread_mutex_init(&b->lock, NULL);
	*out = b;
	return 0;
}

void buffers_free(struct buffers *b)
{
	if (b == NULL)
		return;
	while (b->count > 0)
		free(b->idle[--b->count]);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void *buffers_take(struct buffers *b)
{
	void *p = NULL;

	pthread_mutex_lock(&b->lock);
	if (b->count > 0)
		p = b->idle[--b->count];
	pthread_mutex_unlock(&b->lock);
	return p != NULL ? p : aligned_alloc(4096, (b->bytes + 4095) / 4096 * 4096);
}

void buffers_give(struct buffers *b, void *p)
{
	pthread_mutex_lock(&b->lock);
	if (p != NULL && b->count < b->keep) {
		b->idle[b->count++] = p;
		p = NULL;
	}
	pthread_mutex_unlock(&b->lock);
	free(p);
}

size_t buffers_bytes(const struct buffers *b)
{
	return b->bytes;
}
