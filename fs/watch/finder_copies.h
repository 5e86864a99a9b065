/* Held items without an offline copy (Art. 12, Q11): one finding for each hold, while any item that
 * it covers has no copy. */
#ifndef FS_WATCH_FINDER_COPIES_H
#define FS_WATCH_FINDER_COPIES_H

#include "fs/watch/finder_look.h"

/* Rules: an event after which the holds are to be gone through, always, or where its item is
 * held. */
int finder_copies_touch(struct finder_look *l, const struct finder_event *e);
int finder_copies_touch_held(struct finder_look *l, const struct finder_event *e);

/* Goes through the holds where an event made that due, every ten seconds at most (all: at once). */
int finder_copies(struct finder_look *l, bool all);

#endif
