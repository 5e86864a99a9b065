/*
 * What the rules of retention say, told a second time and in another way: lists that are gone
 * through from end to end, and a calendar of its own.  The product is compared with it; it knows
 * nothing of the product's code but the numbers of its classes' kinds.
 */
#ifndef TESTS_UNIT_STORE_RULES_MODEL_H
#define TESTS_UNIT_STORE_RULES_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ITEMS 5
#define CASES 3
#define CLASSES 7 /* names of classes, and of folders: told by their place in a list */
#define FOLDERS 6
#define VERSIONS 32
#define GIVEN 48 /* a class, a floor, a hold: more than a sequence has steps for */
#define MODEL_MONTHS (12 * 1150)

enum model_kind { KIND_RECORDED, KIND_CLOSED, KIND_CASE, KIND_PERMANENT, KIND_ABSENT };

struct model_rule {
	enum model_kind kind;
	int months;
};
struct model_given {
	int class, version;
};

/* 0, -1: any */
struct model_scope {
	int item, kase, unit, device, officer, day, folder;
};
#define MODEL_ANYWHERE                 \
	{                              \
		0, -1, 0, 0, 0, -1, -1 \
	}

struct model_item {
	int unit, device, officer, day, folder; /* day: since 1970 */
	int64_t promised, set;
	struct model_given classes[GIVEN];
	int count;
	bool linked[CASES], sealed, gone; /* linked: or ever was */
};

struct model_case {
	bool there;
	struct model_given classes[GIVEN];
	int count, closed; /* day; 0: open */
	bool alias[FOLDERS];
};

struct model_floor {
	struct model_scope on;
	struct model_given class;
	int64_t until;
};
struct model_hold {
	struct model_scope on;
	int64_t set_by, asked_by;
	bool stands;
};

struct model {
	int offset;                                 /* minutes */
	struct model_rule rules[VERSIONS][CLASSES]; /* from 1 on */
	int version;
	struct model_item items[ITEMS]; /* the id is the place + 1 */
	int item_count;
	struct model_case cases[CASES]; /* its number is the name of folder 1 + its place */
	int64_t case_id[CASES];
	struct model_floor floors[GIVEN];
	int floor_count;
	struct model_hold holds[GIVEN]; /* the id is the place + 1 */
	int hold_count;
};

struct model_answer {
	bool permanent, pending, held;
	int64_t end;
};

/* --- its calendar: the first day of each month since January 1970 --- */

static int month_first[MODEL_MONTHS + 1];

static inline bool model_leap(int year)
{
	static const int not [] = { 2100, 2200, 2300, 2500, 2600, 2700, 2900, 3000, 3100 };

	for (size_t i = 0; i < sizeof not / sizeof not [0]; i++)
		if (year == not [i])
			return false;
	return year % 4 == 0;
}

static inline void model_calendar(void)
{
	static const char lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	for (int m = 0; m < MODEL_MONTHS; m++)
		month_first[m + 1] = month_first[m] + lengths[m % 12] +
			(m % 12 == 1 && model_leap(1970 + m / 12));
}

/* The instant after the last day of so many months from a day on. */
static inline int64_t model_end(int day, int months, int offset)
{
	int m = day / 31, of_month;

	while (month_first[m + 1] <= day)
		m++;
	of_month = day - month_first[m];
	m += months;
	if (of_month >= month_first[m + 1] - month_first[m])
		of_month = month_first[m + 1] - month_first[m] - 1;
	return (int64_t)(month_first[m] + of_month + 1) * 86400000 - (int64_t)offset * 60000;
}

/* --- its rules --- */

static inline bool model_in_case(const struct model *m, const struct model_item *i, int kase)
{
	const struct model_case *k = &m->cases[kase];

	return k->there && (i->folder == kase + 1 || k->alias[i->folder] || i->linked[kase]);
}

static inline bool model_covers(const struct model *m, const struct model_scope *s, int item)
{
	const struct model_item *i = &m->items[item];

	if (s->item != 0 && s->item != item + 1)
		return false;
	if (s->unit != 0 && s->unit != i->unit)
		return false;
	if (s->device != 0 && s->device != i->device)
		return false;
	if (s->officer != 0 && s->officer != i->officer)
		return false;
	if (s->day >= 0 && s->day != i->day)
		return false;
	if (s->folder >= 0 && s->folder != i->folder)
		return false;
	return s->kase < 0 || model_in_case(m, i, s->kase);
}

static inline void model_later(struct model_answer *a, int64_t end)
{
	if (end > a->end)
		a->end = end;
}

/* A class of an item or a floor, in every version since it was given. */
static inline void model_class(const struct model *m, const struct model_item *i,
	struct model_given g, struct model_answer *a, bool *follows)
{
	for (int v = g.version; v <= m->version; v++)
		switch (m->rules[v][g.class].kind) {
		case KIND_RECORDED:
			model_later(a, model_end(i->day, m->rules[v][g.class].months, m->offset));
			break;
		case KIND_CASE:
			*follows = true;
			break;
		case KIND_PERMANENT:
			a->permanent = true;
			break;
		case KIND_CLOSED: /* a case's: what is not understood is kept */
			a->pending = true;
			break;
		case KIND_ABSENT:
			break;
		}
}

static inline void model_of_case(const struct model *m, const struct model_item *i,
	const struct model_case *k, struct model_answer *a)
{
	for (int c = 0; c < k->count; c++)
		for (int v = k->classes[c].version; v <= m->version; v++) {
			struct model_rule r = m->rules[v][k->classes[c].class];

			if (r.kind == KIND_PERMANENT)
				a->permanent = true;
			else if (r.kind == KIND_RECORDED)
				model_later(a, model_end(i->day, r.months, m->offset));
			else if (r.kind == KIND_CLOSED && k->closed == 0)
				a->pending = true;
			else if (r.kind == KIND_CLOSED)
				model_later(a, model_end(k->closed, r.months, m->offset));
		}
}

static inline struct model_answer model_ask(const struct model *m, int item)
{
	const struct model_item *i = &m->items[item];
	struct model_answer a = { .end = i->promised > i->set ? i->promised : i->set };
	bool follows = false, in_case = false;

	for (int c = 0; c < i->count; c++)
		model_class(m, i, i->classes[c], &a, &follows);
	for (int f = 0; f < m->floor_count; f++)
		if (model_covers(m, &m->floors[f].on, item)) {
			if (m->floors[f].class.class >= 0)
				model_class(m, i, m->floors[f].class, &a, &follows);
			model_later(&a, m->floors[f].until);
		}
	for (int k = 0; k < CASES; k++)
		if (model_in_case(m, i, k)) {
			in_case = true;
			model_of_case(m, i, &m->cases[k], &a);
		}
	a.pending |= follows && !in_case;
	a.pending &= !a.permanent;
	for (int h = 0; h < m->hold_count; h++)
		a.held |= m->holds[h].stands && model_covers(m, &m->holds[h].on, item);
	return a;
}

/* What keeps it at an instant, in a word; NULL: nothing does. */
static inline const char *model_keeps(const struct model_answer *a, int64_t now)
{
	if (a->held)
		return "held";
	if (a->permanent || a->pending)
		return a->permanent ? "permanent" : "open";
	return now < a->end ? "retained" : NULL;
}

#endif
