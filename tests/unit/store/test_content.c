/* Verified reading: every byte that is given was sealed; what is damaged is told, and where; leaf
 * hashes can always be made again. */
#include <pthread.h>

#include "fs/store/base/merkle.h"
#include "tests/unit/store/store_fixture.h"

#define LEAF ((int64_t)LEAF_BYTES)
#define GROUP (GROUP_LEAVES * LEAF)
#define ID 1234567

static char dir[PATH_SPACE];
static struct blob_store blobs;
static struct buffers *buffers;
static struct hasher *hasher;
static char *buffer;

/* What is read in a test. */
static uint8_t *bytes, root[HASH_LEN];
static int64_t size;

static void setup(void)
{
	in_place(dir, "store");
	GIVES(0, mkdir(dir, 0700));
	GIVES(0, blob_dir_make(dir));
	GIVES(0, blob_dir_open(dir, &blobs));
	GIVES(0, buffers_new(CONTENT_BUFFER, 4, &buffers));
	GIVES(0, hasher_new(2, buffers, &hasher));
	buffer = buffers_take(buffers);
}

static void teardown(void)
{
	buffers_give(buffers, buffer);
	hasher_free(hasher);
	buffers_free(buffers);
	blobs.ops->free(blobs.impl);
	free(bytes);
	bytes = NULL;
}

static char *file_of(const char *part, char out[PATH_SPACE])
{
	snprintf(out, PATH_SPACE, "%.100s/%s/000001/234/000001234567", dir, part);
	return out;
}

static void make_content(int64_t n)
{
	struct hashing *g;
	struct blob *b;
	uint64_t x = 88172645463325252ULL + (uint64_t)n;

	size = n;
	bytes = malloc((size_t)n + 1);
	for (int64_t i = 0; i < n; i++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		bytes[i] = (uint8_t)(x >> 24);
	}
	GIVES(0, blobs.ops->create(blobs.impl, ID, &b));
	GIVES(0, hashing_new(hasher, b, 0, &g));
	GIVES(0, b->ops->write(b, bytes, (size_t)n, 0));
	GIVES(0, hashing_wrote(g, 0, n));
	GIVES(0, hashing_finish(g, root));
	hashing_free(g);
	b->ops->close(b);
}

static struct content *open_content(bool repair)
{
	struct content *c = NULL;

	GIVES(0, content_open(&blobs, buffers, ID, size, root, repair, &c));
	HOLDS(content_size(c) == size);
	return c;
}

static void expect_read(struct content *c, int64_t offset, size_t len)
{
	size_t want = offset >= size           ? 0
		: (int64_t)len < size - offset ? len
					       : (size_t)(size - offset),
	       got = 77;
	const void *data;
	int64_t bad = -1;
	int err = content_read(c, buffer, offset, len, &data, &got, &bad);

	if (err != 0 || got != want || (want > 0 && memcmp(data, bytes + offset, want) != 0))
		ck_abort_msg("of %lld bytes, %zu at %lld: %d (%s), %zu bytes, bad at %lld",
			(long long)size, len, (long long)offset, err, strerror(err), got,
			(long long)bad);
}

/* What touches the leaf at `bad` fails and names it; what does not is served. */
static void expect_bad(struct content *c, int64_t bad)
{
	const int64_t begin = bad > LEAF ? bad - LEAF : 0;
	const void *data;
	int64_t where = -1;
	size_t got = 77;

	GIVES(EIO, content_read(c, buffer, bad, 1, &data, &got, &where));
	HOLDS(where == bad && got == 0);
	GIVES(EIO,
		content_read(c, buffer, bad + (size - bad < LEAF ? size - bad : LEAF) - 1, 1, &data,
			&got, NULL));
	where = -1;
	GIVES(EIO, content_read(c, buffer, begin, 3 * LEAF_BYTES, &data, &got, &where));
	HOLDS(where == bad);
	if (bad > 0)
		expect_read(c, begin, (size_t)(bad - begin));
	expect_read(c, bad + LEAF, 100);
}

