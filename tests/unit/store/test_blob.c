/* Blobs in a directory: the table of operations, folders of bounded size, and what sealing means on
 * disk. */
#include <dirent.h>
#include <sys/statvfs.h>

#include "tests/unit/store/store_fixture.h"

static char dir[PATH_SPACE];
static struct blob_store blobs;

static void setup(void)
{
	in_place(dir, "store");
	GIVES(0, mkdir(dir, 0700));
	GIVES(0, blob_dir_make(dir));
	GIVES(0, blob_dir_open(dir, &blobs));
}

static void teardown(void)
{
	blobs.ops->free(blobs.impl);
}

static struct blob *create(int64_t id)
{
	struct blob *b = NULL;

	GIVES(0, blobs.ops->create(blobs.impl, id, &b));
	HOLDS(b->id == id);
	return b;
}

static bool there(const char *name)
{
	char path[PATH_SPACE];

	snprintf(path, sizeof path, "%.100s/%s", dir, name);
	return access(path, F_OK) == 0;
}

START_TEST(names)
{
	static const struct {
		int64_t id;
		const char *name;
	} rows[] = {
		{ 1, "blob/000000/000/000000000001" },
		{ 999, "blob/000000/000/000000000999" },
		{ 1000, "blob/000000/001/000000001000" },
		{ 999999, "blob/000000/999/000000999999" },
		{ 1000000, "blob/000001/000/000001000000" },
		{ INT64_C(123456789012), "blob/123456/789/123456789012" },
	};
	struct blob *b = NULL;

	for (size_t i = 0; i < N(rows); i++) {
		GIVES(ENOENT, blobs.ops->open(blobs.impl, rows[i].id, false, &b));
		GIVES(ENOENT, blobs.ops->open(blobs.impl, rows[i].id, true, &b));
		GIVES(ENOENT, blobs.ops->unseal(blobs.impl, rows[i].id));
		b = create(rows[i].id);
		HOLDS(there(rows[i].name));
		b->ops->close(b);
		GIVES(EEXIST, blobs.ops->create(blobs.impl, rows[i].id, &b));
		GIVES(0, blobs.ops->open(blobs.impl, rows[i].id, false, &b));
		b->ops->close(b);
	}
	blobs.ops->close(NULL);
	GIVES(EEXIST, blob_dir_make(dir));
}
END_TEST

static void expect_bytes(struct blob *b, const char *want, size_t len)
{
	char got[64] = "";
	int64_t size;

	GIVES(0, b->ops->size(b, &size));
	ck_assert_int_eq(size, (int64_t)len);
	GIVES(0, b->ops->read(b, got, len, 0));
	HOLDS(memcmp(want, got, len) == 0);
}

START_TEST(bytes)
{
	struct blob *b = create(7);
	char got[8];

	expect_bytes(b, "", 0);
	GIVES(0, b->ops->write(b, "abcdef", 6, 0));
	GIVES(0, b->ops->write(b, "XY", 2, 8));
	expect_bytes(b, "abcdef\0\0XY", 10);
	GIVES(0, b->ops->read(b, got, 2, 8));
	GIVES(ENODATA, b->ops->read(b, got, 3, 8));
	GIVES(ENODATA, b->ops->read(b, got, 1, 10));
	GIVES(0, b->ops->read(b, got, 0, 99));
	GIVES(0, b->ops->truncate(b, 4));
	expect_bytes(b, "abcd", 4);
	GIVES(0, b->ops->truncate(b, 6));
	expect_bytes(b, "abcd\0\0", 6);
	b->ops->flush_range(b, 0, 6);
	GIVES(0, b->ops->sync(b));
	b->ops->close(b);
}
END_TEST

START_TEST(allocation)
{
	static const struct {
		int mode;
		int64_t offset, len;
		const char *want;
		size_t size;
	} rows[] = {
		{ 0, 0, 12, "abcdefghij\0\0", 12 },
		{ FALLOC_FL_KEEP_SIZE, 0, 20, "abcdefghij", 10 },
		{ FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3, "ab\0\0\0fghij", 10 },
		{ FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8, 9, "abcdefgh\0\0", 10 },
		{ FALLOC_FL_ZERO_RANGE, 8, 4, "abcdefgh\0\0\0\0", 12 },
		{ FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 8, 4, "abcdefgh\0\0", 10 },
	};
	struct blob *b = create(1 + _i);

	GIVES(0, b->ops->write(b, "abcdefghij", 10, 0));
	GIVES(0, b->ops->allocate(b, rows[_i].mode, rows[_i].offset, rows[_i].len));
	expect_bytes(b, rows[_i].want, rows[_i].size);
	b->ops->close(b);
}
END_TEST

