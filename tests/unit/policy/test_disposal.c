/* What may be disposed of, and who says so. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "policy/disposal.h"
#include "policy/role.h"

#define UNIT 7
#define NOW INT64_C(1709222400000)

static const struct allowed_row {
	const char *what;
	struct term term;
	bool held;
	enum reason want;
} allowed[] = {
	{ "nothing keeps it", { .at_least = 0 }, false, REASON_NONE },
	{ "the term ended just now", { .at_least = NOW }, false, REASON_NONE },
	{ "a millisecond is left", { .at_least = NOW + 1 }, false, REASON_RETAINED },
	{ "its case is open", { .at_least = 1, .open = true, .in_case = true }, false,
		REASON_TERM_OPEN },
	{ "evidence without a case", { .follows = true }, false, REASON_TERM_OPEN },
	{ "evidence whose case is over", { .at_least = NOW, .follows = true, .in_case = true },
		false, REASON_NONE },
	{ "permanent", { .permanent = true }, false, REASON_TERM_PERMANENT },
	{ "permanent, and a case is open", { .permanent = true, .open = true }, false,
		REASON_TERM_PERMANENT },
	{ "over, and held", { .at_least = NOW }, true, REASON_HELD },
	{ "not over, and held", { .at_least = NOW + 1 }, true, REASON_HELD },
	{ "permanent, and held", { .permanent = true }, true, REASON_HELD },
	{ "never sealed, and held", { .at_least = 0 }, true, REASON_HELD },
};

START_TEST(what_may_go)
{
	ck_assert_msg(disposal_allows(&allowed[_i].term, allowed[_i].held, NOW) == allowed[_i].want,
		"%s: %s", allowed[_i].what,
		reason_name(disposal_allows(&allowed[_i].term, allowed[_i].held, NOW)));
	ck_assert_int_eq(disposal_alone(&allowed[_i].term, allowed[_i].held, NOW),
		allowed[_i].want == REASON_NONE ? REASON_PROCEDURE : allowed[_i].want);
}
END_TEST

static const struct propose_row {
	int64_t id;
	unsigned roles;
	int64_t own_unit, unit;
	enum reason want;
} propose[] = {
	{ 0, ROLE_ALL, UNIT, UNIT, REASON_NOBODY },
	{ 1, ROLE_CUSTODIAN, UNIT, UNIT, REASON_NONE },
	{ 1, ROLE_CUSTODIAN | ROLE_OFFICER, UNIT, UNIT, REASON_NONE },
	{ 1, ROLE_CUSTODIAN, UNIT, UNIT + 1, REASON_NOT_CUSTODIAN },
	{ 1, ROLE_CUSTODIAN, 0, UNIT, REASON_NOT_CUSTODIAN },
	{ 1, ROLE_CUSTODIAN, UNIT, 0, REASON_NONE },
	{ 1, ROLE_ALL & ~ROLE_CUSTODIAN, UNIT, UNIT, REASON_NO_ROLE },
	{ 1, ROLE_ALL & ~ROLE_CUSTODIAN, UNIT, 0, REASON_NO_ROLE },
};

START_TEST(who_proposes)
{
	const struct propose_row *r = &propose[_i];
	struct person p = { .id = r->id, .roles = r->roles, .unit = r->own_unit };

	ck_assert_int_eq(disposal_may_propose(&p, r->unit), r->want);
}
END_TEST

static const struct decide_row {
	int64_t id, proposer;
	unsigned roles;
	bool own;
	enum reason want;
} decide[] = {
	{ 0, 1, ROLE_ALL, false, REASON_NOBODY },
	{ 0, 0, ROLE_ALL, false, REASON_NOBODY },
	{ 1, 1, ROLE_ALL, false, REASON_SECOND_PERSON },
	{ 1, 1, 0, true, REASON_SECOND_PERSON },
	{ 2, 1, ROLE_APPROVER, false, REASON_NONE },
	{ 2, 1, ROLE_LEGAL, false, REASON_NONE },
	{ 2, 1, ROLE_ALL & ~(ROLE_APPROVER | ROLE_LEGAL), false, REASON_NO_ROLE },
	{ 2, 1, 0, true, REASON_NO_ROLE },
	{ 2, 1, ROLE_APPROVER, true, REASON_OWN_RECORDING },
	{ 2, 1, ROLE_ALL, true, REASON_OWN_RECORDING },
};

START_TEST(who_decides)
{
	const struct decide_row *r = &decide[_i];
	struct person p = { .id = r->id, .roles = r->roles };

	ck_assert_int_eq(disposal_may_decide(&p, r->proposer, r->own), r->want);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(disposal_state_name(DISPOSAL_STOPPED), "stopped");
	ck_assert_str_eq(disposal_state_name(DISPOSAL_STATE_COUNT), "unknown");
	for (int s = 0; s < DISPOSAL_STATE_COUNT; s++) {
		ck_assert_ptr_nonnull(disposal_state_name((enum disposal_state)s));
		ck_assert_int_eq(disposal_state_open((enum disposal_state)s),
			s == DISPOSAL_PROPOSED || s == DISPOSAL_APPROVED);
	}
	for (int e = 0; e < ERASURE_COUNT; e++)
		ck_assert_int_eq(erasure_parse(erasure_name((enum erasure)e)), e);
	ck_assert_str_eq(erasure_name(ERASURE_COUNT), "unknown");
	ck_assert_int_eq(erasure_parse("burnt"), ERASURE_COUNT);
}
END_TEST

#define ROWS(table) (int)(sizeof table / sizeof table[0])

int main(void)
{
	Suite *s = suite_create("disposal");
	TCase *c = tcase_create("disposal");
	SRunner *r;
	int failed;

	tcase_add_loop_test(c, what_may_go, 0, ROWS(allowed));
	tcase_add_loop_test(c, who_proposes, 0, ROWS(propose));
	tcase_add_loop_test(c, who_decides, 0, ROWS(decide));
	tcase_add_test(c, names);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