static const int64_t sizes[] = {
	0,
	1,
	LEAF - 1,
	LEAF,
	LEAF + 1,
	2 * LEAF,
	2 * LEAF + 1,
	17 * LEAF + 4321,
	GROUP - 1,
	GROUP,
	GROUP + 1,
	GROUP + LEAF,
	2 * GROUP + 5,
};

START_TEST(every_size)
{
	const int64_t edge[] = { 0, 1, LEAF - 1, LEAF, LEAF + 1, 2 * LEAF, GROUP - LEAF, GROUP - 1,
		GROUP, GROUP + 1, INT64_C(1) << 40 };
	const size_t len[] = { 0, 1, 4096, LEAF_BYTES - 1, LEAF_BYTES, LEAF_BYTES + 1,
		CONTENT_SPAN };
	struct content *c;

	make_content(sizes[_i]);
	c = open_content(true);
	for (size_t i = 0; i < N(edge); i++)
		for (size_t k = 0; k < N(len); k++) {
			expect_read(c, edge[i], len[k]);
			if (size > edge[i]) /* the same distances from the end */
				expect_read(c, size - edge[i], len[k]);
		}
	for (int64_t at = 0; at < size; at += CONTENT_SPAN)
		expect_read(c, at, CONTENT_SPAN);
	content_close(c);
	content_close(NULL);
}
END_TEST

static void flip(const char *part, int64_t at)
{
	char path[PATH_SPACE], byte;
	int fd = open(file_of(part, path), O_RDWR);

	HOLDS(fd >= 0 && pread(fd, &byte, 1, at) == 1);
	byte ^= 0x10;
	HOLDS(pwrite(fd, &byte, 1, at) == 1);
	close(fd);
}

/* One byte, at the beginning, in the middle and at the end of leaves of every kind: found, and
 * named. */
START_TEST(altered_byte)
{
	const int64_t at[] = { 0, LEAF - 1, LEAF, 5 * LEAF + 777, GROUP - 1, GROUP,
		GROUP + 2 * LEAF - 1, GROUP + 2 * LEAF, GROUP + 2 * LEAF + 8 };
	struct content *c;

	make_content(GROUP + 2 * LEAF + 9);
	for (size_t i = 0; i < N(at); i++) {
		flip("blob", at[i]);
		c = open_content(true);
		expect_bad(c, at[i] / LEAF * LEAF);
		content_close(c);
		flip("blob", at[i]);
		c = open_content(true);
		expect_read(c, at[i], 1);
		content_close(c);
	}
}
END_TEST

START_TEST(altered_byte_of_one_leaf)
{
	struct content *c;

	make_content(1 + _i * (LEAF - 1));
	flip("blob", size - 1);
	c = open_content(true);
	expect_bad(c, 0);
	content_close(c);
}
END_TEST

/* Damage that comes while it is open is met as well. */
START_TEST(altered_while_open)
{
	struct content *c;

	make_content(20 * LEAF);
	c = open_content(true);
	expect_read(c, 0, CONTENT_SPAN);
	flip("blob", 3 * LEAF + 1);
	expect_bad(c, 3 * LEAF);
	flip("blob", 3 * LEAF + 1);
	expect_read(c, 0, CONTENT_SPAN);
	content_close(c);
}
END_TEST

static void spoil_leaves(int how)
{
	char path[PATH_SPACE];
	struct stat st;

	file_of("leaf", path);
	GIVES(0, stat(path, &st));
	HOLDS(st.st_size == (int64_t)leaf_count(size) * HASH_LEN);
	switch (how) {
	case 0:
		GIVES(0, unlink(path));
		break;
	case 1:
		GIVES(0, truncate(path, 0));
		break;
	case 2:
		GIVES(0, truncate(path, st.st_size - 1));
		break;
	case 3:
		GIVES(0, truncate(path, HASH_LEN * 2));
		break;
	case 4:
		flip("leaf", 0);
		break;
	case 5:
		flip("leaf", st.st_size - 1);
		break;
	case 6: /* zeroes, as after a power cut */
		GIVES(0, truncate(path, 0));
		GIVES(0, truncate(path, st.st_size));
		break;
	}
}

