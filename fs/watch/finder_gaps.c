#include "fs/watch/finder_gaps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/store/catalog/listing.h"
#include "fs/store/clock.h"
#include "policy/recording.h"

#define QUIET_MS 60000
#define GAPS_MOST 64        /* told of one device's day */
#define NUMBERS_MOST 200000 /* of one device's day */
#define NUMBERS_STEP 256

void finder_gaps_touch(struct finder_memory *m, int64_t device, int32_t day)
{
	size_t i = 0;

	while (i < m->day_count && !(m->days[i].device == device && m->days[i].day == day))
		i++;
	m->days[i] = (struct finder_day){ device, day, store_clock_boot() };
	m->day_count += i == m->day_count;
}

/* Which word of a name is the device's does not matter here. */
static bool nobody_knows(void *arg, const char *word)
{
	(void)arg, (void)word;
	return false;
}

struct numbers {
	int64_t *list; /* malloc'd */
	size_t count, cap;
	int err;
};

static bool add_number(void *arg, int64_t item, const char *name)
{
	const struct recording_register none = { nobody_knows, nobody_knows, NULL };
	struct numbers *n = arg;
	struct recording r;
	int64_t *more;

	(void)item;
	if (recording_of_name(name, &none, &r) == RECORDING_OTHER || r.sequence < 0)
		return true;
	if (n->count == n->cap) {
		more = realloc(n->list, (n->cap + NUMBERS_STEP) * sizeof *more);
		if (more == NULL) {
			n->err = ENOMEM;
			return false;
		}
		n->list = more;
		n->cap += NUMBERS_STEP;
	}
	n->list[n->count++] = r.sequence;
	return n->count < NUMBERS_MOST;
}

/* The gaps in the sequence numbers that the store has of that day. */
static int gaps_of(struct finder_look *l, const struct finder_day *d,
	struct recording_gap gap[GAPS_MOST], size_t *count)
{
	struct numbers n = { .list = NULL };
	int err = listing_recorded(l->db, d->device, d->day, add_number, &n);

	if (err == 0)
		err = n.err;
	if (err == 0) {
		*count = recording_gaps(n.list, n.count, gap, GAPS_MOST);
		*count = *count < GAPS_MOST ? *count : GAPS_MOST;
	}
	free(n.list);
	return err;
}

static void gap_finding(struct finder_look *l, const struct finder_day *d, int64_t from, int64_t to,
	struct finding *f)
{
	struct device device;

	*f = (struct finding)FINDING_NEW(FINDING_GAP);
	f->device = d->device;
	f->day = d->day;
	f->low = from;
	f->high = to;
	if (catalog_device(l->db, d->device, &device) == 0)
		f->unit = device.unit;
	snprintf(f->key, sizeof f->key, "%lld:%d:%lld-%lld", (long long)d->device, d->day,
		(long long)from, (long long)to);
}

/* The findings about a day, compared with the gaps it has now. */
struct settling {
	struct finder_look *l;
	const struct finder_day *day;
	const struct recording_gap *gap;
	size_t gaps;
	int err;
};

/* Settles a finding whose gap has closed or changed. */
static bool settle_if_gone(void *arg, int64_t low, int64_t high)
{
	struct settling *s = arg;
	struct finding f;

	for (size_t i = 0; i < s->gaps; i++)
		if (s->gap[i].from == low && s->gap[i].to == high)
			return true;
	gap_finding(s->l, s->day, low, high, &f);
	s->err = finder_found(s->l, &f, true);
	return s->err == 0;
}

static int look_at_day(struct finder_look *l, const struct finder_day *d)
{
	struct recording_gap gap[GAPS_MOST];
	struct settling s = { .l = l, .day = d, .gap = gap };
	struct finding f;
	int err = gaps_of(l, d, gap, &s.gaps);

	if (err == 0)
		err = findings_gaps(l->db, d->device, d->day, settle_if_gone, &s);
	if (err == 0)
		err = s.err;
	for (size_t i = 0; i < s.gaps && err == 0; i++) {
		gap_finding(l, d, gap[i].from, gap[i].to, &f);
		err = finder_found(l, &f, false);
	}
	return err;
}

int finder_gaps(struct finder_look *l, bool all)
{
	struct finder_memory *m = l->memory;
	int64_t now = store_clock_boot();
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < m->day_count && err == 0; i++)
		if (all || now - m->days[i].touched >= QUIET_MS)
			err = look_at_day(l, &m->days[i]);
		else
			m->days[kept++] = m->days[i];
	m->day_count = kept;
	return err;
}
