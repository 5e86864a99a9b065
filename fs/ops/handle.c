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
	h->person = c->who.person;
	h->revocations = c->revocations;
	pthread_mutex_init(&h->lock, NULL);
	pthread_mutex_lock(&all->lock);
	LIST_INSERT_HEAD(&all->list, h, others);
	pthread_mutex_unlock(&all->lock);
	*out = h;
	return 0;
}

/* Fills in who asks, if that is known. */
static bool recall_person(struct handle *h, struct call *c)
{
	bool known;

	pthread_mutex_lock(&h->lock);
	known = h->uid == c->who.uid && h->revocations == c->revocations;
	if (known)
		c->who.person = h->person;
	pthread_mutex_unlock(&h->lock);
	return known;
}

static void remember_person(struct handle *h, const struct call *c)
{
	if (c->who.uid != h->uid)
		return;
	pthread_mutex_lock(&h->lock);
	if (c->revocations > h->revocations) { /* another call may have looked later */
		h->person = c->who.person;
		h->revocations = c->revocations;
	}
	pthread_mutex_unlock(&h->lock);
}

int handle_begin(
	struct handle *h, struct fs *fs, uint32_t uid, uint32_t gid, int32_t pid, struct call *c)
{
	int err;

	call_prepare(c, fs, uid, gid, pid);
	if (recall_person(h, c))
		return 0;
	err = call_identify(c);
	if (err == 0)
		remember_person(h, c);
	return err;
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
	pthread_mutex_destroy(&h->lock);
	free(h);
}

void handles_end(struct fs *fs)
{
	struct handle *h;

	while ((h = LIST_FIRST(&fs->handles->list)) != NULL)
		handle_release(fs, h);
}
