/* Findings: their rules, and what is late. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/finding.h"
#include "policy/role.h"

START_TEST(every_rule)
{
	enum finding_rule r = (enum finding_rule)_i;

	ck_assert_int_eq(finding_rule_parse(finding_rule_name(r)), r);
	ck_assert_int_gt(strlen(finding_rule_text(r)), 40);
	ck_assert_int_eq(finding_reported(r), r == FINDING_KIND || r == FINDING_NAME);
}
END_TEST

START_TEST(no_rule)
{
	ck_assert_int_eq(finding_rule_parse("none"), FINDING_RULE_COUNT);
	ck_assert_str_eq(finding_rule_name(FINDING_RULE_COUNT), "unknown");
	ck_assert_str_eq(finding_rule_text(FINDING_RULE_COUNT), "");
	ck_assert(!finding_reported(FINDING_RULE_COUNT));
}
END_TEST

START_TEST(late)
{
	ck_assert(!finding_late(100, 100, 0));
	ck_assert(finding_late(100, 101, 0));
	ck_assert(!finding_late(100, 101, 1));
	ck_assert(finding_late(100, 102, 1));
	ck_assert(!finding_late(100, 99, 1));
	ck_assert(!finding_late(DAY_NONE, 100, 1));
	ck_assert(!finding_late(INT32_MAX, INT32_MIN + 1, 1));
	ck_assert(finding_late(INT32_MIN + 1, INT32_MAX, 365));
}
END_TEST

START_TEST(who_settles)
{
	const struct person nobody = { .roles = ROLE_ALL },
			    officer = { .id = 1,
				    .roles = ROLE_OFFICER | ROLE_APPROVER | ROLE_AUDITOR };
	const unsigned may[] = { ROLE_CUSTODIAN, ROLE_LEGAL, ROLE_INSPECTOR, ROLE_ADMIN };

	ck_assert_int_eq(finding_may_settle(&nobody), REASON_NOBODY);
	ck_assert_int_eq(finding_may_settle(&officer), REASON_NO_ROLE);
	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
		ck_assert_int_eq(finding_may_settle(&(struct person){ .id = 1, .roles = may[i] }),
			REASON_NONE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("findings");
	TCase *c = tcase_create("rules");
	SRunner *r;
	int failed;

	tcase_add_loop_test(c, every_rule, 0, FINDING_RULE_COUNT);
	tcase_add_test(c, no_rule);
	tcase_add_test(c, late);
	tcase_add_test(c, who_settles);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
