/* The queue of notes. */
#include "tools/dockd/notes.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NOTES 4096

struct notes {
	pthread_mutex_t lock;
	pthread_cond_t room;
	struct note ring[NOTES];
	size_t first, count;
	bool stop;
	int fd;
};

int notes_new(struct notes **out)
{
	struct notes *n = calloc(1, sizeof *n);
	pthread_condattr_t attr;
	if (n == NULL)
		return ENOMEM;
	if ((n->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
		free(n);
		return errno;
	}
	pthread_mutex_init(&n->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&n->room, &attr);
	pthread_condattr_destroy(&attr);
	*out = n;
	return 0;
}

void notes_free(struct notes *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->count; i++)
		free(n->ring[(n->first + i) % NOTES].path);
	close(n->fd);
	pthread_cond_destroy(&n->room);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

int notes_put(struct notes *n, const struct note *note, const char *path)
{
	char *copy = path != NULL ? strdup(path) : NULL;
	int err = path != NULL && copy == NULL ? ENOMEM : 0;
	pthread_mutex_lock(&n->lock);
	while (err == 0 && n->count == NOTES && !n->stop)
		pthread_cond_wait(&n->room, &n->lock);
	if (err == 0 && n->stop)
		err = ECANCELED;
	if (err == 0) {
		struct note *slot = &n->ring[(n->first + n->count++) % NOTES];
		*slot = *note;
		slot->path = copy;
		eventfd_write(n->fd, 1);
	}
	pthread_mutex_unlock(&n->lock);
	if (err != 0)
		free(copy);
	return err;
}

bool notes_take(struct notes *n, struct note *out)
{
	eventfd_t ignored;
	bool any;
	pthread_mutex_lock(&n->lock);
	any = n->count > 0;
	if (any) {
		*out = n->ring[n->first];
		n->first = (n->first + 1) % NOTES;
		n->count--;
		pthread_cond_signal(&n->room);
	} else {
		eventfd_read(n->fd, &ignored);
	}
	pthread_mutex_unlock(&n->lock);
	return any;
}

int notes_fd(const struct notes *n)
{
	return n->fd;
}

void notes_stop(struct notes *n)
{
	pthread_mutex_lock(&n->lock);
	n->stop = true;
	pthread_cond_broadcast(&n->room);
	pthread_mutex_unlock(&n->lock);
}

bool notes_stopped(struct notes *n)
{
	bool stop;
	pthread_mutex_lock(&n->lock);
	stop = n->stop;
	pthread_mutex_unlock(&n->lock);
	return stop;
}

void notes_wait(struct notes *n, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	pthread_mutex_lock(&n->lock);
	while (!n->stop && pthread_cond_timedwait(&n->room, &n->lock, &until) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&n->lock);
}
