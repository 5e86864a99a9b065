/* What a crash leaves at the ledger's end is cut back; what is derived is made again.  (Damage:
 * test_ledger_damage.c.) */
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

/* The segment's bytes are put there; opening for reading, then for writing, then writing on. */
static void expect_recovery(
	const char *path, const void *data, size_t len, uint64_t size, uint64_t gone)
{
	struct ledger_fault fault;
	char *after;
	struct ledger *l;
	uint64_t cut;
	size_t after_len;

	spill(path, data, len);
	GIVES(0, ledger_open(f.dir, LEDGER_READ, f.vkey, &l, &cut, &fault));
	HOLDS(cut == gone);
	expect_whole(l, size);
	ledger_close(l);
	after = slurp(path, &after_len);
	HOLDS(after_len == len && memcmp(after, data, len) == 0);
	free(after);
	GIVES(0, ledger_open(f.dir, LEDGER_WRITE, f.vkey, &l, &cut, &fault));
	HOLDS(cut == gone);
	expect_whole(l, size);
	after = slurp(path, &after_len);
	HOLDS(after_len == len - gone);
	free(after);
	append_synced(l, 1);
	expect_whole(l, size + 1);
	ledger_close(l);
	GIVES(0, ledger_open(f.dir, LEDGER_WRITE, f.vkey, &l, &cut, &fault));
	HOLDS(cut == 0);
	expect_whole(l, size + 1);
	ledger_close(l);
}

/* Three batches of one entry, and one of three, which the loops tear. */
static char *torn_sample(char path[PATH_SPACE], size_t *len, size_t offsets[8])
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char *data;

	append_synced(l, 3);
	GIVES(0, append(l, 3));
	GIVES(0, ledger_sync(l));
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, len);
	HOLDS(record_offsets(data, *len, offsets, 8) == 6);
	return data;
}

START_TEST(torn_at_every_byte)
{
	char path[PATH_SPACE], *data;
	size_t len, offsets[8], size;

	data = torn_sample(path, &len, offsets);
	for (size_t at = offsets[3]; at <= len; at++) {
		for (size = 3; size < 6 && offsets[size + 1] <= at; size++)
			;
		expect_recovery(path, data, at, size, at - offsets[size]);
	}
	free(data);
}
END_TEST

/* The file system had made the file longer, but not written all of it: zeros, or what was on the
 * disk before. */
START_TEST(torn_with_filler)
{
	char path[PATH_SPACE], *data, *torn;
	size_t len, offsets[8], size;

	data = torn_sample(path, &len, offsets);
	torn = malloc(len + 5000);
	for (size_t at = offsets[3]; at < len; at += 3)
		for (int fill = 0; fill < 2; fill++) {
			for (size = 3; size < 6 && offsets[size + 1] <= at; size++)
				;
			memcpy(torn, data, len);
			memset(torn + at, fill ? 0xa5 : 0, len + 5000 - at);
			expect_recovery(path, torn, len, size, len - offsets[size]);
			expect_recovery(path, torn, len + 5000, size, len + 5000 - offsets[size]);
		}
	free(torn);
	free(data);
}
END_TEST

/* Pages reach the disk in any order: a hole in the last batch, with whole records of the same batch
 * behind it. */
START_TEST(torn_in_the_middle)
{
	char path[PATH_SPACE], *data;
	size_t len, offsets[8];

	data = torn_sample(path, &len, offsets);
	for (size_t size = 3; size < 6; size++)
		for (size_t at = offsets[size]; at < offsets[size + 1]; at++) {
			data[at] ^= 0x40;
			expect_recovery(path, data, len, size, len - offsets[size]);
			data[at] ^= 0x40;
		}
	free(data);
}
END_TEST

/* Several appends before one sync are one batch. */
START_TEST(torn_over_appends)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char path[PATH_SPACE], *data;
	size_t len, offsets[8];

	append_synced(l, 2);
	GIVES(0, append(l, 1));
	GIVES(0, append(l, 1));
	GIVES(0, append(l, 1));
	ledger_close(l);
	path_of(&f, FIRST_SEGMENT, path);
	data = slurp(path, &len);
	record_offsets(data, len, offsets, 8);
	data[offsets[2] + 40] ^= 1;
	expect_recovery(path, data, len, 2, len - offsets[2]);
	free(data);
}
END_TEST

START_TEST(torn_after_a_long_entry)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char path[PATH_SPACE], *data, *big = malloc(LEDGER_ENTRY_MAX);
	struct ledger_entry entry = { big, LEDGER_ENTRY_MAX };
	size_t len, first;

	memset(big, 'x', LEDGER_ENTRY_MAX);
	append_synced(l, 1);
	path_of(&f, FIRST_SEGMENT, path);
	free(slurp(path, &first));
	for (size_t i = 0; i < 40; i++)
		GIVES(0, ledger_append(l, &entry, 1));
	ledger_close(l);
	data = slurp(path, &len);
	HOLDS(len > 2 << 20);
	data[first + 100] ^= 1;
	expect_recovery(path, data, len, 1, len - first);
	free(data);
	free(big);
}
END_TEST

