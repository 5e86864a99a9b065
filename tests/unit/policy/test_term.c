/* How long an item is kept: bonds, and the longest of them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/term.h"

#define ZONE 480

static int32_t day(const char *text)
{
	int32_t d;

	ck_assert(day_parse(text, &d));
	return d;
}

static int64_t at(const char *text)
{
	int64_t ms;

	ck_assert(instant_parse(text, ZONE, &ms));
	return ms;
}

static struct bond class_bond(enum class_kind kind, int months)
{
	return (struct bond){ .kind = BOND_CLASS,
		.from = BOND_FROM_ITEM,
		.rule = { "some", kind, months },
		.closed = DAY_NONE };
}

static struct bond case_bond(int months, int32_t closed)
{
	return (struct bond){ .kind = BOND_CASE,
		.from = BOND_FROM_CASE,
		.rule = { "case", CLASS_CLOSED, months },
		.closed = closed };
}

START_TEST(six_months_of_a_month_end)
{
	struct term t = TERM_NONE;
	struct bond b = class_bond(CLASS_RECORDED, 6);

	term_add(&t, &b, day("2023-08-31"), ZONE);
	ck_assert_int_eq(term_until(&t), at("2024-03-01"));
	ck_assert(term_locked(&t, at("2024-03-01") - 1));
	ck_assert(!term_locked(&t, at("2024-03-01")));
}
END_TEST

START_TEST(evidence_waits_for_its_case)
{
	struct term t = TERM_NONE, u = TERM_NONE;
	struct bond evidence = class_bond(CLASS_CASE, 0), open = case_bond(120, DAY_NONE),
		    closed = case_bond(120, day("2024-05-05"));

	term_add(&t, &evidence, day("2023-08-31"), ZONE);
	ck_assert(term_pending(&t));
	ck_assert_int_eq(term_until(&t), INSTANT_NEVER);
	term_add(&u, &open, day("2023-08-31"), ZONE);
	term_add(&u, &evidence, day("2023-08-31"), ZONE);
	ck_assert(term_pending(&u));
	ck_assert_int_eq(u.by.kind, BOND_CASE);
	u = (struct term)TERM_NONE;
	term_add(&u, &closed, day("2023-08-31"), ZONE);
	term_add(&u, &evidence, day("2023-08-31"), ZONE);
	ck_assert(!term_pending(&u));
	ck_assert_int_eq(term_until(&u), at("2034-05-06"));
	ck_assert_int_eq(u.by.kind, BOND_CASE);
}
END_TEST

START_TEST(the_longest_decides)
{
	struct term t = TERM_NONE;
	struct bond six = class_bond(CLASS_RECORDED, 6), year = class_bond(CLASS_RECORDED, 12),
		    always = class_bond(CLASS_PERMANENT, 0);
	struct bond until = { .kind = BOND_UNTIL, .until = at("2030-01-01") };

	term_add(&t, &year, day("2023-08-31"), ZONE);
	ck_assert(!term_lengthens(&t, &six, day("2023-08-31"), ZONE));
	ck_assert(term_lengthens(&t, &until, day("2023-08-31"), ZONE));
	term_add(&t, &six, day("2023-08-31"), ZONE);
	ck_assert_int_eq(term_until(&t), at("2024-09-01"));
	term_add(&t, &until, day("2023-08-31"), ZONE);
	ck_assert_int_eq(term_until(&t), at("2030-01-01"));
	ck_assert_int_eq(t.by.kind, BOND_UNTIL);
	term_add(&t, &always, day("2023-08-31"), ZONE);
	ck_assert_int_eq(term_until(&t), INSTANT_NEVER);
	ck_assert(!term_pending(&t));
	ck_assert(!term_lengthens(&t, &until, day("2023-08-31"), ZONE));
}
END_TEST

/* A calendar of its own: day by day, by the rule of leap years alone, from 2000-01-01, which is day
 * 10957. */
