/* What an argument of the command line means in the store: an item by its number, or a path. */
#ifndef TOOLS_CONTROL_TARGET_H
#define TOOLS_CONTROL_TARGET_H

#include <jansson.h>

#include "tools/control/control.h"

/*
 * `path` relative to the mount, malloc'd; "" is the mount itself.  Its end need not exist.  A
 * relative path that does not lead into the mount from the working directory is taken from the
 * mount's root, as `custody` prints them; without a mount (-s) every path is.  0, or
 * STATUS_UNREACHABLE after a complaint.
 */
int target_path(const struct control *c, const char *path, char **relative);

/* Sets "item" or "path" of a request.  0, or STATUS_UNREACHABLE after a complaint. */
int target_set(const struct control *c, json_t *request, const char *argument);

/* Appends every argument: item numbers to `items`, paths to `paths`, both arrays.  0, or
 * STATUS_UNREACHABLE after a complaint. */
int target_sort(const struct control *c, const struct options *o, json_t *items, json_t *paths);

#endif
