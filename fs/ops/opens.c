#include "fs/ops/opens.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 256 /* a power of two */

struct holder {
	struct holder *next;
	uint32_t uid, count;
};

struct opens {
	pthread_mutex_t lock;
	uint32_t limit;
	struct holder *bucket[BUCKETS];
};

int opens_new(uint32_t limit, struct opens **out)
{
	struct opens *o = calloc(1, sizeof *o);

	if (o == NULL)
		return ENOMEM;
	pthread_mutex_init(&o->lock, NULL);
	o->limit = limit;
	*out = o;
	return 0;
}

void opens_free(struct opens *o)
{
	struct holder *next;

	if (o == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct holder *h = o->bucket[i]; h != NULL; h = next) {
			next = h->next;
			free(h);
		}
	pthread_mutex_destroy(&o->lock);
	free(o);
}

/* Where the uid's count is, or the end of its bucket. */
static struct holder **find(struct opens *o, uint32_t uid)
{
	struct holder **at = &o->bucket[uid % BUCKETS];

	while (*at != NULL && (*at)->uid != uid)
		at = &(*at)->next;
	return at;
}

int opens_take(struct opens *o, uint32_t uid)
{
	struct holder **at;
	int err = 0;

	pthread_mutex_lock(&o->lock);
	at = find(o, uid);
	if (*at == NULL && (*at = calloc(1, sizeof **at)) != NULL)
		(*at)->uid = uid;
	if (*at == NULL)
		err = ENOMEM;
	else if (o->limit > 0 && (*at)->count >= o->limit)
		err = EMFILE;
	else
		(*at)->count++;
	pthread_mutex_unlock(&o->lock);
	return err;
}

void opens_give(struct opens *o, uint32_t uid)
{
	struct holder **at, *gone;

	pthread_mutex_lock(&o->lock);
	at = find(o, uid);
	if (*at != NULL && --(*at)->count == 0) {
		gone = *at;
		*at = gone->next;
		free(gone);
	}
	pthread_mutex_unlock(&o->lock);
}
