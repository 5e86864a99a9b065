/* What the finder looks for in an event: rules for each kind. */
#ifndef FS_WATCH_FINDER_RULES_H
#define FS_WATCH_FINDER_RULES_H

#include "fs/watch/finder_look.h"

/* Adds what one event gives to what was found, and to the memory. */
int finder_judge(struct finder_look *l, const struct finder_event *e);

#endif
