/*
 * Whole-file digests (SHA-256 and SM3) of sealed items, computed in the background, one item after
 * the other; each is an event of its own.
 *
 * Threads: one of its own, with a low priority.  It waits for the disk, and for the committer to
 * record a digest; a read waits for nobody.  Its lock guards whether it is to stop and whether
 * there may be something to do; it is held for moments only, and no other lock is taken under it.
 * So digester_wake() may be called under any lock.  digester_stop() waits for the thread, which
 * looks after each read whether it is to stop.
 */
#ifndef FS_STORE_DIGESTER_H
#define FS_STORE_DIGESTER_H

#include "fs/store/store.h"

int digester_start(struct store *s, struct digester **out); /* 0 or an errno of pthread_create */
void digester_stop(struct digester *d);                     /* NULL is fine */

/* There may be something to do; called after a seal. */
void digester_wake(struct digester *d);

#endif
