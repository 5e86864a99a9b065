/* The ledger's life: append, read, undo, sign.  (Failing writes: test_ledger_failing.c; readers
 * beside the writer: test_ledger_beside.c; damage: test_ledger_damage.c.) */
#include <dirent.h>

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

START_TEST(empty)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], *entry;
	uint8_t hash[HASH_LEN];
	struct checkpoint c;
	size_t len;

	expect_whole(l, 0);
	GIVES(ENOENT, ledger_entry(l, 0, &entry, &len));
	GIVES(ENOENT, ledger_hash(l, 0, 0, hash));
	GIVES(EINVAL, ledger_root(l, 1, hash));
	GIVES(ENOENT, ledger_stored_checkpoint(l, text));
	GIVES(0, ledger_append(l, NULL, 0));
	GIVES(0, ledger_sync(l));
	checkpoint(&f, l, text);
	GIVES(0, checkpoint_open(text, f.vkey, &c));
	HOLDS(c.size == 0);
	ledger_close(l);
	ledger_close(NULL);
	l = open_as(&f, LEDGER_READ);
	expect_whole(l, 0);
	ledger_close(l);
	GIVES(EEXIST, ledger_create(f.dir));
}
END_TEST

/* The format on disk: these bytes are in every ledger that was ever written. */
START_TEST(record_bytes)
{
	static const uint8_t header[RECORD_HEADER] = "\ncf\xff\x09\0\0\0\x08\x07\x06\x05\x04\x03"
						     "\x02\x01\x07\0\0\0\0\0\0\0\xcf\x5b\x7d\xd5";
	const struct record r = {
		.seq = 0x0102030405060708, .batch = 7, .text = "{\"seq\":1}", .len = 9
	};
	uint8_t out[RECORD_HEADER];

	record_header(&r, out);
	ck_assert_mem_eq(out, header, sizeof out);
}
END_TEST

START_TEST(reopened)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX];

	for (int round = 0; round < 6; round++) {
		GIVES(0, append(l, 100));
		append_synced(l, 3);
		if (round % 2)
			checkpoint(&f, l, text);
		expect_whole(l, (uint64_t)(round + 1) * 103);
		ledger_close(l);
		l = open_as(&f, LEDGER_READ);
		expect_whole(l, (uint64_t)(round + 1) * 103);
		ledger_close(l);
		l = open_as(&f, LEDGER_WRITE);
	}
	ledger_close(l);
}
END_TEST

/* Every node of every level, stored or not, and every root. */
START_TEST(all_hashes)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	const uint64_t size = 70000;
	uint8_t(*node)[HASH_LEN] = calloc(size, HASH_LEN), got[HASH_LEN];
	char text[512];

	append_many(l, size);
	for (uint64_t i = 0; i < size; i++)
		merkle_leaf(text, entry_text(i, text), node[i]);
	for (unsigned level = 0, n = size; n > 0; level++, n /= 2) {
		for (uint64_t i = 0; i < n; i++) {
			GIVES(0, ledger_hash(l, level, i, got));
			HOLDS(memcmp(got, node[i], HASH_LEN) == 0);
		}
		GIVES(ENOENT, ledger_hash(l, level, n, got));
		GIVES(ENOENT, ledger_hash(l, level, UINT64_MAX, got));
		for (uint64_t i = 0; i + 1 < n; i += 2)
			merkle_node(node[i], node[i + 1], node[i / 2]);
	}
	GIVES(EINVAL, ledger_hash(l, 64, 0, got));
	free(node);
	for (uint64_t n = 0; n < 600; n += 7)
		expect_root(l, n);
	for (uint64_t n = 65530; n < 65540; n += 3)
		expect_root(l, n);
	expect_root(l, size);
	ledger_close(l);
}
END_TEST

START_TEST(refused_entries)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char *big = malloc(LEDGER_ENTRY_MAX + 1), *text;
	const struct ledger_entry good = { "{}", 2 };
	const struct {
		struct ledger_entry entry;
		int err;
	} bad[] = {
		{ { "", 0 }, EINVAL },
		{ { "{}\n", 3 }, EINVAL },
		{ { "\n", 1 }, EINVAL },
		{ { "{\0}", 3 }, EINVAL },
		{ { big, LEDGER_ENTRY_MAX + 1 }, EMSGSIZE },
	};
	size_t len;

	memset(big, 'x', LEDGER_ENTRY_MAX + 1);
	append_synced(l, 2);
	for (size_t i = 0; i < N(bad); i++) {
		const struct ledger_entry batch[] = { good, bad[i].entry, good };

		GIVES(bad[i].err, ledger_append(l, batch, 3));
		GIVES(bad[i].err, ledger_append(l, &bad[i].entry, 1));
	}
	expect_whole(l, 2);
	GIVES(0, ledger_append(l, &(struct ledger_entry){ big, LEDGER_ENTRY_MAX }, 1));
	GIVES(0, ledger_append(l, &good, 1));
	GIVES(0, ledger_sync(l));
	ledger_close(l);
	l = open_as(&f, LEDGER_READ);
	HOLDS(ledger_size(l) == 4);
	GIVES(0, ledger_entry(l, 2, &text, &len));
	HOLDS(len == LEDGER_ENTRY_MAX && memcmp(text, big, len) == 0 && text[len] == '\0');
	free(text);
	GIVES(0, ledger_entry(l, 3, &text, &len));
	HOLDS(len == 2 && strcmp(text, "{}") == 0);
	free(text);
	GIVES(EBADF, ledger_append(l, &good, 1));
	GIVES(EBADF, ledger_undo(l, 0));
	ledger_close(l);
	free(big);
}
END_TEST

