/* Gaps in the sequence numbers of a device's day (Q16). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/clock.h"
#include "fs/watch/finder_rules.h"
#include "policy/recording.h"

#define QUIET_MS 60000
#define GAPS_MOST 64        /* told of one device's day */
#define NUMBERS_MOST 200000 /* of one device's day */

bool finder_pending(const struct finder_memory *m)
{
	for (size_t i = 0; i < m->day_count; i++)
		if (!m->days[i].looked)
			return true;
	return m->copies_due && !m->copies_seen;
}

void finder_remember(struct finder_memory *m, bool done)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->day_count; i++)
		if (!done || !m->days[i].looked) {
			m->days[kept] = m->days[i];
			m->days[kept++].looked = false;
		}
	m->day_count = kept;
	m->copies_due &= !(done && m->copies_seen);
	m->copies_seen = false;
}

void finder_forget(struct finder_memory *m)
{
	free(m->days);
	m->days = NULL;
	m->day_count = m->day_cap = 0;
}

int finder_gaps_touch(struct finder_memory *m, int64_t device, int32_t day)
{
	struct finder_day *more;
	size_t i;

	for (i = 0; i < m->day_count && !(m->days[i].device == device && m->days[i].day == day);
		i++)
		;
	if (i == m->day_cap) {
		more = realloc(m->days, (m->day_cap + 256) * sizeof *more);
		if (more == NULL)
			return ENOMEM;
		m->days = more;
		m->day_cap += 256;
	}
	m->days[i] = (struct finder_day){ device, day, boot_now(), false };
	m->day_count += i == m->day_count;
	return 0;
}

/* Which word of a name is the device's does not matter here. */
static bool nobody_knows(void *arg, const char *word)
{
	(void)arg, (void)word;
	return false;
}

/* The sequence numbers that the store has of that day; malloc'd. */
static int numbers_of(
	struct finder_look *l, const struct finder_day *d, int64_t **out, size_t *count)
{
	struct sql_rows *rows = sql_query(l->db,
		"SELECT item.name FROM folder JOIN item ON item.folder=folder.id WHERE "
		"folder.device=? AND folder.day=?"
		" AND item.state IN (1, 4)",
		"ii", d->device, (int64_t)d->day);
	const struct recording_register none = { nobody_knows, nobody_knows, NULL };
	int64_t *list = NULL, *more;
	size_t cap = 0;
	int rc, err = 0;

	*count = 0;
	while (err == 0 && (rc = sql_next(rows)) == 1 && *count < NUMBERS_MOST) {
		struct recording r;

		if (recording_of_name(sql_text(rows, 0), &none, &r) == RECORDING_OTHER ||
			r.sequence < 0)
			continue;
		if (*count == cap) {
			more = realloc(list, (cap + 256) * sizeof *list);
			err = more == NULL ? ENOMEM : 0;
			list = more != NULL ? more : list;
			cap += more != NULL ? 256 : 0;
		}
		if (err == 0)
			list[(*count)++] = r.sequence;
	}
	sql_done(rows);
	if (err == 0 && rc < 0)
		err = -rc;
	if (err != 0) {
		free(list);
		list = NULL;
	}
	*out = list;
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

/* Gaps told of that day before that are none any more, or others now. */
static int settle_old(struct finder_look *l, const struct finder_day *d,
	const struct recording_gap *gap, size_t gaps)
{
	struct sql_rows *rows = sql_query(l->db,
		"SELECT low, high FROM finding WHERE device=? AND day=? AND rule=? AND settled=0",
		"iis", d->device, (int64_t)d->day, finding_rule_name(FINDING_GAP));
	struct finding f;
	size_t i;
	int rc, err = 0;

	while (err == 0 && (rc = sql_next(rows)) == 1) {
		for (i = 0; i < gaps &&
			!(gap[i].from == sql_int(rows, 0) && gap[i].to == sql_int(rows, 1));
			i++)
			;
		if (i < gaps)
			continue;
		gap_finding(l, d, sql_int(rows, 0), sql_int(rows, 1), &f);
		err = finder_found(l, &f, true);
	}
	sql_done(rows);
	return err != 0 ? err : -rc;
}

static int look_at(struct finder_look *l, const struct finder_day *d)
{
	struct recording_gap gap[GAPS_MOST];
	int64_t *numbers;
	struct finding f;
	size_t count, gaps;
	int err = numbers_of(l, d, &numbers, &count);

	if (err != 0)
		return err;
	gaps = recording_gaps(numbers, count, gap, GAPS_MOST);
	free(numbers);
	gaps = gaps < GAPS_MOST ? gaps : GAPS_MOST;
	err = settle_old(l, d, gap, gaps);
	for (size_t i = 0; i < gaps && err == 0; i++) {
		gap_finding(l, d, gap[i].from, gap[i].to, &f);
		err = finder_found(l, &f, false);
	}
	return err;
}

int finder_gaps(struct finder_look *l, bool all)
{
	struct finder_memory *m = l->memory;
	int64_t now = boot_now();
	int err = 0;

	for (size_t i = 0; i < m->day_count && err == 0; i++)
		if (all || now - m->days[i].touched >= QUIET_MS) {
			err = look_at(l, &m->days[i]);
			m->days[i].looked = err == 0;
		}
	return err;
}
