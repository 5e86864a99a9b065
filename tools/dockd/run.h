/* Runs `custody` and collects its output: one at a time, without blocking. */
#ifndef TOOLS_DOCKD_RUN_H
#define TOOLS_DOCKD_RUN_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RUN_PIPES 2

struct run {
	pid_t pid; /* 0: none is running */
	struct {
		int fd; /* -1: closed at the other end */
		char *text;
		size_t length;
		bool cut;  /* there was more, which was dropped */
	} pipe[RUN_PIPES]; /* its stdout and stderr */
};

void run_begin(struct run *r);

/*
 * Starts a program of the PATH in a process group of its own, so that signals of a terminal or a
 * service manager to this group do not interrupt it.  It inherits `lock` (the lock of an open file
 * description is held until the program ends) and no other descriptor.
 */
int run_start(struct run *r, char *const argv[], int lock);

/* Fills in the descriptors to poll, RUN_PIPES of them; reads what poll() reported. */
void run_poll(const struct run *r, struct pollfd *p);
void run_read(struct run *r, const struct pollfd *p);

/* True when the program has ended and its output is complete; *status as from waitpid(2). */
bool run_ended(struct run *r, int *status);

/*
 * The JSON that it printed, a new reference; NULL where it printed none.  The last line of its
 * complaints, or ""; valid until run_reset().
 */
json_t *run_answer(const struct run *r);
const char *run_complaint(struct run *r);

/* Forgets the output. */
void run_reset(struct run *r);

#endif