START_TEST(leaf_hashes)
{
	uint8_t in[3][HASH_LEN], out[3][HASH_LEN];
	struct blob *b = create(5), *again;

	for (int i = 0; i < 3; i++)
		memset(in[i], 'a' + i, HASH_LEN);
	GIVES(ENODATA, b->ops->leaves_read(b, 0, 1, out));
	HOLDS(!there("leaf/000000/000/000000000005"));
	GIVES(0, b->ops->leaves_write(b, 1, 2, (const uint8_t(*)[HASH_LEN])in + 1));
	GIVES(0, b->ops->leaves_write(b, 0, 1, (const uint8_t(*)[HASH_LEN])in));
	GIVES(0, blobs.ops->open(blobs.impl, 5, false, &again));
	GIVES(0, again->ops->leaves_read(again, 0, 3, out));
	HOLDS(memcmp(in, out, sizeof in) == 0);
	GIVES(0, again->ops->leaves_read(again, 2, 1, out));
	HOLDS(memcmp(in[2], out, HASH_LEN) == 0);
	GIVES(ENODATA, again->ops->leaves_read(again, 2, 2, out));
	GIVES(ENODATA, again->ops->leaves_read(again, 99, 1, out));
	again->ops->close(again);
	b->ops->close(b);
}
END_TEST

static bool immutable_works(const char *path)
{
	int fd = open(path, O_RDONLY), flags;
	bool works = ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_IMMUTABLE_FL);

	close(fd);
	return works;
}

/* Sealed: mode 0400 and, where the file system can, immutable; never writable again, by any way
 * in. */
START_TEST(sealed)
{
	struct blob *b = create(6), *again;
	char path[PATH_SPACE];
	struct stat st;

	GIVES(0, b->ops->write(b, "abc", 3, 0));
	GIVES(0, b->ops->seal(b));
	snprintf(path, sizeof path, "%.100s/blob/000000/000/000000000006", dir);
	GIVES(0, stat(path, &st));
	HOLDS((st.st_mode & 07777) == 0400);
	GIVES(EPERM, blobs.ops->unseal(blobs.impl, 6));
	GIVES(0, b->ops->seal(b));
	if (immutable_works(path)) {
		HOLDS(blobs.ops->open(blobs.impl, 6, true, &again) != 0);
		HOLDS(unlink(path) != 0);
		HOLDS(open(path, O_WRONLY) < 0);
	}
	GIVES(0, blobs.ops->open(blobs.impl, 6, false, &again));
	HOLDS(again->ops->write(again, "x", 1, 0) != 0);
	HOLDS(again->ops->truncate(again, 0) != 0);
	again->ops->close(again);
	b->ops->close(b);
}
END_TEST

START_TEST(unsealed_while_empty)
{
	struct blob *b = create(6);

	GIVES(0, b->ops->seal(b));
	b->ops->close(b);
	GIVES(0, blobs.ops->unseal(blobs.impl, 6));
	GIVES(0, blobs.ops->open(blobs.impl, 6, true, &b));
	GIVES(0, b->ops->write(b, "abc", 3, 0));
	expect_bytes(b, "abc", 3);
	GIVES(0, b->ops->seal(b));
	b->ops->close(b);
	GIVES(EPERM, blobs.ops->unseal(blobs.impl, 6));
}
END_TEST

/* A link put in the place of a blob or a leaf file leads nowhere. */
START_TEST(links)
{
	struct blob *b = create(6);
	char path[PATH_SPACE], out[PATH_SPACE];
	uint8_t hash[1][HASH_LEN] = { { 0 } };

	GIVES(0, b->ops->leaves_write(b, 0, 1, (const uint8_t(*)[HASH_LEN])hash));
	b->ops->close(b);
	spill(in_place(out, "elsewhere"), "abc", 3);
	snprintf(path, sizeof path, "%.100s/blob/000000/000/000000000006", dir);
	GIVES(0, unlink(path));
	GIVES(0, symlink(out, path));
	HOLDS(blobs.ops->open(blobs.impl, 6, false, &b) != 0);
	HOLDS(blobs.ops->unseal(blobs.impl, 6) != 0);
	GIVES(EEXIST, blobs.ops->create(blobs.impl, 6, &b));
}
END_TEST

/* Bytes and leaf hashes go, sealed or not; a descriptor that is still open reads what overwrote
 * them. */
