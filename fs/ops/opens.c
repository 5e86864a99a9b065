#include "fs/ops/opens.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "fs/store/base/annotate.h"

#define BUCKETS 256 /* a power of two */

/* A uid that has items open. */
struct holder {
	LIST_ENTRY(holder) others;
	uint32_t uid, count;
};

LIST_HEAD(holder_list, holder);

struct opens {
	uint32_t limit; /* constant */
	struct mutex lock;
	struct holder_list bucket[BUCKETS] GUARDED_BY(lock); /* by uid */
};

int opens_new(uint32_t limit, struct opens **out)
{
	struct opens *o = calloc(1, sizeof *o);

	if (o == NULL)
		return ENOMEM;
	(void)mutex_init(&o->lock);
	o->limit = limit;
	*out = o;
	return 0;
}

static void remove_holder(struct holder *h)
{
	LIST_REMOVE(h, others);
	free(h);
}

void opens_free(struct opens *o)
{
	struct holder *h;

	if (o == NULL)
		return;
	mutex_lock(&o->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		while ((h = LIST_FIRST(&o->bucket[i])) != NULL)
			remove_holder(h);
	mutex_unlock(&o->lock);
	mutex_destroy(&o->lock);
	free(o);
}

static struct holder *find_holder(struct opens *o, uint32_t uid) REQUIRES(o->lock)
{
	struct holder *h;

	LIST_FOREACH(h, &o->bucket[uid % BUCKETS], others)
		if (h->uid == uid)
			break;
	return h;
}

/* The uid's holder, made if there is none yet.  NULL: no memory. */
static struct holder *holder_of(struct opens *o, uint32_t uid) REQUIRES(o->lock)
{
	struct holder *h = find_holder(o, uid);

	if (h == NULL && (h = calloc(1, sizeof *h)) != NULL) {
		h->uid = uid;
		LIST_INSERT_HEAD(&o->bucket[uid % BUCKETS], h, others);
	}
	return h;
}

int opens_take(struct opens *o, uint32_t uid)
{
	struct holder *h;
	int err = 0;

	mutex_lock(&o->lock);
	h = holder_of(o, uid);
	if (h == NULL)
		err = ENOMEM;
	else if (o->limit > 0 && h->count >= o->limit)
		err = EMFILE;
	else
		h->count++;
	mutex_unlock(&o->lock);
	return err;
}

void opens_give(struct opens *o, uint32_t uid)
{
	struct holder *h;

	mutex_lock(&o->lock);
	h = find_holder(o, uid);
	if (h != NULL && --h->count == 0)
		remove_holder(h);
	mutex_unlock(&o->lock);
}
