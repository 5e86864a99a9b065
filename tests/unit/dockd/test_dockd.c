/* custody-dockd: when a file is ready, and what follows from what became of it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/dockd/files.h"

#define QUIET 1000
#define RETRY 60000
#define PATH "/dock/a.mp4"
#define FAR INT64_C(1000000000)

static struct files files;
static struct look shown;

static void setup(void)
{
	files_begin(&files, QUIET, RETRY);
	shown = (struct look){
		.there = true, .stamp = { .ino = 1, .size = 10 }, .writers = WRITERS_NONE
	};
}

static void teardown(void)
{
	files_end(&files);
}

static void look(void *arg, const struct file *file, struct look *out)
{
	(void)arg;
	(void)file;
	*out = shown;
}

static void see(const char *path, bool closed, int64_t now)
{
	const struct sighting s = { .path = path,
		.stamp = shown.there ? &shown.stamp : NULL,
		.closed = closed,
		.walk = 1 };
	ck_assert_int_eq(files_seen(&files, &s, now), 0);
}

static void pass(int64_t now)
{
	files_due(&files, now, look, NULL);
}

/* The state of the only file; FILE_STATES: there is no file. */
static enum file_state state(void)
{
	enum file_state found = FILE_STATES;
	for (int i = 0; i < FILE_STATES; i++) {
		size_t n = 0;
		struct file *f;
		TAILQ_FOREACH(f, &files.list[i], link)
			n++;
		ck_assert_uint_eq(n, files.count[i]);
		if (n != 0)
			found = (enum file_state)i;
	}
	return found;
}

static struct file *take(void)
{
	struct file *f = NULL;
	ck_assert_uint_eq(files_take(&files, &f, 1, UINT64_MAX), 1);
	return f;
}

START_TEST(test_settles)
{
	see(PATH, false, 0);
	pass(QUIET - 1);
	ck_assert_int_eq(state(), FILE_WAITING);
	ck_assert_int_eq(files_next(&files), QUIET);
	pass(QUIET);
	ck_assert_int_eq(state(), FILE_READY);
	ck_assert_int_eq(files_next(&files), INT64_MAX);
}
END_TEST

START_TEST(test_grows)
{
	see(PATH, false, 0);
	shown.stamp.size = 20;
	pass(QUIET); /* it grew without an event */
	ck_assert_int_eq(state(), FILE_WAITING);
	shown.stamp.mtime.tv_nsec = 1;
	see(PATH, false, QUIET + 500); /* with an event */
	pass(2 * QUIET);
	ck_assert_int_eq(state(), FILE_WAITING);
	see(PATH, true, 2 * QUIET); /* closed without a change: somebody had it open */
	pass(3 * QUIET - 1);
	ck_assert_int_eq(state(), FILE_WAITING);
	pass(3 * QUIET);
	ck_assert_int_eq(state(), FILE_READY);
	shown.stamp.size = 30;
	see(PATH, false, 3 * QUIET);
	ck_assert_int_eq(state(), FILE_WAITING);
}
END_TEST

START_TEST(test_writers)
{
	see(PATH, false, 0);
	shown.writers = WRITERS_SOME;
	for (int i = 1; i < 5; i++) {
		pass(i * QUIET);
		ck_assert_int_eq(state(), FILE_WAITING);
	}
	shown.writers = WRITERS_UNKNOWN;
	pass(5 * QUIET);
	ck_assert_int_eq(state(), FILE_WAITING);
	pass(6 * QUIET);
	ck_assert_int_eq(state(), FILE_READY);
}
END_TEST

START_TEST(test_empty)
{
	shown.stamp.size = 0;
	see(PATH, true, 0);
	pass(10 * QUIET - 1);
	ck_assert_int_eq(state(), FILE_WAITING);
	pass(10 * QUIET);
	ck_assert_int_eq(state(), FILE_READY);
}
END_TEST

