/* Findings from refusals: recordings of officers without a certificate, and storms of refusals. */
#ifndef FS_WATCH_FINDER_REFUSALS_H
#define FS_WATCH_FINDER_REFUSALS_H

#include "fs/watch/finder_look.h"

/* The rule for a refusal. */
int finder_refused(struct finder_look *l, const struct finder_event *e);

#endif
