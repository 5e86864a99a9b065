/*
 * A stock of equal buffers, reused: touching fresh memory costs more than reading a file's page
 * into it.
 *
 * For any number of threads.  The lock guards the list of those that are idle; it is held for
 * moments only, and nothing is waited for under it.
 */
#ifndef FS_STORE_BASE_BUFFERS_H
#define FS_STORE_BASE_BUFFERS_H

#include <stddef.h>

struct buffers;

/* At most `keep` idle ones are kept; any number may be in use.  0 or ENOMEM. */
int buffers_new(size_t bytes, size_t keep, struct buffers **out);
void buffers_free(struct buffers *b);          /* NULL is fine; all must have been given back */
void *buffers_take(struct buffers *b);         /* page-aligned; NULL when out of memory */
void buffers_give(struct buffers *b, void *p); /* NULL is fine */
size_t buffers_bytes(const struct buffers *b);

#endif
