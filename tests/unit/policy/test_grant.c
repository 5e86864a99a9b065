/* Approval to read: who, in which state, when, and how often; and who decides. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/grant.h"
#include "policy/role.h"

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

#define ANN 11 /* the applicant */
#define BEA 12
#define FROM 1000
#define TO 2000

static const struct open_row {
	const char *what;
	int64_t person;
	enum grant_state state;
	int64_t wall, clock;
	int64_t opens, used;
	enum reason allows, continues;
} opens[] = {
	{ "live", ANN, GRANT_APPROVED, 1500, 1500, 0, 0, REASON_NONE, REASON_NONE },
	{ "the first instant", ANN, GRANT_APPROVED, FROM, FROM, 0, 0, REASON_NONE, REASON_NONE },
	{ "just before", ANN, GRANT_APPROVED, FROM - 1, FROM - 1, 0, 0, REASON_GRANT_EARLY,
		REASON_GRANT_EARLY },
	{ "before by the wall alone", ANN, GRANT_APPROVED, FROM - 1, FROM, 0, 0, REASON_GRANT_EARLY,
		REASON_GRANT_EARLY },
	{ "the compliance clock lags", ANN, GRANT_APPROVED, FROM, FROM - 1, 0, 0, REASON_NONE,
		REASON_NONE },
	{ "the last instant", ANN, GRANT_APPROVED, TO - 1, TO - 1, 0, 0, REASON_NONE, REASON_NONE },
	{ "the end", ANN, GRANT_APPROVED, TO, TO, 0, 0, REASON_GRANT_OVER, REASON_GRANT_OVER },
	{ "over by the wall alone", ANN, GRANT_APPROVED, TO, TO - 1, 0, 0, REASON_GRANT_OVER,
		REASON_GRANT_OVER },
	{ "wall turned back, over by the compliance clock", ANN, GRANT_APPROVED, 1500, TO, 0, 0,
		REASON_GRANT_OVER, REASON_GRANT_OVER },
	{ "wall turned back before its beginning", ANN, GRANT_APPROVED, 1, TO, 0, 0,
		REASON_GRANT_EARLY, REASON_GRANT_EARLY },

	{ "one of one open left", ANN, GRANT_APPROVED, 1500, 1500, 1, 0, REASON_NONE, REASON_NONE },
	{ "one of three opens left", ANN, GRANT_APPROVED, 1500, 1500, 3, 2, REASON_NONE,
		REASON_NONE },
	{ "opens used up; what is open goes on", ANN, GRANT_APPROVED, 1500, 1500, 3, 3,
		REASON_GRANT_USED, REASON_NONE },
	{ "more than used up", ANN, GRANT_APPROVED, 1500, 1500, 3, 4, REASON_GRANT_USED,
		REASON_NONE },
	{ "any number", ANN, GRANT_APPROVED, 1500, 1500, 0, 1000000, REASON_NONE, REASON_NONE },
	{ "a number that makes no sense", ANN, GRANT_APPROVED, 1500, 1500, -1, 0, REASON_GRANT_USED,
		REASON_NONE },
	{ "over is judged before used", ANN, GRANT_APPROVED, TO, TO, 1, 1, REASON_GRANT_OVER,
		REASON_GRANT_OVER },

	{ "pending", ANN, GRANT_PENDING, 1500, 1500, 0, 0, REASON_GRANT_PENDING,
		REASON_GRANT_PENDING },
	{ "denied", ANN, GRANT_DENIED, 1500, 1500, 0, 0, REASON_GRANT_DENIED, REASON_GRANT_DENIED },
	{ "revoked", ANN, GRANT_REVOKED, 1500, 1500, 0, 0, REASON_GRANT_REVOKED,
		REASON_GRANT_REVOKED },
	{ "the state is judged before the time", ANN, GRANT_REVOKED, TO, TO, 1, 1,
		REASON_GRANT_REVOKED, REASON_GRANT_REVOKED },
	{ "no such state", ANN, GRANT_STATE_COUNT, 1500, 1500, 0, 0, REASON_NO_GRANT,
		REASON_NO_GRANT },

	{ "someone else's", BEA, GRANT_APPROVED, 1500, 1500, 0, 0, REASON_NO_GRANT,
		REASON_NO_GRANT },
	{ "someone else's is judged before its state", BEA, GRANT_PENDING, TO, TO, 1, 1,
		REASON_NO_GRANT, REASON_NO_GRANT },
	{ "nobody", 0, GRANT_APPROVED, 1500, 1500, 0, 0, REASON_NO_GRANT, REASON_NO_GRANT },
};

