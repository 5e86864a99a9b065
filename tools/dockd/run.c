/* Runs `custody`. */
#include "tools/dockd/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX (64 << 20) /* so much of each pipe is kept */
#define PIECE (64 << 10)
#define LOCK_FD 3 /* the descriptor of the lock in the program */

extern char **environ;

void run_begin(struct run *r)
{
	memset(r, 0, sizeof *r);
	for (int i = 0; i < RUN_PIPES; i++)
		r->pipe[i].fd = -1;
}

/* Starts it with default signals, in a process group of its own. */
static int spawn_program(pid_t *pid, char *const argv[], int to_out, int to_err, int lock)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int err;
	sigemptyset(&none);
	sigemptyset(&all);
	for (int s = 1; s < NSIG; s++)
		if (s != SIGKILL && s != SIGSTOP)
			sigaddset(&all, s);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
		&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	if ((err = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
		(err = posix_spawn_file_actions_adddup2(&files, to_out, 1)) == 0 &&
		(err = posix_spawn_file_actions_adddup2(&files, to_err, 2)) == 0 &&
		(err = posix_spawn_file_actions_adddup2(&files, lock, LOCK_FD)) == 0)
		err = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

int run_start(struct run *r, char *const argv[], int lock)
{
	int out[2] = { -1, -1 }, errors[2] = { -1, -1 }, err = 0;
	run_reset(r);
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0)
		err = errno;
	if (err == 0)
		err = spawn_program(&r->pid, argv, out[1], errors[1], lock);
	if (out[1] >= 0)
		close(out[1]);
	if (errors[1] >= 0)
		close(errors[1]);
	if (err != 0) {
		r->pid = 0;
		if (out[0] >= 0)
			close(out[0]);
		if (errors[0] >= 0)
			close(errors[0]);
		return err;
	}
	r->pipe[0].fd = out[0];
	r->pipe[1].fd = errors[0];
	return 0;
}

void run_poll(const struct run *r, struct pollfd *p)
{
	for (int i = 0; i < RUN_PIPES; i++)
		p[i] = (struct pollfd){ .fd = r->pipe[i].fd, .events = POLLIN };
}

static void read_pipe(struct run *r, int i)
{
	char piece[PIECE];
	ssize_t n = read(r->pipe[i].fd, piece, sizeof piece);
	size_t length;
	char *text;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(r->pipe[i].fd);
		r->pipe[i].fd = -1;
		return;
	}
	length = r->pipe[i].length + (size_t)n;
	text = length < OUTPUT_MAX ? realloc(r->pipe[i].text, length + 1) : NULL;
	if (text == NULL) {
		r->pipe[i].cut = true;
		return;
	}
	memcpy(text + r->pipe[i].length, piece, (size_t)n);
	text[length] = '\0';
	r->pipe[i].text = text;
	r->pipe[i].length = length;
}

void run_read(struct run *r, const struct pollfd *p)
{
	for (int i = 0; i < RUN_PIPES; i++)
		if (r->pipe[i].fd >= 0 && p[i].fd == r->pipe[i].fd && p[i].revents != 0)
			read_pipe(r, i);
}

bool run_ended(struct run *r, int *status)
{
	if (r->pid == 0 || r->pipe[0].fd >= 0 || r->pipe[1].fd >= 0 ||
		waitpid(r->pid, status, WNOHANG) != r->pid)
		return false;
	r->pid = 0;
	return true;
}

json_t *run_answer(const struct run *r)
{
	return r->pipe[0].text != NULL && !r->pipe[0].cut
		? json_loadb(r->pipe[0].text, r->pipe[0].length, 0, NULL)
		: NULL;
}

const char *run_complaint(struct run *r)
{
	char *text = r->pipe[1].text, *last;
	size_t n = text != NULL ? r->pipe[1].length : 0;
	while (n != 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	if (n == 0)
		return "";
	last = strrchr(text, '\n');
	return last != NULL ? last + 1 : text;
}

void run_reset(struct run *r)
{
	for (int i = 0; i < RUN_PIPES; i++) {
		free(r->pipe[i].text);
		r->pipe[i].text = NULL;
		r->pipe[i].length = 0;
		r->pipe[i].cut = false;
	}
}