#define FIRST_YEAR 2000
#define YEARS 220
static struct {
	int32_t first;
	int len;
} months[YEARS * 12];

static bool leap(int year)
{
	return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

static void walk(void)
{
	static const char *const lengths = "\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f";
	int32_t at = 10957;

	for (int m = 0; m < YEARS * 12; m++) {
		months[m].first = at;
		months[m].len = lengths[m % 12] + (m % 12 == 1 && leap(FIRST_YEAR + m / 12));
		at += months[m].len;
	}
}

/* Kept through the same day of the month that is so many later, or through the last that it has;
 * free on the next. */
static int32_t free_on(int m, int mday, int term)
{
	int to = m + term;

	return months[to].first + (mday < months[to].len ? mday : months[to].len);
}

/* Every month's end, and every day of February, from 2000 to 2100, for many terms: by another rule,
 * written another way. */
START_TEST(month_ends_and_leap_years)
{
	static const int terms[] = { 1, 2, 3, 5, 6, 7, 11, 12, 13, 18, 23, 24, 36, 48, 60, 119, 120,
		240, 360, 600, 1200 };
	unsigned long checked = 0;

	walk();
	for (int m = 0; m < 101 * 12; m++)
		for (int mday = m % 12 == 1 ? 1 : months[m].len; mday <= months[m].len; mday++)
			for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
				struct term t = TERM_NONE, closed = TERM_NONE;
				struct bond b = class_bond(CLASS_RECORDED, terms[i]),
					    k = case_bond(terms[i], months[m].first + mday - 1);
				int64_t end = (int64_t)free_on(m, mday, terms[i]) * DAY_MS -
					ZONE * INT64_C(60000);

				term_add(&t, &b, months[m].first + mday - 1, ZONE);
				term_add(&closed, &k, months[m].first, ZONE);
				if (term_until(&t) != end || !term_locked(&t, end - 1) ||
					term_locked(&t, end) || term_until(&closed) != end)
					ck_abort_msg("%d-%02d-%02d and %d months",
						FIRST_YEAR + m / 12, m % 12 + 1, mday, terms[i]);
				checked++;
			}
	ck_assert_uint_gt(checked, 60000);
}
END_TEST

/* In whatever order bonds come, the end is the longest of them; and none that is added makes it
 * shorter. */
START_TEST(order_does_not_matter_and_nothing_shortens)
{
	const struct bond all[] = {
		class_bond(CLASS_RECORDED, 6),
		class_bond(CLASS_RECORDED, 24),
		case_bond(12, day("2024-02-29")),
		case_bond(120, DAY_NONE),
		{ .kind = BOND_UNTIL, .from = BOND_FROM_ITEM, .until = at("2026-05-05T12:30") },
		{ .kind = BOND_UNTIL, .until = INSTANT_NEVER },
		class_bond(CLASS_CASE, 0),
		class_bond(CLASS_PERMANENT, 0),
	};
	const unsigned n = sizeof all / sizeof all[0];

	for (unsigned set = 1; set < 1u << n; set++) {
		struct term up = TERM_NONE, down = TERM_NONE;
		int64_t before = 0;

		for (unsigned i = 0; i < n; i++)
			if (set >> i & 1) {
				bool lengthens = term_lengthens(
					     &up, &all[i], day("2023-08-31"), ZONE),
				     was_pending = term_pending(&up), was = up.permanent;

				term_add(&up, &all[i], day("2023-08-31"), ZONE);
				/* a case that is closed ends what waited for one: that is how
				 * evidence gets its end */
				if (!(was_pending && !up.open && all[i].kind == BOND_CASE))
					ck_assert_int_ge(term_until(&up), before);
				ck_assert(!was || (up.permanent && !lengthens));
				if (!lengthens && !was_pending)
					ck_assert_int_eq(term_until(&up), before);
				before = term_until(&up);
			}
		for (unsigned i = n; i-- > 0;)
			if (set >> i & 1)
				term_add(&down, &all[i], day("2023-08-31"), ZONE);
		ck_assert_int_eq(term_until(&up), term_until(&down));
		ck_assert_int_eq(term_pending(&up), term_pending(&down));
		ck_assert_int_eq(up.at_least, down.at_least);
	}
}
END_TEST

