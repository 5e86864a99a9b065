/*
 * System calls that fail when told to.  Included by one file of a test program: its definitions
 * take the place of the C library's, also for SQLite and Check. Every call that could make
 * something durable, or take room, is counted.
 */
#ifndef TESTS_UNIT_STORE_STORE_FAULT_H
#define TESTS_UNIT_STORE_STORE_FAULT_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	const char *path; /* only calls on files whose path has this in it; NULL: all */
	atomic_long in;   /* the so-manieth call fails; 0: none does */
	atomic_bool stay; /* and each one after it */
	int error;
	atomic_long calls, syncs; /* seen so far, on such files */
	void (*synced)(
		const char *path, long size); /* told of each sync that succeeded; NULL: nobody */
} fault;

static inline bool path_of_fd(int fd, char *out, size_t cap)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, out, cap - 1);
	if (n > 0)
		out[n] = '\0';
	return n > 0;
}

/* Counts a call; whether it is the one that fails.  A full disk keeps nothing from being cut or
 * synced. */
static inline bool strikes(int fd, bool takes_room)
{
	char path[512];
	long left;

	if (fd <= 2 || !path_of_fd(fd, path, sizeof path) ||
		(fault.path != NULL ? strstr(path, fault.path) == NULL : path[0] != '/'))
		return false;
	atomic_fetch_add(&fault.calls, 1);
	left = atomic_load(&fault.in);
	if (left == 0 || (!takes_room && (fault.error == ENOSPC || fault.error == EDQUOT)))
		return false;
	if (left > 1) {
		atomic_store(&fault.in, left - 1);
		return false;
	}
	if (!atomic_load(&fault.stay))
		atomic_store(&fault.in, 0);
	errno = fault.error;
	return true;
}

/* Half of it is written, as on a disk that fills up in the middle. */
static inline ssize_t write_at(int fd, const void *buf, size_t n, off_t at)
{
	int e;

	if (!strikes(fd, true))
		return syscall(SYS_pwrite64, fd, buf, n, at);
	e = errno;
	if (n > 1 && syscall(SYS_pwrite64, fd, buf, n / 2, at) < 0)
		e = errno;
	errno = e;
	return -1;
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
	return write_at(fd, buf, n, at);
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t at)
{
	return write_at(fd, buf, n, at);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	return strikes(fd, true) ? -1 : syscall(SYS_write, fd, buf, n);
}

static inline int sync_by(long call, int fd)
{
	char path[512];
	int rc = strikes(fd, false) ? -1 : (int)syscall(call, fd);

	if (rc == 0 && path_of_fd(fd, path, sizeof path) &&
		(fault.path == NULL || strstr(path, fault.path) != NULL)) {
		atomic_fetch_add(&fault.syncs, 1);
		if (fault.synced != NULL)
			fault.synced(path, lseek(fd, 0, SEEK_END));
	}
	return rc;
}

int fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
	return strikes(fd, false) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off_t size)
{
	return strikes(fd, false) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

/* From now on: the `in`-th call on files of that path fails with error, and all later ones if
 * stay. */
static inline void fault_plan(const char *path, long in, int error, bool stay)
{
	fault.path = path;
	fault.error = error;
	atomic_store(&fault.stay, stay);
	atomic_store(&fault.calls, 0);
	atomic_store(&fault.syncs, 0);
	atomic_store(&fault.in, in);
}

#endif
