/* The catalog is brought up to the ledger; its own log does not grow for ever. */
#include "tests/unit/store/committer_fixture.h"

/* The catalog is behind, far behind, or empty: the start makes up for it. */
START_TEST(replayed)
{
	char old[PATH_SPACE], *bytes;
	size_t len;

	GIVES(0, register_unit(1, 0));
	stop();
	bytes = slurp(catalog, &len);
	start_in(top);
	for (int id = 2; id <= 300; id++)
		post_unit(id, 0);
	stop();
	spill(in_place(old, "catalog.db"), bytes, len);
	free(bytes);
	start_in(top);
	ck_assert_int_eq(UNITS, 300);
	expect_equal();
	GIVES(0, unlink(catalog));
	GIVES(0, sql_open(catalog, SQL_CREATE, &db));
	GIVES(0, schema_create(db));
	ledger = open_as(&f, LEDGER_WRITE);
	GIVES(0, committer_start(ledger, db, tick, NULL, &committer));
	ck_assert_int_eq(UNITS, 300);
	expect_equal();
}
END_TEST

/* A ledger that a newer version wrote, or that contradicts itself, is not applied, and nothing is
 * started. */
START_TEST(not_to_be_replayed)
{
	static const char *const texts[] = {
		"{\"seq\":1,\"time\":\"2023-03-14T18:30:00+08:00\",\"clock\":\"2023-03-14T18:30:00+"
		"08:00\",\"event\":\"of.the.future\"}",
		"{\"seq\":5,\"time\":\"2023-03-14T18:30:00+08:00\",\"clock\":\"2023-03-14T18:30:00+"
		"08:00\",\"event\":\"store.mount\"}",
		"{\"seq\":1,\"time\":\"2023-03-14T18:30:00+08:00\",\"clock\":\"2023-03-14T18:30:00+"
		"08:00\",\"event\":\"register.unit\","
		"\"details\":{\"id\":2,\"code\":\"C1\",\"name\":\"x\"}}",
		"{}",
		"x",
	};
	uint64_t applied;

	GIVES(0, register_unit(1, 0));
	stop();
	ledger = open_as(&f, LEDGER_WRITE);
	GIVES(0, ledger_append(ledger, &(struct ledger_entry){ texts[_i], strlen(texts[_i]) }, 1));
	GIVES(0, ledger_sync(ledger));
	GIVES(0, sql_open(catalog, SQL_WRITE, &db));
	GIVES(EUCLEAN, committer_start(ledger, db, tick, NULL, &committer));
	GIVES(0, catalog_applied(db, &applied));
	ck_assert_uint_eq(applied, 1);
	sql_close(db);
	ledger_close(ledger);
}
END_TEST

/* The catalog's own log does not grow for ever. */
START_TEST(log_is_copied_back)
{
	char wal[PATH_SPACE + 8];
	struct stat st;

	for (int round = 0; round < 6; round++) {
		for (int n = 0; n < 2500; n++)
			GIVES(0,
				committer_post(
					committer, &(struct event){ .kind = "store.mount" }));
		GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	}
	snprintf(wal, sizeof wal, "%s-wal", catalog);
	GIVES(0, stat(wal, &st));
	ck_assert_int_lt(st.st_size, 8 << 20);
	stop();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("committer, replay");
	TCase *t = tcase_create("decisions");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, replayed);
	tcase_add_loop_test(t, not_to_be_replayed, 0, 5);
	tcase_add_test(t, log_is_copied_back);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
