#include "fs/ops/handle.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "fs/ops/opens.h"

struct handles {
	pthread_mutex_t lock;
	LIST_HEAD(handle_list, handle) list;
};

int handles_new(struct handles **out)
{
	struct handles *all = calloc(1, sizeof *all);

	if (all == NULL)
		return ENOMEM;
	pthread_mutex_init(&all->lock, NULL);
	LIST_INIT(&all->list);
	*out = all;
	return 0;
}

void handles_free(struct handles *all)
{
	if (all == NULL)
		return;
	pthread_mutex_destroy(&all->lock);
	free(all);
}

int handle_new(struct call *c, const struct handle_ops *ops, struct handle **out)
{
	struct handles *all = c->fs->handles;
	struct handle *h = calloc(1, sizeof *h);
	int err = h == NULL ? ENOMEM : ops->item ? opens_take(c->fs->opens, c->who.uid) : 0;

	if (err != 0) {
		free(h);
		return err;
	}
	h->ops = ops;
	h->uid = c->who.uid;
	pthread_mutex_lock(&all->lock);
	LIST_INSERT_HEAD(&all->list, h, others);
	pthread_mutex_unlock(&all->lock);
	*out = h;
	return 0;
}

void handle_release(struct fs *fs, struct handle *h)
{
	if (h->self != NULL && h->ops->release != NULL)
		h->ops->release(fs, h->self);
	pthread_mutex_lock(&fs->handles->lock);
	LIST_REMOVE(h, others);
	pthread_mutex_unlock(&fs->handles->lock);
	if (h->ops->item)
		opens_give(fs->opens, h->uid);
	free(h);
}

void handles_end(struct fs *fs)
{
	struct handle *h;

	while ((h = LIST_FIRST(&fs->handles->list)) != NULL)
		handle_release(fs, h);
}