/* Each way in which derived files may be lost or wrong; all of it is made again. */
static const char *losses[] = {
	"rm position",
	"rm hash/0",
	"rm hash/1",
	"rm -r hash",
	"rm -r hash position",
	"truncate -s 0 position",
	"truncate -s 5000 position",
	"truncate -s 0 hash/0",
	"truncate -s 100 hash/0",
	"truncate -s 19199 hash/0",
	"truncate -s 33 hash/1",
	"truncate -s 16000 hash/0; truncate -s 19200 hash/0", /* zeros at the head's edge */
	"truncate -s 4000 position; truncate -s 4800 position",
	"dd if=/dev/urandom of=hash/0 bs=32 seek=512 count=88 conv=notrunc status=none",
	"dd if=/dev/urandom of=hash/1 bs=32 count=2 conv=notrunc status=none",
	"printf '\\377\\377\\377\\377\\377\\377\\377\\377' | dd of=position bs=8 seek=599 "
	"conv=notrunc status=none",
	"printf '\\377\\377\\377\\377\\377\\377\\377\\177' | dd of=position bs=8 seek=599 "
	"conv=notrunc status=none",
	"printf '\\0' | dd of=position bs=8 seek=599 conv=notrunc status=none",
	"dd if=/dev/urandom of=position bs=8 seek=600 count=100 conv=notrunc status=none",
	"dd if=/dev/urandom of=hash/0 bs=32 seek=600 count=700 conv=notrunc status=none",
	"echo litter > hash/0.new; echo litter > position.new; rm hash/0",
};

START_TEST(derived_again)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], command[512], path[PATH_SPACE];

	ledger_set_segment_bytes(l, 10000);
	append_many(l, 600);
	checkpoint(&f, l, text);
	append_many(l, 50);
	ledger_close(l);
	snprintf(command, sizeof(command), "cd %s && { %s; } && tar cf %s/before.tar .", f.dir,
		losses[_i], f.top);
	HOLDS(system(command) == 0);
	l = open_as(&f, LEDGER_READ);
	expect_whole(l, 650);
	ledger_close(l);
	snprintf(command, sizeof(command),
		"cd %s && tar cf %s/after.tar . && cmp -s %s/before.tar %s/after.tar", f.dir, f.top,
		f.top, f.top);
	HOLDS(system(command) == 0);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 650);
	append_many(l, 500);
	checkpoint(&f, l, text);
	expect_whole(l, 1150);
	ledger_close(l);
	l = open_as(&f, LEDGER_READ);
	HOLDS(l->derived.trusted == 1150);
	expect_whole(l, 1150);
	ledger_close(l);
	path_of(&f, "hash/0.new", path);
	HOLDS(access(path, F_OK) != 0);
}
END_TEST

/* A level that the root over so many entries does not need. */
START_TEST(middle_level_derived_again)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], path[PATH_SPACE];
	uint8_t want[HASH_LEN], got[HASH_LEN];

	append_many(l, 65536);
	checkpoint(&f, l, text);
	GIVES(0, ledger_hash(l, 8, 100, want));
	ledger_close(l);
	path_of(&f, "hash/1", path);
	GIVES(0, unlink(path));
	l = open_as(&f, LEDGER_WRITE);
	GIVES(0, ledger_hash(l, 8, 100, got));
	HOLDS(memcmp(want, got, HASH_LEN) == 0);
	ledger_close(l);
}
END_TEST

/* The tail beyond the checkpoint is derived again at every opening, so what is stored of it need
 * not be durable. */
START_TEST(tail_is_derived)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char text[CHECKPOINT_MAX], command[256];

	append_many(l, 100);
	checkpoint(&f, l, text);
	append_many(l, 1000);
	ledger_close(l);
	snprintf(command, sizeof(command),
		"cd %s && truncate -s 3200 hash/0 && truncate -s 800 position && rm hash/1", f.dir);
	HOLDS(system(command) == 0);
	l = open_as(&f, LEDGER_READ);
	HOLDS(l->derived.trusted == 100);
	expect_whole(l, 1100);
	ledger_close(l);
	l = open_as(&f, LEDGER_WRITE);
	expect_whole(l, 1100);
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger recovery");
	TCase *torn = tcase_create("torn"), *derived = tcase_create("derived");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(torn, setup, teardown);
	tcase_add_checked_fixture(derived, setup, teardown);
	tcase_set_timeout(torn, 600);
	tcase_set_timeout(derived, 600);
	tcase_add_test(torn, torn_at_every_byte);
	tcase_add_test(torn, torn_with_filler);
	tcase_add_test(torn, torn_in_the_middle);
	tcase_add_test(torn, torn_over_appends);
	tcase_add_test(torn, torn_after_a_long_entry);
	tcase_add_loop_test(derived, derived_again, 0, (int)N(losses));
	tcase_add_test(derived, middle_level_derived_again);
	tcase_add_test(derived, tail_is_derived);
	suite_add_tcase(s, torn);
	suite_add_tcase(s, derived);
	return fixture_run(s);
}
