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
	return (struct bond){ .kind = BOND_CLASS, .from = BOND_FROM_ITEM, .rule = { "some", kind, months }, .closed = DAY_NONE };
}

static struct bond case_bond(int months, int32_t closed)
{
	return (struct bond){ .kind = BOND_CASE, .from = BOND_FROM_CASE, .rule = { "case", CLASS_CLOSED, months }, .closed = closed };
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
	struct bond evidence = class_bond(CLASS_CASE, 0), open = case_bond(120, DAY_NONE), closed = case_bond(120, day("2024-05-05"));

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
	struct bond six = class_bond(CLASS_RECORDED, 6), year = class_bond(CLASS_RECORDED, 12), always = class_bond(CLASS_PERMANENT, 0);
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

int main(void)
{
	Suite *s = suite_create("terms");
	TCase *c = tcase_create("terms");
	SRunner *r;
	int failed;

	tcase_add_test(c, six_months_of_a_month_end);
	tcase_add_test(c, evidence_waits_for_its_case);
	tcase_add_test(c, the_longest_decides);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
