/* A blob that is hashed while it is written, beside the same bytes in memory. */
#ifndef TESTS_UNIT_STORE_HASHER_MODEL_H
#define TESTS_UNIT_STORE_HASHER_MODEL_H

#include "fs/store/base/merkle.h"
#include "tests/unit/store/store_fixture.h"

#define MODEL_MAX (3 << 20)
#define LEAF LEAF_BYTES

static struct blob_store blobs;
static struct buffers *buffers;
static struct hasher *hasher;

static inline void setup(void)
{
	char dir[PATH_SPACE];

	in_place(dir, "store");
	GIVES(0, mkdir(dir, 0700));
	GIVES(0, blob_dir_make(dir));
	GIVES(0, blob_dir_open(dir, &blobs));
	GIVES(0, buffers_new(CONTENT_BUFFER, 4, &buffers));
	GIVES(0, hasher_new(3, buffers, &hasher));
}

static inline void teardown(void)
{
	hasher_free(hasher);
	buffers_free(buffers);
	blobs.ops->free(blobs.impl);
}

/* RFC 6962 2.1 as it is written there. */
static inline void reference(const uint8_t (*leaf)[HASH_LEN], uint64_t n, uint8_t root[HASH_LEN])
{
	uint8_t left[HASH_LEN], right[HASH_LEN];
	uint64_t k = 1;

	if (n == 1) {
		memcpy(root, leaf[0], HASH_LEN);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	reference(leaf, k, left);
	reference(leaf + k, n - k, right);
	merkle_node(left, right, root);
}

static inline void root_of(const uint8_t *bytes, int64_t size, uint8_t root[HASH_LEN])
{
	uint64_t n = leaf_count(size);
	uint8_t(*leaf)[HASH_LEN] = calloc(n + 1, HASH_LEN);

	if (n == 0)
		sha256("", 0, root);
	for (uint64_t i = 0; i < n; i++)
		merkle_leaf(bytes + i * LEAF,
			(size_t)(size - (int64_t)i * LEAF < LEAF ? size - (int64_t)i * LEAF : LEAF),
			leaf[i]);
	if (n > 0)
		reference((const uint8_t(*)[HASH_LEN])leaf, n, root);
	free(leaf);
}

/* What is done to a blob is done to memory as well. */
struct model {
	struct blob *blob;
	struct hashing *hashing;
	uint8_t *bytes;
	int64_t size;
};

static inline void model_make(struct model *m, int64_t id)
{
	GIVES(0, blobs.ops->create(blobs.impl, id, &m->blob));
	GIVES(0, hashing_new(hasher, m->blob, 0, &m->hashing));
	m->bytes = calloc(1, MODEL_MAX);
	m->size = 0;
}

static inline void model_drop(struct model *m)
{
	hashing_free(m->hashing);
	blobs.ops->close(m->blob);
	free(m->bytes);
}

static inline void do_write(struct model *m, int64_t offset, int64_t len)
{
	for (int64_t i = offset; i < offset + len; i++)
		m->bytes[i] = (uint8_t)(random() >> 7);
	GIVES(0, m->blob->ops->write(m->blob, m->bytes + offset, (size_t)len, offset));
	GIVES(0, hashing_wrote(m->hashing, offset, len));
	if (offset + len > m->size)
		m->size = offset + len;
}

static inline void do_resize(struct model *m, int64_t size)
{
	if (size < m->size)
		memset(m->bytes + size, 0, (size_t)(m->size - size));
	GIVES(0, m->blob->ops->truncate(m->blob, size));
	GIVES(0, hashing_resized(m->hashing, size));
	m->size = size;
}

static inline void do_zero(struct model *m, int64_t offset, int64_t len)
{
	GIVES(0,
		m->blob->ops->allocate(
			m->blob, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, len));
	if (offset >= m->size)
		return;
	if (offset + len > m->size)
		len = m->size - offset;
	memset(m->bytes + offset, 0, (size_t)len);
	GIVES(0, hashing_wrote(m->hashing, offset, len));
}

static inline void expect_model(struct model *m, const char *when)
{
	uint8_t want[HASH_LEN], got[HASH_LEN];
	int64_t there;

	GIVES(0, hashing_finish(m->hashing, got));
	root_of(m->bytes, m->size, want);
	GIVES(0, m->blob->ops->size(m->blob, &there));
	if (there != m->size || memcmp(want, got, HASH_LEN) != 0)
		ck_abort_msg("%s: the root of %lld bytes (%lld there) is wrong", when,
			(long long)m->size, (long long)there);
}

#endif
