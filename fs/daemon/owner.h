/* Whom the daemon runs as: the user to whom the store belongs. */
#ifndef FS_DAEMON_OWNER_H
#define FS_DAEMON_OWNER_H

#include <sys/types.h>

/*
 * As root: `user` (a login or a number), or with NULL the store's owner.  As anyone else: oneself.
 * The store must belong to that user; a missing store is reported elsewhere. 0, or the exit status,
 * after a sentence on standard error.
 */
int owner_choose(const char *store, const char *user, uid_t *uid, gid_t *gid);

#endif