/* Made again from the bytes, silently; written back where that is wanted, and only there. */
START_TEST(leaves_made_again)
{
	char path[PATH_SPACE], *before, *after;
	size_t len, now;
	struct content *c;

	make_content(GROUP + 3 * LEAF + 7);
	before = slurp(file_of("leaf", path), &len);
	spoil_leaves(_i);
	c = open_content(false);
	expect_read(c, 0, CONTENT_SPAN);
	expect_read(c, GROUP - 10, CONTENT_SPAN);
	flip("blob", GROUP + 5);
	expect_bad(c, GROUP);
	flip("blob", GROUP + 5);
	content_close(c);
	if (_i == 0)
		HOLDS(access(path, F_OK) != 0);
	else {
		after = slurp(path, &now);
		HOLDS(now != len || memcmp(before, after, len) != 0);
		free(after);
	}
	c = open_content(true);
	expect_read(c, GROUP - 10, CONTENT_SPAN);
	content_close(c);
	after = slurp(path, &now);
	HOLDS(now == len && memcmp(before, after, len) == 0);
	free(before);
	free(after);
}
END_TEST

/* Without leaf hashes nobody can say where, but what is wrong is not served. */
START_TEST(wrong_content)
{
	struct content *c = NULL;
	uint8_t other[HASH_LEN];
	char path[PATH_SPACE];

	make_content(sizes[_i]);
	if (size > LEAF) {
		unlink(file_of("leaf", path));
		flip("blob", size / 2);
		GIVES(EIO, content_open(&blobs, buffers, ID, size, root, true, &c));
		GIVES(EIO, content_open(&blobs, buffers, ID, size, root, false, &c));
		flip("blob", size / 2);
		content_close(open_content(false));
		memcpy(other, root, HASH_LEN);
		other[31] ^= 1;
		GIVES(EIO, content_open(&blobs, buffers, ID, size, other, true, &c));
	}
	GIVES(EIO, content_open(&blobs, buffers, ID, size + 1, root, true, &c));
	GIVES(0, truncate(file_of("blob", path), size + 1));
	GIVES(EIO, content_open(&blobs, buffers, ID, size, root, true, &c));
	if (size > 0) {
		GIVES(0, truncate(path, size - 1));
		GIVES(EIO, content_open(&blobs, buffers, ID, size, root, true, &c));
	}
	GIVES(0, unlink(path));
	GIVES(ENOENT, content_open(&blobs, buffers, ID, size, root, true, &c));
	HOLDS(c == NULL);
}
END_TEST

START_TEST(of_nothing)
{
	struct content *c = NULL;

	make_content(0);
	root[0] ^= 1;
	GIVES(EIO, content_open(&blobs, buffers, ID, 0, root, true, &c));
	root[0] ^= 1;
	c = open_content(true);
	expect_read(c, 0, 100);
	content_close(c);
}
END_TEST

/* Cut short while it is open. */
START_TEST(cut_while_open)
{
	char path[PATH_SPACE];
	struct content *c;
	const void *data;
	int64_t bad = -1;
	size_t got;

	make_content(5 * LEAF);
	c = open_content(true);
	GIVES(0, truncate(file_of("blob", path), 3 * LEAF + 10));
	GIVES(EIO, content_read(c, buffer, 0, 5 * LEAF_BYTES, &data, &got, &bad));
	HOLDS(bad == 3 * LEAF && got == 0);
	expect_read(c, 0, 3 * LEAF_BYTES);
	content_close(c);
}
END_TEST

static struct blob_ops no_room;

static int no_leaves(struct blob *b, uint64_t first, size_t n, const uint8_t (*in)[HASH_LEN])
{
	(void)b, (void)first, (void)n, (void)in;
	return ENOSPC;
}

static int open_no_room(void *impl, int64_t id, bool writable, struct blob **out)
{
	int err = blobs.ops->open(impl, id, writable, out);

	if (err == 0)
		(*out)->ops = &no_room;
	return err;
}

/* A full disk keeps the leaf hashes from being stored: they are kept in memory, and all is
 * served. */
