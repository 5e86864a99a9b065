/* The door to SQLite: statements that are kept, and files that are no database. */
#include "fs/store/base/sql.h"
#include "tests/unit/store/store_fixture.h"

static char path[PATH_SPACE];
static struct sql *db;

static void setup(void)
{
	GIVES(0, sql_open(in_place(path, "catalog.db"), SQL_CREATE, &db));
}

static void teardown(void)
{
	sql_close(db);
}

/* Statements are known by their text, not by its address, and there may be any number. */
START_TEST(many_statements)
{
	char text[24];
	int64_t n;

	for (int i = 0; i < 2 * 3000; i++) {
		snprintf(text, sizeof text, "SELECT %d", i % 3000);
		GIVES(0, sql_value(db, &n, text, ""));
		ck_assert_int_eq(n, i % 3000);
	}
}
END_TEST

START_TEST(not_a_catalog)
{
	char other[PATH_SPACE];
	struct sql *none;

	GIVES(ENOENT, sql_open(in_place(other, "none.db"), SQL_READ, &none));
	GIVES(ENOENT, sql_open(other, SQL_WRITE, &none));
	spill(other,
		"this is no database, whatever its name says, and long enough to look like one: "
		"..............................",
		100);
	GIVES(EUCLEAN, sql_open(other, SQL_READ, &none));
	GIVES(EUCLEAN, sql_open(other, SQL_WRITE, &none));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sql");
	TCase *t = tcase_create("all");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, many_statements);
	tcase_add_test(t, not_a_catalog);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
