/* Holds and offline copies: names, values, who sets and who releases, when a medium is due. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/calendar.h"
#include "policy/copy.h"
#include "policy/hold.h"
#include "policy/role.h"

#define ROWS(table) (int)(sizeof table / sizeof table[0])

static const struct {
	const char *name;
	bool valid;
} names[] = {
	{ "n1", true },
	{ "投诉-2024_03", true },
	{ "A", true },
	{ "-", true },
	{ "信访", true },
	{ "", false },
	{ "a b", false },
	{ "a.b", false },
	{ "a/b", false },
	{ "a=b", false },
	{ "a;b", false },
	{ "a\nb", false },
	{ "\xff", false },
	{ "012345678901234567890123456789012345678901234567890123456789012", true },
	{ "0123456789012345678901234567890123456789012345678901234567890123", false },
};

START_TEST(a_name)
{
	ck_assert_msg(hold_name_valid(names[_i].name) == names[_i].valid, "%s", names[_i].name);
}
END_TEST

static const struct {
	const char *value;
	enum reason want;
	int ground;
	const char *reason;
} values[] = {
	{ "ground=1", REASON_NONE, 1, "" },
	{ "ground=1;", REASON_NONE, 1, "" },
	{ "  ground=2 ;  ", REASON_NONE, 2, "" },
	{ "\tground=3\n", REASON_NONE, 3, "" },
	{ "ground=1; reason=当事人投诉", REASON_NONE, 1, "当事人投诉" },
	{ "ground=1;reason= blanks around \n", REASON_NONE, 1, "blanks around" },
	{ "ground=4; reason=a; b=c; ground=2", REASON_NONE, 4, "a; b=c; ground=2" },
	{ "ground=2; reason=", REASON_NONE, 2, "" },
	{ "", REASON_HOLD_BAD, 0, NULL },
	{ " ", REASON_HOLD_BAD, 0, NULL },
	{ "reason=x", REASON_HOLD_BAD, 0, NULL },
	{ "reason=x; ground=1", REASON_HOLD_BAD, 0, NULL }, /* the reason takes all that follows */
	{ "ground=0", REASON_HOLD_BAD, 0, NULL },
	{ "ground=5", REASON_HOLD_BAD, 0, NULL },
	{ "ground=12", REASON_HOLD_BAD, 0, NULL },
	{ "ground=", REASON_HOLD_BAD, 0, NULL },
	{ "ground=1; ground=1", REASON_HOLD_BAD, 0, NULL },
	{ "ground=1; colour=red", REASON_HOLD_BAD, 0, NULL },
	{ "colour=red", REASON_HOLD_BAD, 0, NULL },
	{ "ground=1;;", REASON_HOLD_BAD, 0, NULL },
	{ "ground=4", REASON_HOLD_BAD, 0, NULL },
	{ "ground=4; reason= ", REASON_HOLD_BAD, 0, NULL },
	{ "ground=1; reason=a\001b", REASON_HOLD_BAD, 0, NULL },
	{ "ground=1; reason=\xff", REASON_HOLD_BAD, 0, NULL },
};

START_TEST(a_value)
{
	char reason[HOLD_REASON];
	int ground;

	ck_assert_msg(hold_parse(values[_i].value, strlen(values[_i].value), &ground, reason) ==
			values[_i].want,
		"%s", values[_i].value);
	if (values[_i].want != REASON_NONE)
		return;
	ck_assert_int_eq(ground, values[_i].ground);
	ck_assert_str_eq(reason, values[_i].reason);
}
END_TEST

START_TEST(a_value_of_any_length)
{
	char value[HOLD_VALUE + 100], reason[HOLD_REASON];
	int ground;

	memset(value, 'x', sizeof value);
	memcpy(value, "ground=1; reason=", 17);
	ck_assert_int_eq(hold_parse(value, 17 + HOLD_REASON - 1, &ground, reason), REASON_NONE);
	ck_assert_uint_eq(strlen(reason), HOLD_REASON - 1);
	ck_assert_int_eq(hold_parse(value, 17 + HOLD_REASON, &ground, reason), REASON_HOLD_BAD);
	ck_assert_int_eq(hold_parse(value, sizeof value, &ground, reason), REASON_HOLD_BAD);
	ck_assert_int_eq(hold_parse("ground=1\0; reason=x", 19, &ground, reason), REASON_HOLD_BAD);
	ck_assert_int_eq(hold_parse("ground=1xyz", 8, &ground, reason),
		REASON_NONE); /* so long and no longer */
}
END_TEST

