#include "fs/store/base/buffers.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/store/base/annotate.h"

struct buffers {
	struct mutex lock;
	size_t bytes, keep;            /* set at the start */
	size_t count GUARDED_BY(lock); /* of idle buffers */
	void *idle[];                  /* under the lock, too */
};

int buffers_new(size_t bytes, size_t keep, struct buffers **out)
{
	struct buffers *b = calloc(1, sizeof *b + keep * sizeof(void *));

	if (b == NULL)
		return ENOMEM;
	b->bytes = bytes;
	b->keep = keep;
	mutex_init(&b->lock);
	*out = b;
	return 0;
}

void buffers_free(struct buffers *b) UNCHECKED /* the last user */
{
	if (b == NULL)
		return;
	while (b->count > 0)
		free(b->idle[--b->count]);
	mutex_destroy(&b->lock);
	free(b);
}

void *buffers_take(struct buffers *b)
{
	void *p = NULL;

	mutex_lock(&b->lock);
	if (b->count > 0)
		p = b->idle[--b->count];
	mutex_unlock(&b->lock);
	return p != NULL ? p : aligned_alloc(4096, (b->bytes + 4095) / 4096 * 4096);
}

void buffers_give(struct buffers *b, void *p)
{
	mutex_lock(&b->lock);
	if (p != NULL && b->count < b->keep) {
		b->idle[b->count++] = p;
		p = NULL;
	}
	mutex_unlock(&b->lock);
	free(p);
}

size_t buffers_bytes(const struct buffers *b)
{
	return b->bytes;
}
