/*
 * Whether something was mounted or unmounted at, above or below some folders: inotify does not
 * report that.
 */
#ifndef TOOLS_DOCKD_MOUNTS_H
#define TOOLS_DOCKD_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

struct mounts;

int mounts_new(const char *const *folders, size_t count, struct mounts **out); /* 0 or an errno */
void mounts_free(struct mounts *m);                                            /* NULL is allowed */
bool mounts_changed(struct mounts *m); /* since the last call */

#endif
