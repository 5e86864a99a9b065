#include "fs/store/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct store_clock {
	pthread_mutex_t lock;
	bool test, running;
	int utc_offset;
	struct clock_mark mark;
	int64_t base, boot_base;      /* compliance time = base + (boot time now - boot_base) */
	int64_t seen_wall, seen_boot; /* at the last look for a jump; 0: none yet */
	int64_t floor;                /* the latest compliance time told; none is earlier */
};

static int64_t read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t store_clock_wall(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t store_clock_boot(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

int store_clock_new(
	bool test, int utc_offset, const struct clock_mark *last, struct store_clock **out)
{
	struct store_clock *c = calloc(1, sizeof *c);

	if (c == NULL)
		return ENOMEM;
	pthread_mutex_init(&c->lock, NULL);
	c->test = test;
	c->utc_offset = utc_offset;
	c->mark = *last;
	c->base = c->floor = last->clock;
	*out = c;
	return 0;
}

void store_clock_free(struct store_clock *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

struct clock_resume store_clock_start(struct store_clock *c, int64_t step)
{
	struct clock_resume r = { .mark = c->mark };

	pthread_mutex_lock(&c->lock);
	if (!c->test)
		r = clock_resume(&c->mark, store_clock_wall(), step);
	c->mark = r.mark;
	c->base = c->floor = r.mark.clock;
	c->boot_base = store_clock_boot();
	c->running = true;
	pthread_mutex_unlock(&c->lock);
	return r;
}

void store_clock_now(void *clock, struct event_time *out)
{
	struct store_clock *c = clock;

	pthread_mutex_lock(&c->lock);
	if (c->running)
		c->floor = clock_running(c->base, c->boot_base, store_clock_boot(), c->floor);
	out->clock = c->floor;
	pthread_mutex_unlock(&c->lock);
	out->wall = c->test ? out->clock : store_clock_wall();
	out->utc_offset = c->utc_offset;
	out->policy = 1;
}

void store_clock_move(struct store_clock *c, int64_t to)
{
	pthread_mutex_lock(&c->lock);
	c->base = c->floor = to;
	c->boot_base = store_clock_boot();
	pthread_mutex_unlock(&c->lock);
}

void store_clock_advance(struct store_clock *c, int64_t to)
{
	pthread_mutex_lock(&c->lock);
	if (c->running)
		c->floor = clock_running(c->base, c->boot_base, store_clock_boot(), c->floor);
	if (to > c->floor) {
		c->base = c->floor = to;
		c->boot_base = store_clock_boot();
	}
	pthread_mutex_unlock(&c->lock);
}

int64_t store_clock_jump(struct store_clock *c)
{
	int64_t wall, boot, jump;

	if (c->test)
		return 0;
	pthread_mutex_lock(&c->lock);
	wall = store_clock_wall();
	boot = store_clock_boot();
	jump = c->seen_boot != 0 ? clock_jump(c->seen_wall, c->seen_boot, wall, boot) : 0;
	c->seen_wall = wall;
	c->seen_boot = boot;
	pthread_mutex_unlock(&c->lock);
	return jump;
}
