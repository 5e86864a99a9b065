/* How many different ones there were: a set of numbers, bounded.  Not locked. */
#ifndef FS_CALL_SEEN_H
#define FS_CALL_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEN_MAX 4096 /* numbers kept; beyond, it is only known that there were more */

struct seen;

/* Adds a number to *s, which is made when it is NULL.  Without memory, or when it is full, that is
 * noted (seen_more()). */
void seen_add(struct seen **at, uint64_t key);

size_t seen_count(const struct seen *s); /* NULL: 0 */
bool seen_more(const struct seen *s);    /* there were more than the count says */
bool seen_has(const struct seen *s, uint64_t key);
void seen_free(struct seen *s); /* NULL is fine */

#endif
