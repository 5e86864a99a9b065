/* The committer when the ledger, the catalog or the disk fails it. */
#include <pthread.h>
#include <sys/statvfs.h>

#include "tests/unit/store/committer_fixture.h"

static char small[PATH_SPACE];

/* The write, the sync, or the catalog fails, once: who asked hears of it, both are as before, and
 * the next goes through. */
static const struct {
	const char *path;
	long in;
	int error, want;
} failures[] = {
	{ "/segment/", 1, ENOSPC, ENOSPC },
	{ "/segment/", 1, EDQUOT, EDQUOT },
	{ "/segment/", 1, EIO, EIO },
	{ "/position", 1, ENOSPC, ENOSPC },
	{ "/hash/", 1, ENOSPC, ENOSPC },
	{ "catalog.db-wal", 1, ENOSPC, ENOSPC },
	{ "catalog.db-wal", 2, ENOSPC, ENOSPC },
	{ "catalog.db-wal", 1, EIO, EIO },
	{ "catalog.db-wal", 3, ENOSPC, ENOSPC },
};

START_TEST(one_failure)
{
	uint64_t applied;
	int err;

	GIVES(0, register_unit(1, 300));
	fault_plan(failures[_i].path, failures[_i].in, failures[_i].error, false);
	err = register_unit(2, 300);
	HOLDS(atomic_load(&fault.calls) >= failures[_i].in);
	if (err != failures[_i].want)
		ck_abort_msg("%s gives %s", failures[_i].path, strerror(err));
	fault_plan(NULL, 0, 0, false);
	ck_assert_uint_eq(ledger_size(ledger), 1);
	GIVES(0, catalog_applied(db, &applied));
	ck_assert_uint_eq(applied, 1);
	ck_assert_int_eq(UNITS, 1);
	GIVES(0, register_unit(2, 300));
	GIVES(0, register_unit(3, 300));
	expect_event(1, "register.unit", "\"id\":2,");
	expect_equal();
	start_in(top);
	ck_assert_uint_eq(ledger_size(ledger), 3);
	ck_assert_int_eq(UNITS, 3);
	expect_equal();
}
END_TEST

/* After a sync that failed nobody knows what is on the disk: nothing is acknowledged any more; the
 * next start goes by what is there. */
START_TEST(failed_sync)
{
	GIVES(0, register_unit(1, 0));
	fault_plan("/segment/", 2, EIO, false); /* after the write */
	GIVES(EIO, register_unit(2, 0));
	fault_plan(NULL, 0, 0, false);
	GIVES(EIO, register_unit(3, 0));
	GIVES(EIO, committer_barrier(committer, COMMIT_DURABLE));
	stop();
	start_in(top);
	HOLDS(ledger_size(ledger) <= 2);
	ck_assert_int_eq(UNITS, (int64_t)ledger_size(ledger));
	GIVES(0, register_unit(4, 0));
	expect_equal();
}
END_TEST

static void fill(off_t leave)
{
	char path[PATH_SPACE + 16];
	struct statvfs st;
	int fd;

	snprintf(path, sizeof path, "%s/filler", small);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	GIVES(0, fstatvfs(fd, &st));
	if ((off_t)(st.f_bavail * st.f_frsize) > leave)
		GIVES(0, fallocate(fd, 0, 0, (off_t)(st.f_bavail * st.f_frsize) - leave));
	close(fd);
}

static void make_room(void)
{
	char path[PATH_SPACE + 16];

	snprintf(path, sizeof path, "%s/filler", small);
	GIVES(0, unlink(path));
}

static void setup_small(void)
{
	fault_plan(NULL, 0, 0, false);
	mount_small(in_place(small, "small"), "size=12m");
	start_in(small);
}

/* A disk that is full at every point of a commit. */
START_TEST(full_disk)
{
	uint64_t applied, size;
	int id = 1, err;

	GIVES(0, register_unit(id++, 0));
	for (off_t leave = 0; leave < 30 * 4096; leave += 4096) {
		fill(leave);
		for (;;) {
			size = ledger_size(ledger);
			err = register_unit(id, 3000);
			if (err != 0)
				break;
			id++;
		}
		GIVES(ENOSPC, err);
		ck_assert_uint_eq(ledger_size(ledger), size);
		GIVES(0, catalog_applied(db, &applied));
		ck_assert_uint_eq(applied, size);
		ck_assert_int_eq(UNITS, id - 1);
		GIVES(ENOSPC, register_unit(id, 3000));
		make_room();
		GIVES(0, register_unit(id++, 3000));
	}
	expect_equal();
	start_in(small);
	ck_assert_int_eq(UNITS, id - 1);
	expect_equal();
}
END_TEST

