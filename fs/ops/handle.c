#include "fs/ops/handle.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/ops/opens.h"

int handle_new(struct fs *fs, enum handle_kind kind, uint32_t uid, struct handle **out)
{
	struct handle *h = calloc(1, sizeof *h);
	bool item = kind == HANDLE_DEPOSIT || kind == HANDLE_READING;
	int err = h == NULL ? ENOMEM : item ? opens_take(fs->opens, uid) : 0;

	if (err != 0) {
		free(h);
		return err;
	}
	h->kind = kind;
	h->uid = uid;
	h->counted = item;
	pthread_mutex_init(&h->lock, NULL);
	pthread_mutex_lock(&fs->handle_lock);
	h->next = fs->handles;
	h->at = &fs->handles;
	if (h->next != NULL)
		h->next->at = &h->next;
	fs->handles = h;
	pthread_mutex_unlock(&fs->handle_lock);
	*out = h;
	return 0;
}

void handle_free(struct fs *fs, struct handle *h)
{
	pthread_mutex_lock(&fs->handle_lock);
	*h->at = h->next;
	if (h->next != NULL)
		h->next->at = h->at;
	pthread_mutex_unlock(&fs->handle_lock);
	if (h->counted)
		opens_give(fs->opens, h->uid);
	pthread_mutex_destroy(&h->lock);
	free(h->told.names);
	free(h);
}
