#include "fs/ops/handle.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/ops/opens.h"
#include "fs/store/base/annotate.h"

struct handles {
	struct mutex lock;
	LIST_HEAD(handle_list, handle) list GUARDED_BY(lock);
};

int handles_new(struct handles **out)
{
	struct handles *all = calloc(1, sizeof *all);

	if (all == NULL)
		return ENOMEM;
	(void)mutex_init(&all->lock);
	*out = all;
	return 0;
}

void handles_free(struct handles *all)
{
	if (all == NULL)
		return;
	mutex_destroy(&all->lock);
	free(all);
}

int handle_make(struct call *c, const struct handle_ops *ops, struct handle **out)
{
	struct handles *all = c->fs->handles;
	struct handle *h = calloc(1, sizeof *h);
	int err = h == NULL ? ENOMEM : ops->item ? opens_take(c->fs->opens, c->who.uid) : 0;

	if (err != 0) {
		free(h);
		return err;
	}
	*h = (struct handle){
		.ops = ops,
		.uid = c->who.uid,
		.person = c->who.person,
		.revocations = c->revocations,
	};
	(void)mutex_init(&h->lock);
	mutex_lock(&all->lock);
	LIST_INSERT_HEAD(&all->list, h, others);
	mutex_unlock(&all->lock);
	*out = h;
	return 0;
}

/* Fills in who asks, if that is known. */
static bool recall_person(struct handle *h, struct call *c)
{
	bool known;

	mutex_lock(&h->lock);
	known = h->uid == c->who.uid && h->revocations == c->revocations;
	if (known)
		c->who.person = h->person;
	mutex_unlock(&h->lock);
	return known;
}

static void remember_person(struct handle *h, const struct call *c)
{
	if (c->who.uid != h->uid)
		return;
	mutex_lock(&h->lock);
	if (c->revocations > h->revocations) { /* another call may have looked later */
		h->person = c->who.person;
		h->revocations = c->revocations;
	}
	mutex_unlock(&h->lock);
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
	mutex_lock(&fs->handles->lock);
	LIST_REMOVE(h, others);
	mutex_unlock(&fs->handles->lock);
	if (h->ops->item)
		opens_give(fs->opens, h->uid);
	mutex_destroy(&h->lock);
	free(h);
}

static struct handle *first_handle(struct handles *all)
{
	struct handle *h;

	mutex_lock(&all->lock);
	h = LIST_FIRST(&all->list);
	mutex_unlock(&all->lock);
	return h;
}

void handles_end(struct fs *fs)
{
	struct handle *h;

	while ((h = first_handle(fs->handles)) != NULL)
		handle_release(fs, h);
}
