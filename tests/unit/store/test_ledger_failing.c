/* Writes to the ledger that fail: a full disk, a sync, a cut. */
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/store/ledger_fixture.h"

static struct fixture f;

static void setup(void)
{
	fixture_make(&f);
}

static void teardown(void)
{
	fixture_drop(&f);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	GIVES(0, getrlimit(RLIMIT_FSIZE, &limit));
	limit.rlim_cur = bytes;
	GIVES(0, setrlimit(RLIMIT_FSIZE, &limit));
}

/* The segment has no more room, at every byte of the record. */
START_TEST(full_disk)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char path[PATH_SPACE], *before, *after;
	size_t len, after_len;

	GIVES(0, append(l, 40));
	GIVES(0, ledger_sync(l));
	path_of(&f, FIRST_SEGMENT, path);
	before = slurp(path, &len);
	for (size_t room = 0; room < 60; room++) {
		limit_files(len + room);
		GIVES(EFBIG, append(l, 1));
		GIVES(EFBIG, append(l, 5));
		limit_files(RLIM_INFINITY);
		after = slurp(path, &after_len);
		HOLDS(after_len == len && memcmp(before, after, len) == 0);
		free(after);
	}
	free(before);
	expect_whole(l, 40);
	GIVES(0, append(l, 1));
	GIVES(0, ledger_sync(l));
	expect_whole(l, 41);
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 41);
	ledger_close(l);
}
END_TEST

/* The segment has room, the hashes have none: the entries go back. */
START_TEST(full_disk_for_hashes)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	const struct ledger_entry tiny = { "{}", 2 };

	ledger_set_segment_bytes(l, 100);
	append_synced(l, 100);
	for (int i = 0; i < 100; i++) {
		limit_files(100 * HASH_LEN + (rlim_t)i % HASH_LEN);
		GIVES(EFBIG, ledger_append(l, &tiny, 1));
		limit_files(RLIM_INFINITY);
		HOLDS(ledger_size(l) == 100);
	}
	expect_whole(l, 100);
	GIVES(0, append(l, 1));
	GIVES(0, ledger_sync(l));
	expect_whole(l, 101);
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 101);
	ledger_close(l);
}
END_TEST

/* Puts something that can be neither synced nor cut in the segment's place. */
static void spoil_segment(struct ledger *l, int *spare)
{
	int ends[2], fd = l->segments.list[l->segments.count - 1].fd;

	*spare = dup(fd);
	GIVES(0, pipe(ends));
	HOLDS(dup2(ends[1], fd) == fd);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(failed_sync_is_final)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX];
	int spare;

	append_synced(l, 3);
	GIVES(0, append(l, 1));
	spoil_segment(l, &spare);
	GIVES(EIO, ledger_sync(l));
	dup2(spare, l->segments.list[0].fd);
	close(spare);
	GIVES(EIO, ledger_sync(l));
	GIVES(EIO, append(l, 1));
	GIVES(EIO, ledger_undo(l, 3));
	GIVES(EIO, ledger_checkpoint(l, ORIGIN, f.seed, text));
	expect_entry(l, 2);
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 4);
	append_synced(l, 1);
	ledger_close(l);
}
END_TEST

/* What can be neither written whole nor taken back leaves the disk unknown. */
START_TEST(failed_cut_is_final)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	int spare;

	append_synced(l, 3);
	signal(SIGPIPE, SIG_IGN);
	spoil_segment(l, &spare);
	HOLDS(append(l, 1) != 0);
	dup2(spare, l->segments.list[0].fd);
	close(spare);
	GIVES(EIO, append(l, 1));
	HOLDS(ledger_size(l) == 3);
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger, failing writes");
	TCase *full = tcase_create("failing writes");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(full, setup, teardown);
	tcase_set_timeout(full, 300);
	tcase_add_test(full, full_disk);
	tcase_add_test(full, full_disk_for_hashes);
	tcase_add_test(full, failed_sync_is_final);
	tcase_add_test(full, failed_cut_is_final);
	suite_add_tcase(s, full);
	return fixture_run(s);
}
