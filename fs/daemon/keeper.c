#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include "fs/daemon/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/daemon/mountpoint.h"
#include "fs/daemon/pass.h"
#include "fs/daemon/privilege.h"

static int mount_and_pass(int sock, struct fuse_session *session, const char *mountpoint)
{
	int err = fuse_session_mount(session, mountpoint) == 0 ? 0 : EIO;
	int sent = pass_send(sock, err, err == 0 ? fuse_session_fd(session) : -1);

	/* the connection is the daemon's alone now: it ends with the daemon's descriptor */
	if (err == 0)
		close(fuse_session_fd(session));
	return err != 0 ? err : sent;
}

static void silence_output(bool also_errors)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (also_errors)
		dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

/* The child.  It ignores signals: it ends when the daemon does. */
static void keep_mount(int sock, struct fuse_session *session, const char *mountpoint, bool quiet)
{
	char word;

	(void)setsid();
	for (int s = SIGHUP; s <= SIGTERM; s++)
		if (s == SIGHUP || s == SIGINT || s == SIGQUIT || s == SIGPIPE || s == SIGTERM)
			signal(s, SIG_IGN);
	if (sock > 3)
		(void)close_range(3, (unsigned)sock - 1, 0);
	(void)close_range((unsigned)sock + 1, ~0u, 0);
	if (chdir("/") != 0 || (geteuid() == 0 && privilege_keep_mounting() != 0))
		_exit(1);
	if (read(sock, &word, 1) != 1)
		_exit(0); /* it need not be mounted */
	if (mount_and_pass(sock, session, mountpoint) == 0) {
		silence_output(quiet);
		while (read(sock, &word, 1) < 0 && errno == EINTR)
			;
	}
	(void)mountpoint_clear(mountpoint); /* also where the daemon was gone before it could be
					       given what was mounted */
	_exit(0);
}

int keeper_start(struct keeper *k, struct fuse_session *session, const char *mountpoint, bool quiet)
{
	int pair[2];

	k->sock = k->pid = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	k->pid = fork();
	if (k->pid < 0) {
		int err = errno;

		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (k->pid == 0)
		keep_mount(pair[1], session, mountpoint, quiet);
	close(pair[1]);
	k->sock = pair[0];
	return 0;
}

int keeper_mount(struct keeper *k, int *fd)
{
	if (send(k->sock, "m", 1, MSG_NOSIGNAL) != 1)
		return errno;
	return pass_receive(k->sock, fd);
}

void keeper_end(struct keeper *k)
{
	if (k->pid <= 0)
		return;
	close(k->sock);
	while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
		;
	k->sock = k->pid = -1;
}
