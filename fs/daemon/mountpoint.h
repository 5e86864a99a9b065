/* The folder that a store is mounted on: checks before mounting, and cleaning up after it. */
#ifndef FS_DAEMON_MOUNTPOINT_H
#define FS_DAEMON_MOUNTPOINT_H

#include <stdbool.h>

/*
 * Looks whether the folder can be mounted on, and says on standard error what is wrong.  What an
 * earlier mount left there when its daemon died is taken away.  *out: the absolute path, to be
 * freed.  nonempty: a folder that holds something will do.  0, or the exit status: 2 for what is no
 * folder, otherwise 1.
 */
int mountpoint_check(const char *path, bool nonempty, char **out);

/* Unmounts the path if what is mounted there is a store's mount whose daemon has ended.  0: there
 * is none any more; otherwise an errno. */
int mountpoint_clear(const char *path);

/* Whether a user other than root may let others in (fuse.conf: user_allow_other). */
bool mountpoint_allow_other(void);

#endif
