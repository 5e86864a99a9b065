/* What people ask when the disk is ill: what the status says then. */
#include "fs/store/query/query.h"
#include "tests/unit/store/store_fixture.h"

static char path[PATH_SPACE];
static struct store *store;

static void setup(void)
{
	in_place(path, "store");
	make_store(path);
	store = open_store(path, STORE_WRITE);
}

static void teardown(void)
{
	store_close(store);
}

static int ask_status(json_t **answer)
{
	struct person nobody = { .id = 0 };
	struct query q = { .store = store, .db = store->db, .who = &nobody, .all = true };

	*answer = NULL;
	return query_find("status")->fn(&q, NULL, answer);
}

static int fail_usage(void *impl, struct statvfs *out)
{
	(void)impl;
	(void)out;
	return EIO;
}

START_TEST(free_space)
{
	json_t *answer;

	GIVES(0, ask_status(&answer));
	HOLDS(json_is_integer(json_object_get(answer, "free_bytes")));
	json_decref(answer);
}
END_TEST

START_TEST(free_space_is_null_where_the_disk_cannot_say)
{
	const struct blob_ops *whole = store->blobs.ops;
	struct blob_ops ill = *whole;
	json_t *answer;

	ill.usage = fail_usage;
	store->blobs.ops = &ill;
	GIVES(0, ask_status(&answer));
	store->blobs.ops = whole;
	HOLDS(json_is_null(json_object_get(answer, "free_bytes")));
	HOLDS(json_integer_value(json_object_get(json_object_get(answer, "ledger"), "size")) > 0);
	json_decref(answer);
}
END_TEST

START_TEST(counts_that_cannot_be_read_are_an_error)
{
	json_t *answer;

	GIVES(0, sql_run(store->db, "ALTER TABLE tally RENAME TO lost", ""));
	HOLDS(ask_status(&answer) != 0 && answer == NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("status");
	TCase *t = tcase_create("status");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, free_space);
	tcase_add_test(t, free_space_is_null_where_the_disk_cannot_say);
	tcase_add_test(t, counts_that_cannot_be_read_are_an_error);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
