/* The two clocks of a store: wall, and compliance (policy/clock.h has the arithmetic).  A
 * test-clock store has one simulated clock for both. */
#ifndef FS_STORE_CLOCK_H
#define FS_STORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/records/event.h"
#include "policy/clock.h"

struct store_clock;

/* Stands still at the mark until store_clock_start().  now_frozen: of the last event, for reading
 * beside a mount. */
int store_clock_new(
	bool test, int utc_offset, const struct clock_mark *last, struct store_clock **out);
void store_clock_free(struct store_clock *c); /* NULL is fine */

/* Starts moving; a real clock is resumed over the gap, by no more than `step` (ms) a week.  What
 * was done with the gap is told. */
struct clock_resume store_clock_start(struct store_clock *c, int64_t step);

/* Fits clock_fn. */
void store_clock_now(void *clock, struct event_time *out);

/* Test clocks only. */
void store_clock_move(struct store_clock *c, int64_t to);

/* Moves a clock that lags forward (never back), once that is on the ledger. */
void store_clock_advance(struct store_clock *c, int64_t to);

/* By how much the system's clock was moved since the last look (policy/clock.h, clock_jump()); 0 at
 * the first, and always of a test clock. */
int64_t store_clock_jump(struct store_clock *c);

int64_t store_clock_wall(void); /* the system's, ms */
int64_t store_clock_boot(void); /* CLOCK_BOOTTIME, ms: real elapsed time, for intervals */

#endif
