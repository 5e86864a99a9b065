/* Gaps in the sequence numbers of a device's day (Q16). */
#ifndef FS_WATCH_FINDER_GAPS_H
#define FS_WATCH_FINDER_GAPS_H

#include "fs/watch/finder_look.h"

/* Notes that something was sealed in a device's day: it is looked at when it has been quiet for a
 * minute.  There must be room for one more. */
void finder_gaps_touch(struct finder_memory *m, int64_t device, int32_t day);

/* Looks for gaps in the days that are quiet now (all: in all of them). */
int finder_gaps(struct finder_look *l, bool all);

#endif
