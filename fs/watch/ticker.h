/* What is done each second: refusals' windows, long readings, ends to try again; and each minute,
 * if the ledger grew, a signed head. */
#ifndef FS_WATCH_TICKER_H
#define FS_WATCH_TICKER_H

#include "fs/call/fs.h"

int ticker_new(struct fs *fs, struct ticker **out);
/* The mount is up: the thread may begin (it is made here, after the daemon has gone to the
 * background). */
void ticker_ready(struct ticker *t);
void ticker_free(struct ticker *t); /* NULL is fine */

#endif
