/* Where the mounted store is. */
#ifndef TOOLS_CONTROL_LOCATE_H
#define TOOLS_CONTROL_LOCATE_H

#include "tools/text/options.h"

/*
 * The mount point, canonical, malloc'd: what -m says, else CUSTODYFS_MOUNT, else the mount that
 * `hint` (a path, or NULL) lies in, else the one that the working directory lies in, else the only
 * custodyfs in /proc/self/mounts.  0, or STATUS_UNREACHABLE and said on stderr what to do.
 */
int locate_mount(const struct options *o, const char *hint, char **mount);

/* An absolute path without ".", ".." and links as far as it exists, malloc'd; NULL and errno where
 * that cannot be found out. */
char *locate_canonical(const char *path);

/* Removes empty components, "." and "..", and slashes at both ends, in place. */
void locate_tidy(char *path);

#endif
