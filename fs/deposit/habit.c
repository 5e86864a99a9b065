#include "fs/deposit/habit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/call/process.h"

#define SOCKETS_MAX 64       /* sockets of a process that are looked at */
#define TCP_ESTABLISHED "01" /* field 4 of /proc/net/tcp */

typedef bool (*habit_fn)(int32_t tid, const struct process_state *s);

static bool has_signal(unsigned long set, int sig)
{
	return (set >> (sig - 1)) & 1;
}

/* In its handler: one that is caught is blocked while it is handled.  Programs with threads may
 * block signals in all but one of them, which means nothing. */
static bool in_handler(int32_t tid, const struct process_state *s)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	(void)tid;
	for (size_t i = 0; s->threads == 1 && i < sizeof ends / sizeof ends[0]; i++)
		if (has_signal(s->blocked, ends[i]) && has_signal(s->caught, ends[i]))
			return true;
	return false;
}

/* rsync catches SIGUSR1 from beginning to end, but for its tidying up after a signal, an error, or
 * a lost connection. */
static bool ignores_usr1(int32_t tid, const struct process_state *s)
{
	(void)tid;
	return has_signal(s->ignored, SIGUSR1);
}

/*
 * dd of coreutils catches SIGINT (unless it was started with that ignored) before it opens a file,
 * for one time; it then closes what it wrote and dies of the second, which it sends itself.  Those
 * of multi-call programs catch no SIGINT at all.
 */
static bool caught_int_once(int32_t tid, const struct process_state *s)
{
	char program[1024];
	const char *base;

	if (has_signal(s->caught, SIGINT) || has_signal(s->ignored, SIGINT) ||
		!has_signal(s->caught, SIGUSR1))
		return false;
	process_program(tid, program, sizeof program);
	base = strrchr(program, '/');
	return base != NULL && strcmp(base, "/dd") == 0;
}

/* They close each file when the client says so; a file still open when they end was not finished by
 * the client. */
static bool is_exiting(int32_t tid, const struct process_state *s)
{
	(void)tid;
	return s->exiting;
}

/* The inodes of a process's sockets; SOCKETS_MAX where they are not shown: another user's
 * descriptors are shown to root alone. */
static size_t sockets_of(int32_t tid, unsigned long out[SOCKETS_MAX])
{
	char path[64], target[64];
	struct dirent *e;
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)tid);
	dir = opendir(path);
	if (dir == NULL)
		return SOCKETS_MAX;
	while (n < SOCKETS_MAX && (e = readdir(dir)) != NULL) {
		ssize_t len = readlinkat(dirfd(dir), e->d_name, target, sizeof target - 1);

		target[len > 0 ? len : 0] = '\0';
		if (sscanf(target, "socket:[%lu]", &out[n]) == 1)
			n++;
	}
	closedir(dir);
	return n;
}

/* Whether one of the sockets is an established TCP connection.  *read: the table could be read. */
static bool has_connection(
	int32_t tid, const char *table, const unsigned long *sockets, size_t n, bool *read)
{
	char path[64], *line = NULL, state[8];
	unsigned long inode;
	size_t cap = 0;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/net/%s", (int)tid, table);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	*read = true;
	while (!found && getline(&line, &cap, f) > 0) {
		if (sscanf(line, "%*s %*s %*s %7s %*s %*s %*s %*s %*s %lu", state, &inode) != 2 ||
			strcmp(state, TCP_ESTABLISHED) != 0)
			continue;
		for (size_t i = 0; i < n && !found; i++)
			found = sockets[i] == inode;
	}
	free(line);
	fclose(f);
	return found;
}

/* smbd closes what a client that has gone had open. */
static bool has_no_client(int32_t tid, const struct process_state *s)
{
	unsigned long sockets[SOCKETS_MAX];
	size_t n = sockets_of(tid, sockets);
	bool read = false;

	(void)s;
	if (n == SOCKETS_MAX || has_connection(tid, "tcp", sockets, n, &read) ||
		has_connection(tid, "tcp6", sockets, n, &read))
		return false;
	return read;
}

static const struct {
	const char *program;
	habit_fn breaks_off;
} habits[] = {
	{ "rsync", ignores_usr1 },
	{ "dd", caught_int_once },
	{ "sftp-server", is_exiting },
	{ "sshd", is_exiting }, /* its own sftp */
	{ "sshd-session", is_exiting },
	{ "scp", is_exiting },
	{ "smbd", has_no_client },
};

bool habit_breaks_off(int32_t tid)
{
	struct process_state s;
	char name[32];

	if (!process_state(tid, &s))
		return false;
	if (in_handler(tid, &s))
		return true;
	process_name(tid, name, sizeof name);
	name[strcspn(name, "[: ")] = '\0'; /* "smbd[192.0.2.7]" */
	for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
		if (strcmp(name, habits[i].program) == 0)
			return habits[i].breaks_off(tid, &s);
	return false;
}
