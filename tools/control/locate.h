/* Where the mounted store is, and what a path is called in it. */
#ifndef TOOLS_CONTROL_LOCATE_H
#define TOOLS_CONTROL_LOCATE_H

#include <jansson.h>

#include "tools/text/options.h"

/*
 * The mount point, canonical, malloc'd: what -m says, else CUSTODYFS_MOUNT, else the mount that
 * `hint` (a path, or NULL) lies in, else the one that the working directory lies in, else the only
 * custodyfs in /proc/self/mounts.  0, or STATUS_UNREACHABLE and said on stderr what to do.
 */
int locate_mount(const struct options *o, const char *hint, char **mount);

/*
 * `path` relative to the mount, malloc'd; "" is the mount itself.  Its end need not exist.  A
 * relative path that does not lead into the mount from the working directory is taken from the
 * mount's root, as `custody` prints them; mount NULL: always so.  0, or STATUS_UNREACHABLE and said
 * on stderr.
 */
int locate_path(const char *mount, const char *path, char **relative);

/* The arguments from `first` on: item numbers to `items`, paths (relative to the mount) to `paths`,
 * both arrays.  0, or STATUS_UNREACHABLE and said on stderr. */
int locate_targets(
	const char *mount, const struct options *o, int first, json_t *items, json_t *paths);

/* An absolute path without ".", ".." and links as far as it exists, malloc'd; NULL and errno where
 * that cannot be found out. */
char *locate_canonical(const char *path);

#endif
