/* The ledger's life: append, read, undo, sign; failing writes; readers beside the writer.  (Damage:
 * test_ledger_recover.c.) */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "fs/store/ledger/ledger_record.h"
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

START_TEST(refreshed)
{
	struct ledger *w = open_as(&f, LEDGER_WRITE), *r;
	struct ledger_fault fault;
	char text[CHECKPOINT_MAX];

	ledger_set_segment_bytes(w, 3000);
	append_synced(w, 5);
	checkpoint(&f, w, text);
	r = open_as(&f, LEDGER_READ);
	for (int i = 0; i < 20; i++) {
		GIVES(0, append(w, 33));
		GIVES(0, ledger_sync(w));
		if (i % 5 == 2)
			checkpoint(&f, w, text);
		GIVES(0, ledger_refresh(r, &fault));
		expect_whole(r, 5 + 33 * (uint64_t)(i + 1));
	}
	GIVES(0, ledger_refresh(w, &fault));
	ledger_close(r);
	ledger_close(w);
}
END_TEST

/* Entries that a reader has seen before they were durable may go, and others come in their
 * place. */
START_TEST(refreshed_after_undo)
{
	struct ledger *w = open_as(&f, LEDGER_WRITE), *r;
	const struct ledger_entry other = { "{\"other\":1}", 11 },
				  same_length = { "{\"other\":2}", 11 };
	uint8_t want[HASH_LEN], got[HASH_LEN];
	struct ledger_fault fault;
	char text[CHECKPOINT_MAX];

	append_synced(w, 5);
	checkpoint(&f, w, text);
	append_synced(w, 5);
	GIVES(0, ledger_append(w, &other, 1));
	GIVES(0, append(w, 400));
	r = open_as(&f, LEDGER_READ);
	HOLDS(ledger_size(r) == 411);
	GIVES(0, ledger_undo(w, 10));
	GIVES(0, ledger_refresh(r, &fault));
	expect_whole(r, 10);
	GIVES(0, ledger_append(w, &other, 1));
	GIVES(0, append(w, 500));
	GIVES(0, ledger_refresh(r, &fault));
	HOLDS(ledger_size(r) == 511);
	GIVES(0, ledger_undo(w, 10));
	GIVES(0, append(w, 600));
	GIVES(0, ledger_sync(w));
	GIVES(0, ledger_refresh(r, &fault));
	expect_whole(r, 610);
	/* in the very place and length of the one that was seen */
	GIVES(0, ledger_append(w, &other, 1));
	GIVES(0, ledger_refresh(r, &fault));
	GIVES(0, ledger_undo(w, 610));
	GIVES(0, ledger_append(w, &same_length, 1));
	GIVES(0, ledger_refresh(r, &fault));
	HOLDS(ledger_size(r) == 611);
	GIVES(0, ledger_root(w, 611, want));
	GIVES(0, ledger_root(r, 611, got));
	HOLDS(memcmp(got, want, HASH_LEN) == 0);
	ledger_close(r);
	ledger_close(w);
}
END_TEST

struct reading {
	struct ledger *l;
	_Atomic bool stop;
	_Atomic uint64_t reads;
	unsigned seed;
};

/* Whatever is below the size can be read, and is what was appended. */
static void *read_along(void *arg)
{
	struct reading *r = arg;
	unsigned seed = r->seed;
	uint8_t hash[HASH_LEN];
	uint64_t size, seq;

	while (!atomic_load(&r->stop)) {
		size = ledger_size(r->l);
		if (size == 0)
			continue;
		seq = (uint64_t)rand_r(&seed) % size;
		expect_entry(r->l, seed % 3 ? seq : size - 1);
		if (ledger_hash(r->l, 0, size - 1, hash) || ledger_root(r->l, size, hash))
			abort();
		if (size >= 512 &&
			(ledger_hash(r->l, 8, size / 256 - 1, hash) ||
				ledger_hash(r->l, 9, size / 512 - 1, hash)))
			abort();
		atomic_fetch_add(&r->reads, 1);
	}
	return NULL;
}

