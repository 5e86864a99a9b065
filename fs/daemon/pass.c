#include "fs/daemon/pass.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union room {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int pass_send(int sock, int err, int fd)
{
	union room room = { .bytes = { 0 } };
	struct iovec data = { &err, sizeof err };
	struct msghdr m = { .msg_iov = &data, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (err == 0) {
		m.msg_control = room.bytes;
		m.msg_controllen = sizeof room.bytes;
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL) == (ssize_t)sizeof err ? 0 : errno;
}

int pass_receive(int sock, int *fd)
{
	union room room = { .bytes = { 0 } };
	int err = EPIPE;
	struct iovec data = { &err, sizeof err };
	struct msghdr m = { .msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = sizeof room.bytes };
	struct cmsghdr *c;
	ssize_t n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno;
	if (n != (ssize_t)sizeof err)
		return EPIPE;
	if (err != 0)
		return err;
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		c->cmsg_len != CMSG_LEN(sizeof *fd))
		return EPROTO;
	memcpy(fd, CMSG_DATA(c), sizeof *fd);
	return 0;
}
