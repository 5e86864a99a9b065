/*
 * The queue from the thread that watches to the one that deposits.  It is bounded: putting waits
 * while it is full.
 */
#ifndef TOOLS_DOCKD_NOTES_H
#define TOOLS_DOCKD_NOTES_H

#include "tools/dockd/watch.h"

struct notes;

int notes_new(struct notes **out); /* 0 or an errno */
void notes_free(struct notes *n);  /* NULL is allowed */

/* Puts a note with a copy of the path (NULL: none).  0, ECANCELED after notes_stop(), or ENOMEM. */
int notes_put(struct notes *n, const struct note *note, const char *path);
bool notes_take(struct notes *n, struct note *out);
int notes_fd(const struct notes *n); /* readable while there are any */

/* From now on nothing waits here. */
void notes_stop(struct notes *n);
bool notes_stopped(struct notes *n);

/* Waits for so long, or until notes_stop(). */
void notes_wait(struct notes *n, int64_t ms);

#endif
