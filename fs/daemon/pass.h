/* Passing the descriptor of a mount from the process that mounts to the one that serves (unix(7),
 * SCM_RIGHTS). */
#ifndef FS_DAEMON_PASS_H
#define FS_DAEMON_PASS_H

/* Sends an errno, and with 0 the descriptor.  0 or an errno; the descriptor stays the caller's. */
int pass_send(int sock, int err, int fd);

/* Receives it: 0 and *fd, or the errno that was sent, or EPIPE where the other end went away. */
int pass_receive(int sock, int *fd);

#endif
