/*
 * The process that mounts and unmounts.  The daemon gives its privileges up before it opens the
 * store, so mounting, which needs them, is done by a child process.  It mounts when it is asked to,
 * passes the descriptor, and unmounts once the daemon has ended, in order or not.  As root it keeps
 * CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH alone; as another user it mounts and unmounts through
 * fusermount3.
 */
#ifndef FS_DAEMON_KEEPER_H
#define FS_DAEMON_KEEPER_H

#include <stdbool.h>

struct fuse_session;

struct keeper {
	int sock, pid;
};

/*
 * Starts it, before any thread and before privileges are dropped.  The session has the mount's
 * options; it is not mounted.  mountpoint: absolute; must live as long. quiet: once mounted it
 * writes nothing to standard error any more, which may be a terminal's.
 */
int keeper_start(
	struct keeper *k, struct fuse_session *session, const char *mountpoint, bool quiet);

/* Mounts.  *fd: the mount's descriptor of /dev/fuse, the caller's, alone: the mount is dead when it
 * is closed.  What went wrong was said on standard error. */
int keeper_mount(struct keeper *k, int *fd);

/* Has it unmount what is still mounted, and waits until it has. */
void keeper_end(struct keeper *k);

#endif
