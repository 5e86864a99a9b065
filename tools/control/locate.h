/* Where the mounted store is. */
#ifndef TOOLS_CONTROL_LOCATE_H
#define TOOLS_CONTROL_LOCATE_H

#include "tools/text/options.h"

/*
 * Finds the mount point: canonical, malloc'd.  It is what -m gives, else CUSTODYFS_MOUNT, else the
 * mount in which `hint` (a path, or NULL) lies, else the one in which the working directory lies,
 * else the only custodyfs in /proc/self/mounts.  0, or STATUS_UNREACHABLE after a complaint that
 * says what to do.
 */
int locate_mount(const struct options *o, const char *hint, char **mount);

/*
 * The absolute path, with ".", ".." and links resolved as far as it exists; malloc'd.  NULL and
 * errno where that cannot be done.
 */
char *locate_canonical(const char *path);

/* Removes empty components, "." and "..", and slashes at both ends, in place. */
void locate_tidy(char *path);

#endif