START_TEST(erased)
{
	static const uint8_t leaf[1][HASH_LEN] = { { 7 } };
	uint8_t was[5000], now[5000];
	struct erased gone;
	struct blob *b = create(7), *reader = NULL;
	int64_t stored = 0, stored_after = 0;

	memset(was, 0xa5, sizeof was);
	GIVES(0, b->ops->write(b, was, sizeof was, 0));
	GIVES(0, b->ops->truncate(b, 1 << 20)); /* a hole, which stays one */
	GIVES(0, b->ops->leaves_write(b, 0, 1, leaf));
	GIVES(0, b->ops->sync(b));
	GIVES(0, b->ops->seal(b));
	b->ops->close(b);
	GIVES(0, blobs.ops->open(blobs.impl, 7, false, &reader));
	GIVES(0, reader->ops->stored(reader, &stored));
	GIVES(0, blobs.ops->erase(blobs.impl, 7, &gone));
	HOLDS(!there("blob/000000/000/000000000007") && !there("leaf/000000/000/000000000007"));
	HOLDS(gone.how == ERASURE_OVERWRITTEN || gone.how == ERASURE_REMOVED);
	HOLDS(gone.fs[0] != '\0');
	GIVES(0, reader->ops->read(reader, now, sizeof now, 0));
	for (size_t i = 0; gone.how == ERASURE_OVERWRITTEN && i < sizeof now; i++)
		HOLDS(now[i] == 0);
	GIVES(0, reader->ops->stored(reader, &stored_after));
	HOLDS(stored_after <= stored);
	reader->ops->close(reader);
	GIVES(0, blobs.ops->erase(blobs.impl, 7, &gone));
	HOLDS(gone.how == ERASURE_ABSENT);
	GIVES(0, blobs.ops->erase(blobs.impl, 123456789, &gone));
	HOLDS(gone.how == ERASURE_ABSENT);
}
END_TEST

/* What is no file of the store is left alone, and what it leads to. */
START_TEST(nothing_else_is_erased)
{
	char link[PATH_SPACE], target[PATH_SPACE];
	struct erased gone;
	struct blob *b = create(8);
	int fd;

	b->ops->close(b);
	in_place(target, "target");
	fd = open(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
	HOLDS(fd >= 0 && write(fd, "kept", 4) == 4);
	close(fd);
	snprintf(link, sizeof link, "%.100s/blob/000000/000/000000000009", dir);
	GIVES(0, symlink(target, link));
	GIVES(EINVAL, blobs.ops->erase(blobs.impl, 9, &gone));
	HOLDS(there("blob/000000/000/000000000009"));
	fd = open(target, O_RDONLY);
	HOLDS(read(fd, link, 4) == 4 && memcmp(link, "kept", 4) == 0);
	close(fd);
	snprintf(link, sizeof link, "%.100s/blob/000000/000/000000000010", dir);
	GIVES(0, mkdir(link, 0700));
	GIVES(EINVAL, blobs.ops->erase(blobs.impl, 10, &gone));
}
END_TEST

/* Memory has no place that could be overwritten for good. */
START_TEST(erased_in_memory)
{
	char small[PATH_SPACE];
	struct blob_store other;
	struct erased gone;
	struct blob *b = NULL;

	in_place(small, "small");
	mount_small(small, "size=1m");
	GIVES(0, blob_dir_make(small));
	GIVES(0, blob_dir_open(small, &other));
	GIVES(0, other.ops->create(other.impl, 1, &b));
	GIVES(0, b->ops->write(b, "x", 1, 0));
	b->ops->close(b);
	GIVES(0, other.ops->erase(other.impl, 1, &gone));
	HOLDS(gone.how == ERASURE_REMOVED && strcmp(gone.fs, "tmpfs") == 0);
	other.ops->free(other.impl);
}
END_TEST

START_TEST(usage)
{
	struct statvfs st;

	GIVES(0, blobs.ops->usage(blobs.impl, &st));
	HOLDS(st.f_blocks > 0 && st.f_bavail <= st.f_blocks);
}
END_TEST

START_TEST(stock_of_buffers)
{
	struct buffers *stock;
	void *p[5];

	GIVES(0, buffers_new(10000, 2, &stock));
	ck_assert_uint_eq(buffers_bytes(stock), 10000);
	for (int i = 0; i < 5; i++) {
		p[i] = buffers_take(stock);
		HOLDS(p[i] != NULL && (uintptr_t)p[i] % 4096 == 0);
		memset(p[i], i, 10000);
	}
	for (int i = 0; i < 5; i++)
		buffers_give(stock, p[i]);
	HOLDS(buffers_take(stock) == p[1] && buffers_take(stock) == p[0]);
	buffers_give(stock, p[0]);
	buffers_give(stock, p[1]);
	buffers_give(stock, NULL);
	buffers_free(stock);
	buffers_free(NULL);
}
END_TEST

START_TEST(not_a_store)
{
	struct blob_store none;
	char path[PATH_SPACE];

	GIVES(ENOENT, blob_dir_open(in_place(path, "nothing"), &none));
	GIVES(0, mkdir(path, 0700));
	GIVES(ENOENT, blob_dir_open(path, &none));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blobs");
	TCase *t = tcase_create("directory");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, names);
	tcase_add_test(t, bytes);
	tcase_add_loop_test(t, allocation, 0, 6);
	tcase_add_test(t, leaf_hashes);
	tcase_add_test(t, sealed);
	tcase_add_test(t, unsealed_while_empty);
	tcase_add_test(t, links);
	tcase_add_test(t, erased);
	tcase_add_test(t, nothing_else_is_erased);
	tcase_add_test(t, erased_in_memory);
	tcase_add_test(t, usage);
	tcase_add_test(t, stock_of_buffers);
	tcase_add_test(t, not_a_store);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
