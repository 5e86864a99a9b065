/*
 * The compliance clock's arithmetic (design section 7).  It moves with real elapsed time (CLOCK_BOOTTIME) while mounted; over a gap by at most the
 * wall clock's difference, never back, and never by more than a step in any week without a second person's record.
 */
#ifndef POLICY_CLOCK_H
#define POLICY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_WEEK_MS INT64_C(604800000)
#define CLOCK_STEP_MS (INT64_C(35) * 86400000)    /* default step a week: a month's holiday with the server off, and a margin */

/* What the ledger knows of the clock when it was last written. */
struct clock_mark {
	int64_t clock;          /* compliance time, ms */
	int64_t wall;           /* wall time at that moment, ms */
	int64_t week_start;     /* compliance time at which the present week of gaps began, moved on by the gaps in it, ms; 0: none yet */
	int64_t week_used;      /* ms of gap already allowed in that week */
};

struct clock_resume {
	struct clock_mark mark; /* as it now stands: clock moved, wall = now, week accounted */
	int64_t gap;            /* the wall clock's difference, ms; negative where it went back */
	int64_t refused;        /* ms of the gap that were not granted (step used up); 0 where the wall went back */
};

/*
 * The clock at a mount, from the last mark.  `step`: ms a week.  A wall clock that went back moves nothing.  A new week begins once a week of mounted, really
 * elapsed time has passed since the last one began: turning the wall clock forward and mounting again, however often, gives no more than one step.
 */
struct clock_resume clock_resume(const struct clock_mark *last, int64_t wall_now, int64_t step);

/* The clock while mounted: base plus elapsed boot time, never below `floor` (what was last handed out). */
int64_t clock_running(int64_t base, int64_t boot_base, int64_t boot_now, int64_t floor);

#endif
