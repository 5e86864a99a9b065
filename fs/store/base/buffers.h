/*
 * A stock of equal buffers, reused: touching fresh memory costs more than reading a file's page
 * into it.
 */
#ifndef FS_STORE_BASE_BUFFERS_H
#define FS_STORE_BASE_BUFFERS_H

#include <stddef.h>

struct buffers;

/* At most `keep` are kept when given back; more may be out. */
int buffers_new(size_t bytes, size_t keep, struct buffers **out);
void buffers_free(struct buffers *b);  /* NULL is fine; all must have been given back */
void *buffers_take(struct buffers *b); /* page-aligned; NULL when out of memory */
void buffers_give(struct buffers *b, void *buffer); /* NULL is fine */
size_t buffers_bytes(const struct buffers *b);

#endif