START_TEST(leaves_not_to_be_stored)
{
	struct blob_store full = { &no_room, blobs.impl };
	struct content *c = NULL;

	no_room = *blobs.ops;
	no_room.leaves_write = no_leaves;
	no_room.open = open_no_room;
	make_content(GROUP + 9);
	spoil_leaves(0);
	GIVES(0, content_open(&full, buffers, ID, size, root, true, &c));
	expect_read(c, GROUP - 9, 18);
	flip("blob", 0);
	expect_bad(c, 0);
	content_close(c);
}
END_TEST

#define READERS 4

static struct content *shared;

static void *read_about(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	char *own = buffers_take(buffers);
	const void *data;
	size_t got;

	for (int n = 0; n < 150; n++) {
		int64_t at = rand_r(&seed) % size;
		size_t len = (size_t)rand_r(&seed) % (n % 10 ? 20000 : CONTENT_SPAN);

		GIVES(0, content_read(shared, own, at, len, &data, &got, NULL));
		HOLDS(memcmp(data, bytes + at, got) == 0);
	}
	buffers_give(buffers, own);
	return NULL;
}

START_TEST(readers_at_once)
{
	pthread_t thread[READERS];

	make_content(2 * GROUP + 12345);
	shared = open_content(true);
	for (uintptr_t i = 0; i < READERS; i++)
		GIVES(0, pthread_create(&thread[i], NULL, read_about, (void *)(i + 1)));
	for (size_t i = 0; i < READERS; i++)
		pthread_join(thread[i], NULL);
	content_close(shared);
}
END_TEST

/* Over a GiB of holes but for two leaves: groups that share a slot of the leaves that are kept. */
START_TEST(more_groups_than_slots)
{
	const uint64_t leaves = 65 * GROUP_LEAVES;
	uint8_t(*leaf)[HASH_LEN] = calloc(leaves, HASH_LEN);
	struct content *c = NULL;
	struct blob *b;

	size = (int64_t)leaves * LEAF;
	bytes = calloc(1, LEAF_BYTES);
	merkle_leaf(bytes, LEAF_BYTES, leaf[0]);
	for (uint64_t i = 1; i < leaves; i++)
		memcpy(leaf[i], leaf[0], HASH_LEN);
	memset(bytes, 0x77, LEAF_BYTES);
	merkle_leaf(bytes, LEAF_BYTES, leaf[3]);
	GIVES(0, blobs.ops->create(blobs.impl, ID, &b));
	GIVES(0, b->ops->truncate(b, size));
	GIVES(0, b->ops->write(b, bytes, LEAF_BYTES, 3 * LEAF));
	GIVES(0, b->ops->leaves_write(b, 0, leaves, (const uint8_t(*)[HASH_LEN])leaf));
	GIVES(0, content_root(b, leaves, root));
	b->ops->close(b);
	free(leaf);
	GIVES(0, content_open(&blobs, buffers, ID, size, root, true, &c));
	for (int n = 0; n < 3; n++) {
		const void *data;
		size_t got;

		GIVES(0, content_read(c, buffer, 3 * LEAF, LEAF_BYTES, &data, &got, NULL));
		HOLDS(got == LEAF_BYTES && memcmp(data, bytes, got) == 0);
		GIVES(0,
			content_read(
				c, buffer, 64 * GROUP + 3 * LEAF, LEAF_BYTES, &data, &got, NULL));
		HOLDS(got == LEAF_BYTES && ((const char *)data)[0] == 0);
	}
	content_close(c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("content");
	TCase *t = tcase_create("verified reading");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_size, 0, (int)N(sizes));
	tcase_add_test(t, altered_byte);
	tcase_add_loop_test(t, altered_byte_of_one_leaf, 0, 2);
	tcase_add_test(t, altered_while_open);
	tcase_add_loop_test(t, leaves_made_again, 0, 7);
	tcase_add_loop_test(t, wrong_content, 0, (int)N(sizes));
	tcase_add_test(t, of_nothing);
	tcase_add_test(t, cut_while_open);
	tcase_add_test(t, leaves_not_to_be_stored);
	tcase_add_test(t, readers_at_once);
	tcase_add_test(t, more_groups_than_slots);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