START_TEST(what_decides_is_named)
{
	static const struct {
		enum bond_kind kind;
		enum bond_from from;
		const char *basis;
	} rows[] = {
		{ BOND_CLASS, BOND_FROM_ITEM, "class" },
		{ BOND_CASE, BOND_FROM_CASE, "case" },
		{ BOND_UNTIL, BOND_FROM_ITEM, "date" },
		{ BOND_UNTIL, BOND_FROM_FOLDER, "folder" },
		{ BOND_CLASS, BOND_FROM_FOLDER, "folder" },
		{ BOND_UNTIL, BOND_FROM_DEPOSIT, "promise" },
	};
	struct term t = TERM_NONE;
	struct bond b = { .kind = BOND_UNTIL, .until = 0 },
		    past = { .kind = BOND_UNTIL, .from = BOND_FROM_FOLDER, .until = 7 };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		ck_assert_str_eq(
			bond_basis(&(struct bond){ .kind = rows[i].kind, .from = rows[i].from }),
			rows[i].basis);
	ck_assert_int_eq(term_until(&t), 0);
	ck_assert(!term_locked(&t, 0));
	term_add(&t, &b, 0, ZONE);
	term_add(&t, &past, 0, ZONE);
	ck_assert_str_eq(bond_basis(&t.by), "folder");
	term_add(&t, &past, 0, ZONE);
	ck_assert_int_eq(t.at_least, 7);
}
END_TEST

START_TEST(kinds_and_names)
{
	for (int k = 0; k < CLASS_KIND_COUNT; k++)
		ck_assert_int_eq(class_kind_parse(class_kind_name((enum class_kind)k)), k);
	ck_assert_int_eq(class_kind_parse("x"), CLASS_KIND_COUNT);
	ck_assert_str_eq(class_kind_name(CLASS_KIND_COUNT), "unknown");
	ck_assert(class_name_valid("a") && class_name_valid("evidence-30") &&
		class_name_valid("a234567890123456789012345678901"));
	ck_assert(!class_name_valid("") && !class_name_valid("1a") && !class_name_valid("-a") &&
		!class_name_valid("A") && !class_name_valid("a b") &&
		!class_name_valid("a2345678901234567890123456789012") && !class_name_valid("a.b"));
	for (size_t i = 0; i < class_builtin_count; i++) {
		const struct class_rule *r = &class_builtin[i];
		struct term t = TERM_NONE;
		struct bond b = { .kind = BOND_CLASS, .rule = *r, .closed = DAY_NONE };

		term_add(&t, &b, day("2023-08-31"), ZONE);
		ck_assert(class_name_valid(r->name) &&
			class_fits_item(r) == (r->kind != CLASS_CLOSED));
		ck_assert(class_fits_case(r) ==
			(r->kind == CLASS_CLOSED || r->kind == CLASS_PERMANENT));
		ck_assert_int_gt(term_until(&t), at("2024-02-29")); /* never a default of zero */
	}
	/* what is not understood is kept */
	struct term t = TERM_NONE;
	struct bond odd = class_bond(CLASS_KIND_COUNT, 1);

	term_add(&t, &odd, day("2023-08-31"), ZONE);
	ck_assert(t.permanent);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("terms");
	TCase *c = tcase_create("terms");
	SRunner *r;
	int failed;

	tcase_add_test(c, six_months_of_a_month_end);
	tcase_add_test(c, evidence_waits_for_its_case);
	tcase_add_test(c, the_longest_decides);
	tcase_add_test(c, month_ends_and_leap_years);
	tcase_add_test(c, order_does_not_matter_and_nothing_shortens);
	tcase_add_test(c, what_decides_is_named);
	tcase_add_test(c, kinds_and_names);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
