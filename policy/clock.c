/* The compliance clock's arithmetic.  The contract is in clock.h. */
#include "policy/clock.h"

#include "policy/act.h"
#include "policy/role.h"

/* Sum (of what is not negative) and difference that stop at the ends of the range: a wall clock may
 * say anything. */
static int64_t advance(int64_t a, int64_t by)
{
	int64_t sum;

	return __builtin_add_overflow(a, by, &sum) ? INT64_MAX : sum;
}

static int64_t subtract(int64_t a, int64_t b)
{
	int64_t difference;

	if (__builtin_sub_overflow(a, b, &difference))
		return b > 0 ? INT64_MIN : INT64_MAX;
	return difference;
}

struct clock_resume clock_resume(const struct clock_mark *last, int64_t wall_now, int64_t step)
{
	struct clock_resume r = { .mark = *last, .gap = subtract(wall_now, last->wall) };
	int64_t granted, left;

	r.mark.wall = wall_now;
	if (r.mark.week_start == 0)
		r.mark.week_start = last->clock;
	/* The week is one of the compliance clock, and gaps push its beginning on: so only time
	 * that really passed while mounted makes a new one. */
	if (subtract(last->clock, r.mark.week_start) >= CLOCK_WEEK_MS) {
		r.mark.week_start = last->clock;
		r.mark.week_used = 0;
	}
	if (r.gap < 0)
		return r;
	left = subtract(step, r.mark.week_used);
	granted = r.gap < left ? r.gap : left;
	if (granted < 0)
		granted = 0;
	r.mark.clock = advance(last->clock, granted);
	r.mark.week_start = advance(r.mark.week_start, granted);
	r.mark.week_used += granted;
	r.refused = r.gap - granted;
	return r;
}

int64_t clock_running(int64_t base, int64_t boot_base, int64_t boot_now, int64_t floor)
{
	int64_t elapsed = subtract(boot_now, boot_base);
	int64_t now = advance(base, elapsed > 0 ? elapsed : 0);

	return now > floor ? now : floor;
}

enum reason clock_may_propose(const struct person *who)
{
	return act_roles(who, ROLE_ADMIN);
}

enum reason clock_may_agree(int64_t proposer, const struct person *who)
{
	if (who->id != 0 && who->id == proposer)
		return REASON_SECOND_PERSON;
	return act_roles(who, ROLE_LEGAL);
}

bool clock_may_move(int64_t clock, int64_t wall, int64_t to)
{
	return to > clock && to <= wall;
}

int64_t clock_jump(int64_t wall_before, int64_t boot_before, int64_t wall_now, int64_t boot_now)
{
	int64_t moved = subtract(subtract(wall_now, wall_before), subtract(boot_now, boot_before));

	return moved > CLOCK_JUMP_MS || moved < -CLOCK_JUMP_MS ? moved : 0;
}
