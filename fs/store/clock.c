#include "fs/store/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "fs/store/base/annotate.h"

struct store_clock {
	struct mutex lock;
	bool test; /* set at the start, as is utc_offset */
	int utc_offset;
	/* all below under the lock */
	bool running;
	struct clock_mark mark;
	int64_t base, boot_base;      /* compliance time = base + (boot time now - boot_base) */
	int64_t seen_wall, seen_boot; /* at the last look for a jump; 0: none yet */
	int64_t floor;                /* the latest compliance time given out; it never goes back */
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
	mutex_init(&c->lock);
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
	mutex_destroy(&c->lock);
	free(c);
}

struct clock_resume store_clock_start(struct store_clock *c, int64_t step)
{
	struct clock_resume r = { .gap = 0 };

	mutex_lock(&c->lock);
	r.mark = c->mark;
	if (!c->test)
		r = clock_resume(&c->mark, store_clock_wall(), step);
	c->mark = r.mark;
	c->base = c->floor = r.mark.clock;
	c->boot_base = store_clock_boot();
	c->running = true;
	mutex_unlock(&c->lock);
	return r;
}

void store_clock_read(void *clock, struct event_time *out)
{
	struct store_clock *c = clock;

	mutex_lock(&c->lock);
	if (c->running)
		c->floor = clock_running(c->base, c->boot_base, store_clock_boot(), c->floor);
	out->clock = c->floor;
	mutex_unlock(&c->lock);
	out->wall = c->test ? out->clock : store_clock_wall();
	out->utc_offset = c->utc_offset;
	out->policy = 1;
}

void store_clock_move(struct store_clock *c, int64_t to)
{
	mutex_lock(&c->lock);
	c->base = c->floor = to;
	c->boot_base = store_clock_boot();
	mutex_unlock(&c->lock);
}

void store_clock_advance(struct store_clock *c, int64_t to)
{
	mutex_lock(&c->lock);
	if (c->running)
		c->floor = clock_running(c->base, c->boot_base, store_clock_boot(), c->floor);
	if (to > c->floor) {
		c->base = c->floor = to;
		c->boot_base = store_clock_boot();
	}
	mutex_unlock(&c->lock);
}

int64_t store_clock_jump(struct store_clock *c)
{
	int64_t wall, boot, jump;

	if (c->test)
		return 0;
	mutex_lock(&c->lock);
	wall = store_clock_wall();
	boot = store_clock_boot();
	jump = c->seen_boot != 0 ? clock_jump(c->seen_wall, c->seen_boot, wall, boot) : 0;
	c->seen_wall = wall;
	c->seen_boot = boot;
	mutex_unlock(&c->lock);
	return jump;
}