START_TEST(test_goes)
{
	see(PATH, false, 0);
	shown.there = false;
	see("/dock/never.mp4", false, 0);
	pass(QUIET);
	ck_assert_int_eq(state(), FILE_STATES);
	shown.there = true;
	see(PATH, false, 0);
	files_walked(&files, 0, 1);
	ck_assert_int_eq(state(), FILE_WAITING);
	files_walked(&files, 1, 2); /* the walk of another folder */
	ck_assert_int_eq(state(), FILE_WAITING);
	files_walked(&files, 0, 2);
	ck_assert_int_eq(state(), FILE_STATES);
}
END_TEST

START_TEST(test_unfinished)
{
	see("/dock/a.mp4.part", true, 0);
	pass(FAR);
	ck_assert_int_eq(state(), FILE_UNFINISHED);
	ck_assert_int_eq(files_next(&files), INT64_MAX);
}
END_TEST

static void become(const struct verdict *v, enum file_state want, bool news, int64_t now)
{
	struct file *f = take();
	ck_assert_int_eq(files_verdict(&files, f, v, now, 7), news);
	ck_assert_int_eq(state(), want);
}

START_TEST(test_done)
{
	see(PATH, false, 0);
	pass(QUIET);
	become(&(struct verdict){ .outcome = OUTCOME_DONE, .status = "deposited" }, FILE_DONE, true,
		QUIET);
	see(PATH, true, 2 * QUIET);
	pass(FAR);
	ck_assert_int_eq(state(), FILE_DONE);
	files_again(&files, FAR);
	ck_assert_int_eq(state(), FILE_WAITING);
	pass(FAR + QUIET);
	become(&(struct verdict){ .outcome = OUTCOME_DONE, .status = "duplicate" }, FILE_DONE, true,
		FAR);
	shown.stamp.ctime.tv_sec = 1;
	see(PATH, false, FAR);
	ck_assert_int_eq(state(), FILE_WAITING);
}
END_TEST

/* Reported once; tried again at once when it changes, else after a wait that doubles each time. */
START_TEST(test_refused)
{
	const struct verdict v = { OUTCOME_REFUSED, "refused", "device-unknown", "text" };
	int64_t now = QUIET, wait = RETRY;
	see(PATH, false, 0);
	pass(now);
	for (int i = 0; i < 20; i++) {
		become(&v, FILE_TROUBLE, i == 0, now);
		ck_assert_int_eq(files_next(&files), now + wait);
		pass(now + wait - 1);
		ck_assert_int_eq(state(), FILE_TROUBLE);
		pass(now += wait);
		ck_assert_int_eq(state(), FILE_READY);
		wait = 2 * wait < 6 * 3600 * 1000 ? 2 * wait : 6 * 3600 * 1000;
	}
	become(&(struct verdict){ OUTCOME_REFUSED, "refused", "not-certified", "text" },
		FILE_TROUBLE, true, now);
	ck_assert_int_eq(TAILQ_FIRST(&files.list[FILE_TROUBLE])->since, 7);
	ck_assert_str_eq(TAILQ_FIRST(&files.list[FILE_TROUBLE])->reason, "not-certified");
	shown.stamp.size++;
	see(PATH, false, now);
	ck_assert_int_eq(state(), FILE_WAITING);
	pass(now + QUIET);
	ck_assert_int_eq(state(), FILE_READY);
}
END_TEST

START_TEST(test_failed)
{
	const struct verdict failed = { OUTCOME_FAILED, "failed", "write-error", "text" };
	see(PATH, false, 0);
	pass(QUIET);
	become(&failed, FILE_TROUBLE, true, QUIET);
	ck_assert_int_eq(files_next(&files), QUIET + 10000);
	files_retry(&files, true, QUIET);
	pass(QUIET);
	become(&(struct verdict){ OUTCOME_REFUSED, "refused", "nobody", "text" }, FILE_TROUBLE,
		true, QUIET);
	files_retry(&files, true, QUIET);
	pass(QUIET);
	ck_assert_int_eq(state(), FILE_TROUBLE);
	files_retry(&files, false, QUIET);
	pass(QUIET);
	ck_assert_int_eq(state(), FILE_READY);
	become(&(struct verdict){ OUTCOME_CHANGED, "refused", "changed", "text" }, FILE_WAITING,
		false, QUIET);
}
END_TEST

