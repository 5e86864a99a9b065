#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include "fs/daemon/handover.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "fs/daemon/pass.h"
#include "fs/store/base/i18n.h"

static int socket_address(const char *path, struct sockaddr_un *out, socklen_t *len)
{
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof out->sun_path)
		return ENAMETOOLONG;
	memset(out, 0, sizeof *out);
	out->sun_family = AF_UNIX;
	memcpy(out->sun_path, path, n);
	if (*path == '@') /* an abstract one */
		out->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (*path == '@' ? 0 : 1));
	return 0;
}

/* Only root and the user of the daemon may hand it a mount. */
static int is_trusted(int sock)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	return getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
		(peer.uid == 0 || peer.uid == geteuid());
}

/* Takes a mount from one connection.  EAGAIN: none came within a second, or it brought no mount. */
static int take_from_one(int listener, int *fd)
{
	const struct timeval patience = { .tv_sec = 1 };
	int sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	int err;

	if (sock < 0)
		return errno;
	(void)setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	err = is_trusted(sock) && pass_receive(sock, fd) == 0 ? 0 : EAGAIN;
	if (err == 0 && send(sock, "ok", 2, MSG_NOSIGNAL) != 2) {
		close(*fd);
		err = EAGAIN;
	}
	close(sock);
	return err;
}

static int take_mount(int listener, struct fuse_session *session, int *fd)
{
	const struct timeval patience = { .tv_sec = 1 };
	int err = setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0
		? EAGAIN
		: errno;

	while (err == EAGAIN || err == EINTR || err == ECONNABORTED) {
		if (fuse_session_exited(session))
			return EINTR;
		err = take_from_one(listener, fd);
	}
	return err;
}

int handover_wait(const char *path, struct fuse_session *session, int *fd)
{
	struct sockaddr_un name;
	socklen_t len;
	int listener, err = socket_address(path, &name, &len);

	if (err != 0)
		return err;
	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (listener < 0)
		return errno;
	if (*path != '@')
		(void)unlink(path);
	if (bind(listener, (struct sockaddr *)&name, len) != 0 ||
		listen(listener, 4) != 0) /* the umask keeps others out */
		err = errno;
	if (err == 0) {
		handover_notify("READY=1");
		err = take_mount(listener, session, fd);
	}
	close(listener);
	if (*path != '@')
		(void)unlink(path);
	return err;
}

int handover_give(const char *path, struct fuse_session *session, const char *mountpoint)
{
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un name;
	socklen_t len;
	char answer[2];
	int err = sock < 0 ? errno : socket_address(path, &name, &len);

	if (err == 0 && connect(sock, (struct sockaddr *)&name, len) != 0)
		err = errno;
	if (err != 0)
		fprintf(stderr,
			_("custodyfs: no service waits for its mount at %s: %s. Start it first.\n"),
			path, i18n_error(err));
	else if (fuse_session_mount(session, mountpoint) != 0) {
		fprintf(stderr,
			_("custodyfs: %s cannot be mounted on. If something is mounted there "
			  "already, unmount it first.\n"),
			mountpoint);
		err = EIO;
	} else if (pass_send(sock, 0, fuse_session_fd(session)) != 0 ||
		recv(sock, answer, sizeof answer, 0) != sizeof answer) {
		fprintf(stderr,
			_("custodyfs: the service went away while it was handed its mount; see its "
			  "log.\n"));
		(void)umount2(mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW);
		err = EPIPE;
	}
	if (sock >= 0)
		close(sock);
	return err;
}

void handover_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un name;
	socklen_t len;
	int sock;

	if (path == NULL || socket_address(path, &name, &len) != 0)
		return;
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return;
	if (sendto(sock, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&name, len) < 0)
		fprintf(stderr, _("custodyfs: the service manager cannot be notified: %s\n"),
			i18n_error(errno));
	close(sock);
}
