/*
 * A progress bar on stderr, with rate and time left.  Nothing is shown where stderr is not a
 * terminal.
 */
#ifndef TOOLS_TEXT_PROGRESS_H
#define TOOLS_TEXT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *label;    /* translated */
	bool bytes;           /* it counts bytes, else pieces */
	bool shown;           /* stderr is a terminal */
	int64_t begun, drawn; /* ms of the monotonic clock */
};

void progress_begin(struct progress *p, const char *label, bool bytes);
void progress_show(
	struct progress *p, uint64_t done, uint64_t total); /* draws at most ten times a second */
void progress_end(struct progress *p);                      /* clears the line */

/* Milliseconds since it began. */
int64_t progress_elapsed(const struct progress *p);

/* "done per second" in words: "120.3 MiB/s".  Malloc'd. */
char *progress_rate(uint64_t done, int64_t ms);

#endif