START_TEST(test_running)
{
	const struct verdict done = { .outcome = OUTCOME_DONE, .status = "deposited" };
	struct file *f;
	see(PATH, false, 0);
	pass(QUIET);
	f = take();
	shown.stamp.size++; /* it is still written while it is deposited */
	see(PATH, false, QUIET);
	files_walked(&files, 0, 9);
	ck_assert_int_eq(state(), FILE_RUNNING);
	ck_assert(!files_verdict(&files, f, &done, QUIET, 0));
	ck_assert_int_eq(state(), FILE_WAITING);
	pass(2 * QUIET);
	f = take();
	shown.there = false; /* deposited, and removed by the deposit */
	see(PATH, false, QUIET);
	ck_assert_int_eq(state(), FILE_RUNNING);
	ck_assert(files_verdict(&files, f, &done, QUIET, 0));
	ck_assert_int_eq(state(), FILE_STATES);
}
END_TEST

START_TEST(test_taking)
{
	struct file *out[8];
	char path[32];
	for (int i = 0; i < 6; i++) {
		snprintf(path, sizeof path, "/dock/%d.mp4", i);
		ck_assert_int_eq(
			files_seen(&files,
				&(struct sighting){
					.path = path, .dock = i == 1, .stamp = &shown.stamp },
				0),
			0);
	}
	pass(QUIET);
	ck_assert_uint_eq(files_take(&files, out, 8, 30), 3); /* of 10 bytes each */
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(out[i]->dock, 0);
	files_verdict(&files, out[0], &(struct verdict){ .outcome = OUTCOME_UNANSWERED }, 0, 0);
	ck_assert_uint_eq(files_take(&files, out, 8, 5),
		1); /* more than 5 bytes, but at least one file is taken */
	ck_assert_uint_eq(out[0]->dock, 1);
	ck_assert_uint_eq(
		files_take(&files, out, 8, UINT64_MAX), 2); /* the one that had no answer waits */
	ck_assert_uint_eq(files_take(&files, out, 8, UINT64_MAX), 1); /* and goes alone */
	ck_assert(out[0]->alone);
	ck_assert_uint_eq(files_take(&files, out, 8, UINT64_MAX), 0);
}
END_TEST

static const struct {
	const char *name;
	bool ignored, unfinished;
} names[] = {
	{ "WS00017_083017_20230314093012_0001.mp4", false, false },
	{ "part", false, false },
	{ "a.partx", false, false },
	{ "记录.mp4", false, false },
	{ "a.mp4.part", false, true },
	{ "a.PART", false, true },
	{ "a.mp4.filepart", false, true },
	{ "a.tmp", false, true },
	{ "a.docx~", false, true },
	{ "~$a.docx", true, true },
	{ "~a.docx", false, true },
	{ "a.mp4.crdownload", false, true },
	{ ".a.mp4.Xy12Zz", true, false },
	{ ".", true, false },
	{ "Thumbs.db", true, false },
	{ "thumbs.DB", true, false },
	{ "ehthumbs_vista.db", true, false },
	{ "System Volume Information", true, false },
};

START_TEST(test_names)
{
	ck_assert_msg(
		files_ignored_name(names[_i].name) == names[_i].ignored, "%s", names[_i].name);
	ck_assert_msg(files_unfinished_name(names[_i].name) == names[_i].unfinished, "%s",
		names[_i].name);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dockd");
	TCase *t = tcase_create("files");
	SRunner *r;
	int failed;
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_settles);
	tcase_add_test(t, test_grows);
	tcase_add_test(t, test_writers);
	tcase_add_test(t, test_empty);
	tcase_add_test(t, test_goes);
	tcase_add_test(t, test_unfinished);
	tcase_add_test(t, test_done);
	tcase_add_test(t, test_refused);
	tcase_add_test(t, test_failed);
	tcase_add_test(t, test_running);
	tcase_add_test(t, test_taking);
	tcase_add_loop_test(t, test_names, 0, sizeof names / sizeof names[0]);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
