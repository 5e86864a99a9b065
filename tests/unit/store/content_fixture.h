/* A sealed content in a folder of its own, and reading it. */
#ifndef TESTS_UNIT_STORE_CONTENT_FIXTURE_H
#define TESTS_UNIT_STORE_CONTENT_FIXTURE_H

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

static inline void setup(void)
{
	in_place(dir, "store");
	GIVES(0, mkdir(dir, 0700));
	GIVES(0, blob_dir_make(dir));
	GIVES(0, blob_dir_open(dir, &blobs));
	GIVES(0, buffers_new(CONTENT_BUFFER, 4, &buffers));
	GIVES(0, hasher_new(2, buffers, &hasher));
	buffer = buffers_take(buffers);
}

static inline void teardown(void)
{
	buffers_give(buffers, buffer);
	hasher_free(hasher);
	buffers_free(buffers);
	blobs.ops->free(blobs.impl);
	free(bytes);
	bytes = NULL;
}

static inline char *file_of(const char *part, char out[PATH_SPACE])
{
	snprintf(out, PATH_SPACE, "%.100s/%s/000001/234/000001234567", dir, part);
	return out;
}

static inline void make_content(int64_t n)
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

static inline struct content *open_content(bool repair)
{
	struct content *c = NULL;

	GIVES(0, content_open(&blobs, buffers, ID, size, root, repair, &c));
	HOLDS(content_size(c) == size);
	return c;
}

static inline void expect_read(struct content *c, int64_t offset, size_t len)
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
static inline void expect_bad(struct content *c, int64_t bad)
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

static inline void flip(const char *part, int64_t at)
{
	char path[PATH_SPACE], byte;
	int fd = open(file_of(part, path), O_RDWR);

	HOLDS(fd >= 0 && pread(fd, &byte, 1, at) == 1);
	byte ^= 0x10;
	HOLDS(pwrite(fd, &byte, 1, at) == 1);
	close(fd);
}

#endif
