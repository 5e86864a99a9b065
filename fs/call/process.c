#include "fs/call/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* linux/sched.h; stable since 2.6, shown in field 9 of /proc/PID/stat */
#define TASK_EXITING 0x00000004UL
#define TASK_SIGNALED 0x00000400UL

#define STATUS_MAX 16384 /* of /proc/PID/status: some 1500 bytes, and the groups of its user */

static bool read_proc(int32_t pid, const char *file, char *out, size_t cap)
{
	char path[64];
	ssize_t n;
	int fd, error;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, out, cap - 1);
	error = errno;
	close(fd);
	errno = error;
	if (n < 0)
		return false;
	out[n] = '\0';
	return true;
}

void process_name(int32_t tid, char *out, size_t cap)
{
	if (read_proc(tid, "comm", out, cap))
		out[strcspn(out, "\n")] = '\0';
	else
		out[0] = '\0';
}

void process_program(int32_t pid, char *out, size_t cap)
{
	char path[64];
	ssize_t n;

	out[0] = '\0';
	if (pid <= 0)
		return;
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	n = readlink(path, out, cap - 1);
	if (n > 0) {
		out[n] = '\0';
		return;
	}
	process_name(pid, out, cap);
}

/* A line of /proc/PID/status, as a number; 0 where there is none.  The name, in front, has its line
 * feeds escaped. */
static unsigned long status_field(const char *status, const char *name, int base)
{
	char label[24];
	const char *at;

	snprintf(label, sizeof label, "\n%s:", name);
	at = strstr(status, label);
	return at != NULL ? strtoul(at + strlen(label), NULL, base) : 0;
}

int32_t process_group(int32_t tid)
{
	char text[STATUS_MAX];

	return read_proc(tid, "status", text, sizeof text) ? (int32_t)status_field(text, "Tgid", 10)
							   : 0;
}

/* Whether the kernel shows us what it shows only to those who may trace a process: CAP_SYS_PTRACE,
 * or the same user. */
static bool is_open_to_us(int32_t tid)
{
	char path[64], target[8];

	snprintf(path, sizeof path, "/proc/%d/exe", (int)tid);
	return readlink(path, target, sizeof target) >= 0 || errno != EACCES;
}

/* Field n (from 3, the state, on) of a stat line, as a number; 0 where there is none. */
static unsigned long stat_field(const char *after_name, int n)
{
	for (int i = 3; i < n && after_name != NULL; i++)
		after_name = strchr(after_name + 1, ' ');
	return after_name != NULL ? strtoul(after_name, NULL, 10) : 0;
}

size_t process_line(int32_t tid, struct reader_process *out, size_t max)
{
	int32_t pid = tid; /* a thread's executable and parent are its process's */
	char status[STATUS_MAX];
	size_t n = 0;

	while (n < max && pid > 1 && read_proc(pid, "status", status, sizeof status)) {
		process_name(pid, out[n].name, sizeof out[n].name);
		process_program(pid, out[n].program, sizeof out[n].program);
		pid = (int32_t)status_field(status, "PPid", 10);
		n++;
	}
	return n;
}

/* Whether it has an address space; one that ends gives that up before it closes its files. */
static bool has_memory(const char *status)
{
	return strstr(status, "\nVmSize:") != NULL;
}

/*
 * In a process that ends by exit(), its other threads are marked as signalled too (the kernel ends
 * them so); the exit code, which the kernel shows only to those who may trace the process, tells
 * them apart: its low seven bits are the signal.
 *
 * /proc/PID/stat is read of those alone that are ending, never of one that may be in execve(2): see
 * process_name().
 */
enum process_end process_end(int32_t tid)
{
	char text[STATUS_MAX], *at;
	unsigned long flags, code;

	errno = 0;
	if (!read_proc(tid, "status", text, sizeof text))
		return errno == ENOENT || errno == ESRCH ? PROCESS_GONE : PROCESS_UNKNOWN;
	if (has_memory(text))
		return PROCESS_WELL;
	errno = 0;
	if (!read_proc(tid, "stat", text, sizeof text))
		return errno == ENOENT || errno == ESRCH ? PROCESS_GONE : PROCESS_UNKNOWN;
	at = strrchr(text, ')');
	if (at == NULL || at[1] == '\0')
		return PROCESS_UNKNOWN;
	flags = stat_field(at + 1, 9);
	code = stat_field(at + 1, 52);
	if (!(flags & TASK_EXITING) || !(flags & TASK_SIGNALED))
		return PROCESS_WELL;
	/* 0 may mean that the kernel does not show it: then it counts as killed. */
	return (code & 0x7f) != 0 || (code == 0 && !is_open_to_us(tid)) ? PROCESS_KILLED
									: PROCESS_WELL;
}

bool process_state(int32_t tid, struct process_state *out)
{
	char text[STATUS_MAX];

	if (!read_proc(tid, "status", text, sizeof text) || strstr(text, "\nSigCgt:") == NULL)
		return false;
	out->exiting = !has_memory(text);
	out->threads = status_field(text, "Threads", 10);
	out->blocked = status_field(text, "SigBlk", 16);
	out->ignored = status_field(text, "SigIgn", 16);
	out->caught = status_field(text, "SigCgt", 16);
	return true;
}
