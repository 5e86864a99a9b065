/* Connections for those who read. */
#include "fs/store/catalog/catalog.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct catalog_pool {
	pthread_mutex_t lock;
	char *path;
	enum sql_mode mode;
	struct sql **idle;
	size_t count, cap;
};

int catalog_pool_new(const char *path, enum sql_mode mode, struct catalog_pool **out)
{
	struct catalog_pool *p = calloc(1, sizeof *p);

	if (p == NULL)
		return ENOMEM;
	p->mode = mode;
	p->path = strdup(path);
	p->cap = 64;
	p->idle = calloc(p->cap, sizeof(struct sql *));
	pthread_mutex_init(&p->lock, NULL);
	if (p->path == NULL || p->idle == NULL) {
		catalog_pool_free(p);
		return ENOMEM;
	}
	*out = p;
	return 0;
}

void catalog_pool_free(struct catalog_pool *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++)
		sql_close(p->idle[i]);
	pthread_mutex_destroy(&p->lock);
	free(p->idle);
	free(p->path);
	free(p);
}

int catalog_take(struct catalog_pool *p, struct sql **out)
{
	struct sql *db = NULL;

	pthread_mutex_lock(&p->lock);
	if (p->count > 0)
		db = p->idle[--p->count];
	pthread_mutex_unlock(&p->lock);
	if (db == NULL)
		return sql_open(p->path, p->mode, out);
	*out = db;
	return 0;
}

void catalog_give(struct catalog_pool *p, struct sql *db)
{
	pthread_mutex_lock(&p->lock);
	if (p->count < p->cap) {
		p->idle[p->count++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	sql_close(db);
}
