/* custody-dockd: what is read from the answers of custody deposit. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/dockd/answer.h"

#define PATH "/dock/a.mp4"

static const struct {
	const char *row;
	enum outcome outcome;
} rows[] = {
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"deposited\",\"reason\":null}", OUTCOME_DONE },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"duplicate\"}", OUTCOME_DONE },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"refused\",\"reason\":\"nobody\"}",
		OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"refused\",\"reason\":\"changed\"}",
		OUTCOME_CHANGED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"unplaced\",\"reason\":\"no-device\"}",
		OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"failed\",\"reason\":\"read-error\"}",
		OUTCOME_FAILED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"failed\"}", OUTCOME_FAILED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"failed\",\"reason\":\"mismatch\"}",
		OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"failed\",\"reason\":\"damaged\"}",
		OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"what\"}", OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":7}", OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/b.mp4\",\"status\":\"deposited\"}", OUTCOME_REFUSED },
	{ "[]", OUTCOME_REFUSED },
	{ "{\"source\":\"/dock/b.mp4\"},{\"source\":\"/dock/a.mp4\",\"status\":\"deposited\"}",
		OUTCOME_DONE },
	{ "{\"source\":\"/dock/a.mp4\",\"status\":\"deposited\"},{\"source\":\"/dock/"
	  "a.mp4\",\"status\":\"refused\"}",
		OUTCOME_UNANSWERED },
};

START_TEST(test_answers)
{
	char text[512];
	const json_t *found;
	struct verdict v;
	json_t *answer;
	snprintf(text, sizeof text, "{\"files\":[%s]}", rows[_i].row);
	answer = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(answer);
	answer_verdict(answer, PATH, &v, &found);
	ck_assert_msg(v.outcome == rows[_i].outcome, "%s", rows[_i].row);
	ck_assert(v.outcome == OUTCOME_UNANSWERED || v.status);
	json_decref(answer);
}
END_TEST

START_TEST(test_no_answer)
{
	static const char *const none[] = { "{}", "{\"files\":7}",
		"{\"ok\":false,\"errno\":\"EIO\"}", "[]" };
	const json_t *row;
	struct verdict v;
	answer_verdict(NULL, PATH, &v, &row);
	ck_assert_int_eq(v.outcome, OUTCOME_UNANSWERED);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		json_t *answer = json_loads(none[i], 0, NULL);
		answer_verdict(answer, PATH, &v, &row);
		ck_assert_int_eq(v.outcome, OUTCOME_UNANSWERED);
		json_decref(answer);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dockd_answer");
	TCase *t = tcase_create("answer");
	SRunner *r;
	int failed;
	tcase_add_loop_test(t, test_answers, 0, sizeof rows / sizeof rows[0]);
	tcase_add_test(t, test_no_answer);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
