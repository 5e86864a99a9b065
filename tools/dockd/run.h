/* Running `custody`, and what it answers.  One at a time, without waiting for it. */
#ifndef TOOLS_DOCKD_RUN_H
#define TOOLS_DOCKD_RUN_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RUN_PIPES 2

struct run {
	pid_t pid; /* 0: none runs */
	struct {
		int fd; /* -1: closed at the other end */
		char *text;
		size_t length;
		bool cut;  /* there was more than is kept */
	} pipe[RUN_PIPES]; /* its stdout and stderr */
};

void run_begin(struct run *r);

/*
 * Starts a program of the PATH, in a process group of its own: what a terminal or a service manager
 * sends to this one's does not interrupt it.  It inherits `lock` (an open file description's lock
 * stays as long as it lives) and nothing else.
 */
int run_start(struct run *r, char *const argv[], int lock);

/* The descriptors to poll, RUN_PIPES of them, and what poll said of them. */
void run_poll(const struct run *r, struct pollfd *p);
void run_read(struct run *r, const struct pollfd *p);

/* True once it has ended and said all; *status as waitpid's. */
bool run_ended(struct run *r, int *status);

/* The JSON that it printed, a new reference; NULL where that is none.  Its last line of complaint,
 * "" where there is none; lives until _reset. */
json_t *run_answer(const struct run *r);
const char *run_complaint(struct run *r);

/* Forgets what it said. */
void run_reset(struct run *r);

#endif