static const struct {
	int64_t id;
	unsigned roles;
	enum reason want;
} setters[] = {
	{ 0, ROLE_ALL, REASON_NOBODY },
	{ 1, ROLE_CUSTODIAN, REASON_NONE },
	{ 1, ROLE_LEGAL, REASON_NONE },
	{ 1, ROLE_ADMIN, REASON_NONE },
	{ 1, ROLE_OFFICER | ROLE_APPROVER | ROLE_INSPECTOR | ROLE_AUDITOR, REASON_NO_ROLE },
	{ 1, 0, REASON_NO_ROLE },
};

START_TEST(who_sets)
{
	ck_assert_int_eq(
		hold_may_set(&(struct person){ .id = setters[_i].id, .roles = setters[_i].roles }),
		setters[_i].want);
}
END_TEST

static const struct {
	int64_t id;
	unsigned roles;
	int64_t set_by, asked_by;
	enum reason want;
} releasers[] = {
	{ 0, ROLE_ALL, 1, 0, REASON_NOBODY },
	{ 0, ROLE_ALL, 0, 0, REASON_NOBODY },
	{ 1, ROLE_ALL, 1, 0, REASON_SECOND_PERSON },
	{ 1, 0, 1, 0, REASON_SECOND_PERSON },
	{ 2, ROLE_LEGAL, 1, 2, REASON_SECOND_PERSON },
	{ 3, ROLE_LEGAL, 1, 2, REASON_NONE },
	{ 3, ROLE_APPROVER, 1, 0, REASON_NONE },
	{ 3, ROLE_ALL & ~(ROLE_LEGAL | ROLE_APPROVER), 1, 0, REASON_NO_ROLE },
};

START_TEST(who_releases)
{
	const struct hold h = { .set_by = releasers[_i].set_by,
		.asked_by = releasers[_i].asked_by };

	ck_assert_int_eq(
		hold_may_release(&h,
			&(struct person){ .id = releasers[_i].id, .roles = releasers[_i].roles }),
		releasers[_i].want);
}
END_TEST

static int64_t at(const char *text)
{
	int64_t ms = 0;

	ck_assert(instant_parse(text, 480, &ms));
	return ms;
}

START_TEST(media)
{
	for (int t = 0; t < COPY_TYPE_COUNT; t++)
		ck_assert_int_eq(copy_type_parse(copy_type_name((enum copy_type)t)), t);
	ck_assert_str_eq(copy_type_name(COPY_TYPE_COUNT), "unknown");
	ck_assert_int_eq(copy_type_parse("floppy"), COPY_TYPE_COUNT);
	ck_assert(medium_valid("WS-BD-2024-003"));
	ck_assert(!medium_valid(""));
	ck_assert(!medium_valid("a\nb"));
	ck_assert(!copy_overdue(at("2024-01-31T10:00"), 1, at("2024-02-29T23:59"), 480));
	ck_assert(copy_overdue(at("2024-01-31T10:00"), 1, at("2024-03-01T00:00"), 480));
	ck_assert(!copy_overdue(at("2024-01-10T00:00"), 12, at("2025-01-11T00:00") - 1, 480));
	ck_assert(copy_overdue(at("2024-01-10T23:59"), 12, at("2025-01-11T00:00"), 480));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("holds");
	TCase *c = tcase_create("holds");
	SRunner *r;
	int failed;

	tcase_add_loop_test(c, a_name, 0, ROWS(names));
	tcase_add_loop_test(c, a_value, 0, ROWS(values));
	tcase_add_test(c, a_value_of_any_length);
	tcase_add_loop_test(c, who_sets, 0, ROWS(setters));
	tcase_add_loop_test(c, who_releases, 0, ROWS(releasers));
	tcase_add_test(c, media);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