static size_t count_files(const char *name)
{
	char path[PATH_SPACE];
	struct dirent *e;
	size_t n = 0;
	DIR *dir;

	path_of(&f, name, path);
	dir = opendir(path);
	HOLDS(dir);
	while ((e = readdir(dir)))
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

START_TEST(many_segments)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX];
	size_t before = count_descriptors();

	ledger_set_segment_bytes(l, 1000);
	append_synced(l, 2000);
	ck_assert_uint_ge(count_files("segment"), 150);
	expect_whole(l, 2000);
	for (uint64_t i = 0; i < 2000; i++)
		expect_entry(l, i * 977 % 2000);
	ck_assert_uint_le(count_descriptors(), before + 70);
	checkpoint(&f, l, text);
	append_synced(l, 50);
	ledger_close(l);
	l = open_as(&f, LEDGER_READ);
	expect_whole(l, 2050);
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	ledger_set_segment_bytes(l, 1000);
	append_synced(l, 50);
	expect_whole(l, 2100);
	ledger_close(l);
}
END_TEST

START_TEST(undone)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);

	append_synced(l, 10);
	GIVES(EINVAL, ledger_undo(l, 9));
	GIVES(EINVAL, ledger_undo(l, 11));
	GIVES(0, ledger_undo(l, 10));
	GIVES(0, append(l, 5));
	GIVES(0, append(l, 300));
	GIVES(0, ledger_undo(l, 15));
	expect_whole(l, 15);
	GIVES(0, append(l, 600));
	GIVES(0, ledger_undo(l, 10));
	expect_whole(l, 10);
	GIVES(0, append(l, 2));
	GIVES(0, ledger_sync(l));
	GIVES(EINVAL, ledger_undo(l, 10));
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 12);
	GIVES(EINVAL, ledger_undo(l, 11));
	ledger_close(l);
}
END_TEST

START_TEST(undone_over_segments)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	size_t files;

	ledger_set_segment_bytes(l, 1000);
	append_synced(l, 40);
	files = count_files("segment");
	GIVES(0, append(l, 20));
	GIVES(0, append(l, 20));
	GIVES(0, append(l, 20));
	ck_assert_uint_ge(count_files("segment"), files + 2);
	GIVES(0, ledger_undo(l, 60));
	expect_whole(l, 60);
	GIVES(0, ledger_undo(l, 40));
	ck_assert_uint_le(count_files("segment"), files + 1);
	expect_whole(l, 40);
	GIVES(0, append(l, 30));
	GIVES(0, append(l, 30));
	GIVES(0, ledger_sync(l));
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 100);
	ledger_close(l);
}
END_TEST

START_TEST(checkpoints)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], stored[CHECKPOINT_MAX], again[CHECKPOINT_MAX];
	uint8_t other[KEY_SEED_LEN] = { 1 }, root[HASH_LEN];
	struct checkpoint c;

	append_synced(l, 300);
	checkpoint(&f, l, text);
	GIVES(0, ledger_stored_checkpoint(l, stored));
	ck_assert_str_eq(text, stored);
	GIVES(0, checkpoint_open(text, f.vkey, &c));
	ck_assert_str_eq(c.origin, ORIGIN);
	HOLDS(c.size == 300);
	GIVES(0, ledger_root(l, 300, root));
	HOLDS(memcmp(c.root, root, HASH_LEN) == 0);
	/* what could not be believed later is not stored */
	GIVES(EBADMSG, ledger_checkpoint(l, ORIGIN, other, again));
	GIVES(EBADMSG, ledger_checkpoint(l, "custodyfs/other", f.seed, again));
	GIVES(0, append(l, 1));
	GIVES(EINVAL, ledger_checkpoint(l, ORIGIN, f.seed, again));
	GIVES(0, ledger_stored_checkpoint(l, stored));
	ck_assert_str_eq(text, stored);
	ledger_close(l);
	l = open_as(&f, LEDGER_READ);
	HOLDS(ledger_size(l) == 301);
	checkpoint(&f, l, again);
	GIVES(0, checkpoint_open(again, f.vkey, &c));
	HOLDS(c.size == 301);
	GIVES(0, ledger_stored_checkpoint(l, stored));
	ck_assert_str_eq(text, stored);
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger");
	TCase *t = tcase_create("life");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, empty);
	tcase_add_test(t, record_bytes);
	tcase_add_test(t, reopened);
	tcase_add_test(t, all_hashes);
	tcase_add_test(t, refused_entries);
	tcase_add_test(t, many_segments);
	tcase_add_test(t, undone);
	tcase_add_test(t, undone_over_segments);
	tcase_add_test(t, checkpoints);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
