/*
 * A service that may not mount, and lives in a file system namespace of its own, is handed its
 * mount by a process that may (contrib/systemd): it waits at a socket of its own until that process
 * has mounted and passes the descriptor.
 */
#ifndef FS_DAEMON_HANDOVER_H
#define FS_DAEMON_HANDOVER_H

struct fuse_session;

/* Waits at the socket `path` (made anew, mode 0600) until root or its own user hands it a mount, or
 * a signal ends the session (EINTR).  0 and *fd, or an errno. */
int handover_wait(const char *path, struct fuse_session *session, int *fd);

/* The other side: mounts as the session's options say, and hands it over.  0, or an errno after a
 * sentence on standard error. */
int handover_give(const char *path, struct fuse_session *session, const char *mountpoint);

/* Tells the service manager, where there is one (sd_notify(3), NOTIFY_SOCKET), e.g. "READY=1". */
void handover_notify(const char *state);

#endif
