/* The store's two clocks: they do not move until they are started, never go back, and do not
 * believe a wall clock that was turned forward. */
#include <pthread.h>
#include <time.h>

#include "fs/store/clock.h"
#include "tests/unit/store/store_fixture.h"

#define DAY DAY_MS

static struct event_time now_of(struct store_clock *c)
{
	struct event_time t;

	store_clock_read(c, &t);
	return t;
}

static void a_moment(void)
{
	int64_t from = store_clock_boot();

	while (store_clock_boot() < from + 5)
		sched_yield();
}

START_TEST(test_clock)
{
	struct clock_mark mark = { .clock = START, .wall = START };
	struct store_clock *c;
	struct event_time t, u;
	struct clock_resume r;

	GIVES(0, store_clock_new(true, 480, &mark, &c));
	a_moment();
	t = now_of(c);
	HOLDS(t.clock == START && t.wall == START && t.utc_offset == 480);
	r = store_clock_start(c, CLOCK_STEP_MS);
	HOLDS(r.mark.clock == START && r.refused == 0);
	a_moment();
	u = now_of(c);
	HOLDS(u.clock >= START + 5 && u.clock < START + 60000 && u.wall == u.clock);
	store_clock_move(c, START + 10 * 365 * DAY);
	t = now_of(c);
	HOLDS(t.clock >= START + 10 * 365 * DAY && t.wall == t.clock);
	store_clock_move(c, START); /* tests may turn it back */
	HOLDS(now_of(c).clock < START + 60000);
	store_clock_free(c);
	store_clock_free(NULL);
}
END_TEST

/* What the wall clock says about the time since the last event, and what is believed of it. */
static const struct {
	const char *why;
	int64_t since, used, moved;
	bool refused;
} gaps[] = {
	{ "no gap", 0, 0, 0, false },
	{ "a night", DAY / 2, 0, DAY / 2, false },
	{ "the longest holiday", CLOCK_STEP_MS - 1000, 0, CLOCK_STEP_MS - 1000, false },
	{ "ten years", 3650 * DAY, 0, CLOCK_STEP_MS, true },
	{ "turned back", -30 * DAY, 0, 0, false },
	{ "a second holiday in the same week", 20 * DAY, 30 * DAY, 5 * DAY, true },
	{ "all used up", DAY, CLOCK_STEP_MS, 0, true },
};

START_TEST(over_a_gap)
{
	int64_t wall = store_clock_wall(), clock = wall - 40 * DAY;
	struct clock_mark mark = { .clock = clock,
		.wall = wall - gaps[_i].since,
		.week_start = gaps[_i].used != 0 ? clock - DAY : 0,
		.week_used = gaps[_i].used };
	struct store_clock *c;
	struct clock_resume r;
	struct event_time t;

	GIVES(0, store_clock_new(false, 480, &mark, &c));
	t = now_of(c);
	HOLDS(t.clock == clock);
	r = store_clock_start(c, CLOCK_STEP_MS);
	t = now_of(c);
	if (t.clock < clock + gaps[_i].moved || t.clock > clock + gaps[_i].moved + 60000)
		ck_abort_msg("%s: moved by %lld", gaps[_i].why, (long long)(t.clock - clock));
	HOLDS((r.refused > 0) == gaps[_i].refused);
	HOLDS(t.wall >= wall && t.wall < wall + 60000);
	a_moment();
	HOLDS(now_of(c).clock >= t.clock + 5);
	store_clock_free(c);
}
END_TEST

static void *look(void *arg)
{
	int64_t last = 0;

	for (int n = 0; n < 20000; n++) {
		struct event_time t = now_of(arg);

		HOLDS(t.clock >= last);
		last = t.clock;
	}
	return NULL;
}

START_TEST(never_back)
{
	struct clock_mark mark = { .clock = START, .wall = START };
	struct store_clock *c;
	pthread_t thread[4];

	GIVES(0, store_clock_new(true, 480, &mark, &c));
	for (int i = 0; i < 4; i++)
		GIVES(0, pthread_create(&thread[i], NULL, look, c));
	store_clock_start(c, CLOCK_STEP_MS);
	store_clock_move(c, START + DAY);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	store_clock_free(c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("clocks");
	TCase *t = tcase_create("two clocks");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_clock);
	tcase_add_loop_test(t, over_a_gap, 0, (int)N(gaps));
	tcase_add_test(t, never_back);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