START_TEST(readers_beside_the_writer)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	struct reading r[3] = { { .l = l, .seed = 1 }, { .l = l, .seed = 2 },
		{ .l = l, .seed = 3 } };
	char text[CHECKPOINT_MAX];
	pthread_t thread[3];

	ledger_set_segment_bytes(l, 5000);
	append_synced(l, 1);
	for (int i = 0; i < 3; i++)
		GIVES(0, pthread_create(&thread[i], NULL, read_along, &r[i]));
	for (int i = 0; i < 400; i++) {
		GIVES(0, append(l, 1 + (size_t)i % 40));
		if (i % 50 == 49)
			GIVES(0, ledger_sync(l));
		if (i % 100 == 99)
			checkpoint(&f, l, text);
	}
	for (int i = 0; i < 3; i++) {
		atomic_store(&r[i].stop, true);
		pthread_join(thread[i], NULL);
		ck_assert_uint_ge(atomic_load(&r[i].reads), 1);
	}
	expect_whole(l, ledger_size(l));
	ledger_close(l);
}
END_TEST

/* A second process's view, beside a mount that writes: never damage. */
static void *refresh_along(void *arg)
{
	struct reading *r = arg;
	struct ledger_fault fault;
	uint64_t size = 0;
	int err;

	while (!atomic_load(&r->stop)) {
		err = ledger_refresh(r->l, &fault);
		if (err) {
			fprintf(stderr, "refresh: %s: %s\n", strerror(err), fault.text);
			abort();
		}
		if (ledger_size(r->l) < size)
			abort();
		size = ledger_size(r->l);
		expect_entry(r->l, size - 1);
		atomic_fetch_add(&r->reads, 1);
	}
	return NULL;
}

START_TEST(refreshed_beside_the_writer)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	struct reading r = { .seed = 1 };
	char text[CHECKPOINT_MAX];
	pthread_t thread;

	ledger_set_segment_bytes(l, 20000);
	append_synced(l, 1);
	r.l = open_as(&f, LEDGER_READ);
	GIVES(0, pthread_create(&thread, NULL, refresh_along, &r));
	for (int i = 0; i < 1500; i++) {
		GIVES(0, append(l, 1 + (size_t)i % 40));
		GIVES(0, ledger_sync(l));
		if (i % 100 == 99)
			checkpoint(&f, l, text);
	}
	atomic_store(&r.stop, true);
	pthread_join(thread, NULL);
	ck_assert_uint_ge(atomic_load(&r.reads), 1);
	ledger_close(r.l);
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger");
	TCase *t = tcase_create("life"), *full = tcase_create("failing writes"),
	      *beside = tcase_create("beside the writer");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(full, setup, teardown);
	tcase_add_checked_fixture(beside, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_set_timeout(full, 300);
	tcase_set_timeout(beside, 300);
	tcase_add_test(t, empty);
	tcase_add_test(t, record_bytes);
	tcase_add_test(t, reopened);
	tcase_add_test(t, all_hashes);
	tcase_add_test(t, refused_entries);
	tcase_add_test(t, many_segments);
	tcase_add_test(t, undone);
	tcase_add_test(t, undone_over_segments);
	tcase_add_test(t, checkpoints);
	tcase_add_test(full, full_disk);
	tcase_add_test(full, full_disk_for_hashes);
	tcase_add_test(full, failed_sync_is_final);
	tcase_add_test(full, failed_cut_is_final);
	tcase_add_test(beside, refreshed);
	tcase_add_test(beside, refreshed_after_undo);
	tcase_add_test(beside, readers_beside_the_writer);
	tcase_add_test(beside, refreshed_beside_the_writer);
	suite_add_tcase(s, t);
	suite_add_tcase(s, full);
	suite_add_tcase(s, beside);
	return fixture_run(s);
}