START_TEST(opening)
{
	const struct open_row *t = &opens[_i];
	struct grant g = {
		.id = 1,
		.applicant = ANN,
		.state = t->state,
		.from = FROM,
		.to = TO,
		.opens = t->opens,
		.used = t->used,
	};
	enum reason r = grant_allows(&g, t->person, t->wall, t->clock);

	ck_assert_msg(r == t->allows, "%s: %s", t->what, reason_name(r));
	r = grant_continues(&g, t->person, t->wall, t->clock);
	ck_assert_msg(r == t->continues, "%s, open already: %s", t->what, reason_name(r));
}
END_TEST

START_TEST(a_grant_to_nobody_allows_nobody)
{
	struct grant g = { .applicant = 0, .state = GRANT_APPROVED, .from = FROM, .to = TO };

	ck_assert_int_eq(grant_allows(&g, 0, 1500, 1500), REASON_NO_GRANT);
	ck_assert_int_eq(grant_continues(&g, 0, 1500, 1500), REASON_NO_GRANT);
}
END_TEST

/* From what says least to what says most. */
static const enum reason telling[] = {
	REASON_NONE,
	REASON_NO_GRANT,
	REASON_GRANT_DENIED,
	REASON_GRANT_OVER,
	REASON_GRANT_USED,
	REASON_GRANT_REVOKED,
	REASON_GRANT_PENDING,
	REASON_GRANT_EARLY,
	REASON_NO_ROLE,
};

START_TEST(more_telling)
{
	for (int a = 0; a < N(telling); a++) {
		for (int b = 0; b < N(telling); b++)
			ck_assert_int_eq(
				grant_more_telling(telling[a], telling[b]), telling[a > b ? a : b]);
	}
	ck_assert_int_eq(grant_more_telling(REASON_HIDDEN, REASON_NO_ROLE), REASON_HIDDEN);
}
END_TEST

static const struct {
	const char *what;
	int64_t who;
	unsigned roles;
	bool own_deposit;
	enum reason reason;
} decisions[] = {
	{ "approver", BEA, ROLE_APPROVER, false, REASON_NONE },
	{ "approver with other roles", BEA, ROLE_APPROVER | ROLE_OFFICER, false, REASON_NONE },
	{ "all other roles", BEA, ROLE_ALL & ~ROLE_APPROVER, false, REASON_NO_ROLE },
	{ "no role", BEA, 0, false, REASON_NO_ROLE },
	{ "the applicant, an approver", ANN, ROLE_APPROVER, false, REASON_SELF_APPROVAL },
	{ "the applicant, with every role", ANN, ROLE_ALL, true, REASON_SELF_APPROVAL },
	{ "the applicant, no approver", ANN, ROLE_OFFICER, false, REASON_SELF_APPROVAL },
	{ "the depositor, an approver", BEA, ROLE_APPROVER | ROLE_OFFICER, true,
		REASON_SELF_APPROVAL },
	{ "the depositor, no approver", BEA, ROLE_OFFICER, true, REASON_NO_ROLE },
	{ "nobody", 0, ROLE_ALL, false, REASON_NO_ROLE },
};

START_TEST(deciding)
{
	struct grant g = { .id = 1, .applicant = ANN, .state = GRANT_PENDING };
	struct person who = { .id = decisions[_i].who, .roles = decisions[_i].roles };
	enum reason r = grant_may_decide(&g, &who, decisions[_i].own_deposit);

	ck_assert_msg(r == decisions[_i].reason, "%s: %s", decisions[_i].what, reason_name(r));
}
END_TEST

START_TEST(names_of_states)
{
	static const char *const names[] = { "pending", "approved", "denied", "revoked" };

	ck_assert_int_eq(N(names), GRANT_STATE_COUNT);
	for (int s = 0; s < GRANT_STATE_COUNT; s++) {
		ck_assert_str_eq(grant_state_name((enum grant_state)s), names[s]);
		ck_assert_int_eq(grant_state_parse(names[s]), s);
	}
	ck_assert_str_eq(grant_state_name(GRANT_STATE_COUNT), "unknown");
	ck_assert_int_eq(grant_state_parse("unknown"), GRANT_STATE_COUNT);
	ck_assert_int_eq(grant_state_parse(""), GRANT_STATE_COUNT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy grant");
	TCase *grants = tcase_create("grants");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(grants, opening, 0, N(opens));
	tcase_add_test(grants, a_grant_to_nobody_allows_nobody);
	tcase_add_test(grants, more_telling);
	tcase_add_loop_test(grants, deciding, 0, N(decisions));
	tcase_add_test(grants, names_of_states);
	suite_add_tcase(suite, grants);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