/* Posted to a full disk: kept, tried again, and written in the order in which they came; requests
 * that are waited for fail at once. */
START_TEST(posted_to_a_full_disk)
{
	uint64_t size;
	int id = 1;

	GIVES(0, register_unit(id++, 0));
	fill(0);
	while (register_unit(id, 3000) == 0)
		id++;
	size = ledger_size(ledger);
	for (int n = 0; n < 700; n++)
		post_unit(id + n, 900);
	GIVES(ENOSPC, register_unit(5000, 3000));
	ignore_error(committer_barrier(committer, COMMIT_ORDERED));
	ck_assert_uint_eq(ledger_size(ledger), size);
	make_room();
	HOLDS(wait_for_size(size + 700));
	expect_order(size, id, id + 699);
	expect_equal();
}
END_TEST

static int copy_back(struct ledger *l, void *arg)
{
	(void)l, (void)arg;
	return sql_checkpoint(db);
}

/* A short event must not overtake a long one for which there is no room, though it would fit. */
START_TEST(posted_short_after_long)
{
	struct stat st;
	char segment[PATH_SPACE];
	uint64_t size;
	int id = 1;

	path_of(&f, FIRST_SEGMENT, segment);
	while (id < 60)
		GIVES(0, register_unit(id++, 0));
	for (;;) { /* until the segment's last block has room for something short, but not for
		      something long */
		GIVES(0, stat(segment, &st));
		if (st.st_size % 4096 > 500 && st.st_size % 4096 < 2000)
			break;
		GIVES(0, register_unit(id++, 0));
	}
	GIVES(0,
		committer_exclusive(
			committer, copy_back, NULL)); /* the catalog's log is written from its
							 beginning again: it needs no room */
	size = ledger_size(ledger);
	fill(0);
	hold();
	post_unit(id, 30000);
	post_unit(id + 1, 0);
	post_unit(id + 2, 20000);
	post_unit(id + 3, 0);
	let_go(4);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	make_room();
	HOLDS(wait_for_size(size + 4));
	expect_order(size, id, id + 3);
	expect_equal();
}
END_TEST

/* Those who wait go on while posted events wait for room: a long one is refused, a short one that
 * fits is written. */
START_TEST(waiting_beside_a_backlog)
{
	uint64_t size;

	GIVES(0, register_unit(1, 0));
	size = ledger_size(ledger);
	fault_plan("/segment/", 1, ENOSPC, true);
	post_unit(2, 0);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	post_unit(3, 0);
	GIVES(ENOSPC, register_unit(9, 0));
	fault_plan(NULL, 0, 0, false);
	GIVES(0, register_unit(4, 0));
	HOLDS(wait_for_size(size + 3));
	GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	ck_assert_int_eq(UNITS, 4);
	for (uint64_t i = size, last = 0; i < size + 3; i++) { /* 2 before 3, wherever 4 is */
		char *text;
		size_t len;

		GIVES(0, ledger_entry(ledger, i, &text, &len));
		HOLDS(strstr(text, "\"id\":2,") == NULL || last == 0);
		if (strstr(text, "\"id\":3,") != NULL)
			last = i;
		free(text);
	}
	expect_equal();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("committer, failing disks");
	TCase *t = tcase_create("decisions"), *full = tcase_create("full disks");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	ready(full);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(full, setup_small, teardown);
	tcase_add_loop_test(t, one_failure, 0, (int)N(failures));
	tcase_add_test(t, failed_sync);
	tcase_add_test(t, waiting_beside_a_backlog);
	tcase_add_test(full, full_disk);
	tcase_add_test(full, posted_to_a_full_disk);
	tcase_add_test(full, posted_short_after_long);
	suite_add_tcase(s, t);
	suite_add_tcase(s, full);
	return fixture_run(s);
}
