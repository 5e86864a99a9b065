/*
 * The two clocks of a store: wall, and compliance (policy/clock.h has the arithmetic).  A
 * test-clock store has one simulated clock for both.
 *
 * For any number of threads.  The lock guards what the compliance time is counted from; it is held
 * for moments only, and nothing is waited for under it, so every function may be called under any
 * lock.
 */
#ifndef FS_STORE_CLOCK_H
#define FS_STORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/records/event.h"
#include "policy/clock.h"

struct store_clock;

/* A clock that shows the mark (the last event's) until store_clock_start(), as reading beside a
 * mount needs.  0 or ENOMEM. */
int store_clock_new(
	bool test, int utc_offset, const struct clock_mark *last, struct store_clock **out);
void store_clock_free(struct store_clock *c); /* NULL is fine */

/* Starts moving; a real clock is resumed over the gap, by no more than `step` (ms) a week.  Returns
 * how the gap was handled. */
struct clock_resume store_clock_start(struct store_clock *c, int64_t step);

/* Reads both clocks; a clock_fn (committer.h). */
void store_clock_read(void *clock, struct event_time *out);

/* Sets a test clock. */
void store_clock_move(struct store_clock *c, int64_t to);

/* Moves a clock that lags behind forward, never back; call it once that is on the ledger. */
void store_clock_advance(struct store_clock *c, int64_t to);

/* By how much the system's clock was moved since the last look (policy/clock.h, clock_jump()); 0 at
 * the first, and always of a test clock. */
int64_t store_clock_jump(struct store_clock *c);

int64_t store_clock_wall(void); /* the system's, ms */
int64_t store_clock_boot(void); /* CLOCK_BOOTTIME, ms: real elapsed time, for intervals */

#endif
