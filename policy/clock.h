/*
 * The compliance clock's arithmetic.  It moves with real elapsed time (CLOCK_BOOTTIME) while
 * mounted; over a gap by at most the wall clock's difference, never back, and never by more than a
 * step in any week without a second person's record.
 */
#ifndef POLICY_CLOCK_H
#define POLICY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/person.h"
#include "policy/reason.h"

#define CLOCK_WEEK_MS INT64_C(604800000)
#define CLOCK_STEP_MS                                                                           \
	(INT64_C(35) * 86400000) /* default step a week: a month's holiday with the server off, \
				    and a margin */

/* What the ledger knows of the clock when it was last written. */
struct clock_mark {
	int64_t clock;      /* compliance time, ms */
	int64_t wall;       /* wall time at that moment, ms */
	int64_t week_start; /* compliance time at which the present week of gaps began, moved on by
			       the gaps in it, ms; 0: none yet */
	int64_t week_used;  /* ms of gap already allowed in that week */
};

struct clock_resume {
	struct clock_mark mark; /* the new mark: clock moved, wall = now, gap added to the week */
	int64_t gap;            /* the wall clock's difference, ms; negative where it went back */
	int64_t refused; /* ms of the gap that were not granted (step used up); 0 where the wall
			    went back */
};

/*
 * The clock at a mount, from the last mark.  `step`: ms a week.  A wall clock that went back moves
 * nothing.  A new week begins once a week of mounted, really elapsed time has passed since the last
 * one began: turning the wall clock forward and mounting again, however often, gives no more than
 * one step.
 */
struct clock_resume clock_resume(const struct clock_mark *last, int64_t wall_now, int64_t step);

/* The clock while mounted: base plus elapsed boot time, never below `floor` (what was last handed
 * out). */
int64_t clock_running(int64_t base, int64_t boot_base, int64_t boot_now, int64_t floor);

/*
 * Putting right a clock that lags, because a gap was longer than the step: an admin proposes, legal
 * agrees, and nobody is both.  REASON_NOBODY, REASON_NO_ROLE; to agree: REASON_SECOND_PERSON first.
 */
enum reason clock_may_propose(const struct person *who);
enum reason clock_may_agree(int64_t proposer, const struct person *who);

/* Whether a clock may be moved there: forward, and not past the wall clock. */
bool clock_may_move(int64_t clock, int64_t wall, int64_t to);

/* Ms by which the wall clock may be corrected between two looks. */
#define CLOCK_JUMP_MS INT64_C(60000)

/*
 * By how much the wall clock was moved between two looks, in which so much time really elapsed; 0
 * where it is no more than CLOCK_JUMP_MS.  The compliance clock does not follow it; it becomes a
 * finding.
 */
int64_t clock_jump(int64_t wall_before, int64_t boot_before, int64_t wall_now, int64_t boot_now);

#endif
