/* The thread for what is done each second: it records refusals whose window has closed and readings
 * that last long, tries again to record the ends of deposits, and looks for findings; and each
 * minute, if the ledger grew, it signs a head. */
#ifndef FS_WATCH_TICKER_H
#define FS_WATCH_TICKER_H

#include "fs/call/fs.h"

int ticker_new(struct fs *fs, struct ticker **out);
/* Starts the thread: when the mount is up and the daemon has gone to the background. */
void ticker_ready(struct ticker *t);
void ticker_free(struct ticker *t); /* NULL is fine */

#endif
