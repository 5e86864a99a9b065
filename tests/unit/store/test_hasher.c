/* Leaf hashing while content arrives: whatever is written, in whatever order, the root is that of
 * the bytes. */
#include <pthread.h>

#include "fs/store/base/merkle.h"
#include "tests/unit/store/store_fixture.h"

#define MODEL_MAX (3 << 20)
#define LEAF LEAF_BYTES

static struct blob_store blobs;
static struct buffers *buffers;
static struct hasher *hasher;

static void setup(void)
{
	char dir[PATH_SPACE];

	in_place(dir, "store");
	GIVES(0, mkdir(dir, 0700));
	GIVES(0, blob_dir_make(dir));
	GIVES(0, blob_dir_open(dir, &blobs));
	GIVES(0, buffers_new(CONTENT_BUFFER, 4, &buffers));
	GIVES(0, hasher_new(3, buffers, &hasher));
}

static void teardown(void)
{
	hasher_free(hasher);
	buffers_free(buffers);
	blobs.ops->free(blobs.impl);
}

/* RFC 6962 2.1 as it is written there. */
static void reference(const uint8_t (*leaf)[HASH_LEN], uint64_t n, uint8_t root[HASH_LEN])
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

static void root_of(const uint8_t *bytes, int64_t size, uint8_t root[HASH_LEN])
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

static void model_make(struct model *m, int64_t id)
{
	GIVES(0, blobs.ops->create(blobs.impl, id, &m->blob));
	GIVES(0, hashing_new(hasher, m->blob, 0, &m->hashing));
	m->bytes = calloc(1, MODEL_MAX);
	m->size = 0;
}

static void model_drop(struct model *m)
{
	hashing_free(m->hashing);
	blobs.ops->close(m->blob);
	free(m->bytes);
}

static void do_write(struct model *m, int64_t offset, int64_t len)
{
	for (int64_t i = offset; i < offset + len; i++)
		m->bytes[i] = (uint8_t)(random() >> 7);
	GIVES(0, m->blob->ops->write(m->blob, m->bytes + offset, (size_t)len, offset));
	GIVES(0, hashing_wrote(m->hashing, offset, len));
	if (offset + len > m->size)
		m->size = offset + len;
}

static void do_resize(struct model *m, int64_t size)
{
	if (size < m->size)
		memset(m->bytes + size, 0, (size_t)(m->size - size));
	GIVES(0, m->blob->ops->truncate(m->blob, size));
	GIVES(0, hashing_resized(m->hashing, size));
	m->size = size;
}

static void do_zero(struct model *m, int64_t offset, int64_t len)
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

static void expect_model(struct model *m, const char *when)
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

static const int64_t sizes[] = {
	0,
	1,
	2,
	LEAF - 1,
	LEAF,
	LEAF + 1,
	2 * LEAF - 1,
	2 * LEAF,
	2 * LEAF + 1,
	3 * LEAF,
	4 * LEAF,
	5 * LEAF - 1,
	16 * LEAF,
	17 * LEAF + 5,
	1 << 20,
	MODEL_MAX - 1,
	MODEL_MAX,
};

START_TEST(one_write)
{
	struct model m;

	model_make(&m, 1);
	if (sizes[_i] > 0)
		do_write(&m, 0, sizes[_i]);
	expect_model(&m, "written at once");
	expect_model(&m, "finished again");
	model_drop(&m);
}
END_TEST

/* From each size to each other one, by growing, by cutting, and by a write behind the end. */
START_TEST(from_size_to_size)
{
	struct model m;

	for (size_t i = 0; i < N(sizes) - 3; i++)
		for (size_t k = 0; k < N(sizes) - 3; k++) {
			model_make(&m, (int64_t)(1 + i * 100 + k));
			if (sizes[i] > 0)
				do_write(&m, 0, sizes[i]);
			expect_model(&m, "at first");
			do_resize(&m, sizes[k]);
			expect_model(&m, "resized");
			do_write(&m, sizes[k] + 3, 7);
			expect_model(&m, "written behind the end");
			if (sizes[i] > 0)
				do_write(&m, sizes[i] - 1, 1);
			expect_model(&m, "one byte");
			model_drop(&m);
		}
}
END_TEST

START_TEST(small_writes_in_order)
{
	struct model m;

	model_make(&m, 1);
	for (int64_t at = 0; at + 4096 <= MODEL_MAX; at += 4096)
		do_write(&m, at, 4096);
	expect_model(&m, "in order");
	model_drop(&m);
}
END_TEST

START_TEST(backwards)
{
	struct model m;

	model_make(&m, 1);
	for (int64_t at = MODEL_MAX - 10000; at >= 0; at -= 10000)
		do_write(&m, at, 10000);
	do_write(&m, 0, 10000);
	expect_model(&m, "backwards");
	model_drop(&m);
}
END_TEST

static void do_anything(struct model *m)
{
	int64_t most = random() % 4 == 0 ? 400000 : 70000, len = 1 + random() % most,
		at = random() % (MODEL_MAX - len);

	switch (random() % 16) {
	case 0:
		do_resize(m, random() % MODEL_MAX);
		break;
	case 1:
		do_resize(m, m->size * (random() % 100) / 100);
		break;
	case 2:
		do_zero(m, at, len);
		break;
	case 3:
		expect_model(m, "in between");
		break;
	case 4: /* a client that appends */
		at = m->size + len <= MODEL_MAX ? m->size : 0;
		/* fall through */
	default:
		do_write(m, at, len);
	}
}

START_TEST(anything)
{
	struct model m;

	srandom((unsigned)_i + 1);
	model_make(&m, 1);
	for (int n = 0; n < 150; n++)
		do_anything(&m);
	expect_model(&m, "at last");
	do_resize(&m, 0);
	expect_model(&m, "cut to nothing");
	do_write(&m, 5, 100);
	expect_model(&m, "begun anew");
	model_drop(&m);
}
END_TEST

/* What a start does: the bytes are there, and nothing is known of them. */
START_TEST(of_what_is_there)
{
	struct model m;
	struct hashing *again;
	uint8_t want[HASH_LEN], got[HASH_LEN];

	model_make(&m, 1);
	for (size_t i = 0; i < N(sizes); i++) {
		do_resize(&m, 0);
		if (sizes[i] > 0)
			do_write(&m, 0, sizes[i]);
		GIVES(0, hashing_new(hasher, m.blob, m.size, &again));
		GIVES(0, hashing_finish(again, got));
		root_of(m.bytes, m.size, want);
		HOLDS(memcmp(want, got, HASH_LEN) == 0);
		hashing_free(again);
	}
	model_drop(&m);
}
END_TEST

/* The leaf hashes that are left with the blob are those that reading will want. */
START_TEST(leaves_are_stored)
{
	struct model m;
	uint8_t got[HASH_LEN], want[HASH_LEN];

	model_make(&m, 1);
	do_write(&m, 0, 10);
	expect_model(&m, "one leaf");
	do_write(&m, LEAF * 2, 10); /* the first leaf is hashed already, and must be stored now */
	expect_model(&m, "three leaves");
	for (uint64_t i = 0; i < 3; i++) {
		merkle_leaf(m.bytes + i * LEAF, i < 2 ? LEAF : 10, want);
		GIVES(0, m.blob->ops->leaves_read(m.blob, i, 1, &got));
		HOLDS(memcmp(want, got, HASH_LEN) == 0);
	}
	GIVES(0, content_root(m.blob, 3, got));
	model_drop(&m);
}
END_TEST

/* More than a group's leaves, and nothing but holes. */
START_TEST(sparse)
{
	const int64_t size = (int64_t)(2 * GROUP_LEAVES + 3) * LEAF + 17;
	uint64_t n = leaf_count(size);
	uint8_t(*leaf)[HASH_LEN] = calloc(n, HASH_LEN), want[HASH_LEN], got[HASH_LEN];
	uint8_t *zero = calloc(1, LEAF);
	struct model m;

	model_make(&m, 1);
	GIVES(0, m.blob->ops->truncate(m.blob, size));
	GIVES(0, hashing_resized(m.hashing, size));
	GIVES(0, hashing_finish(m.hashing, got));
	for (uint64_t i = 0; i < n; i++)
		merkle_leaf(zero, i + 1 < n ? LEAF : 17, leaf[i]);
	reference((const uint8_t(*)[HASH_LEN])leaf, n, want);
	HOLDS(memcmp(want, got, HASH_LEN) == 0);
	free(leaf);
	free(zero);
	model_drop(&m);
}
END_TEST

#define WRITERS 4
#define STRIPE 50000 /* no multiple of a leaf: neighbours meet in leaves */
#define STRIPES (MODEL_MAX / STRIPE)

struct writer {
	struct model *m;
	int number;
	unsigned seed;
};

/* Each of its stripes twice: backwards and with something else first, then with what the model
 * has. */
static void *write_stripes(void *arg)
{
	struct writer *w = arg;
	struct model *m = w->m;
	uint8_t *wrong = malloc(STRIPE);

	memset(wrong, 0x55, STRIPE);
	for (int i = STRIPES - 1; i >= 0; i--) {
		size_t len = 1 + (size_t)(rand_r(&w->seed) % STRIPE);

		if (i % WRITERS != w->number)
			continue;
		GIVES(0, m->blob->ops->write(m->blob, wrong, len, (int64_t)i * STRIPE));
		GIVES(0, hashing_wrote(m->hashing, (int64_t)i * STRIPE, (int64_t)len));
	}
	for (int i = w->number; i < STRIPES; i += WRITERS) {
		GIVES(0,
			m->blob->ops->write(m->blob, m->bytes + (int64_t)i * STRIPE, STRIPE,
				(int64_t)i * STRIPE));
		GIVES(0, hashing_wrote(m->hashing, (int64_t)i * STRIPE, STRIPE));
	}
	free(wrong);
	return NULL;
}

/* Several contents at once, each with several writers, on the same workers. */
START_TEST(writers_at_once)
{
	pthread_t thread[3][WRITERS];
	struct writer w[3][WRITERS];
	struct model m[3];

	srandom((unsigned)_i + 1);
	for (int k = 0; k < 3; k++) {
		model_make(&m[k], k + 1);
		for (int64_t i = 0; i < (int64_t)STRIPES * STRIPE; i++)
			m[k].bytes[i] = (uint8_t)(random() >> 5);
		m[k].size = (int64_t)STRIPES * STRIPE;
		for (int i = 0; i < WRITERS; i++) {
			w[k][i] = (struct writer){ &m[k], i, (unsigned)(_i * 100 + k * 10 + i) };
			GIVES(0, pthread_create(&thread[k][i], NULL, write_stripes, &w[k][i]));
		}
	}
	for (int k = 0; k < 3; k++) {
		for (int i = 0; i < WRITERS; i++)
			pthread_join(thread[k][i], NULL);
		expect_model(&m[k], "written by many");
	}
	for (int k = 0; k < 3; k++)
		model_drop(&m[k]);
}
END_TEST

/* Given up while workers are at it, again and again. */
START_TEST(given_up)
{
	struct model m;

	for (int n = 0; n < 200; n++) {
		model_make(&m, n + 1);
		do_write(&m, 0, 5 * LEAF + n);
		model_drop(&m);
	}
	hashing_free(NULL);
	hasher_free(NULL);
}
END_TEST

/* A blob that fails when told to. */
static struct blob_ops failing;
static _Atomic int fail_reads, fail_leaves; /* so many more fail */

static int failing_read(struct blob *b, void *buf, size_t len, int64_t offset)
{
	return fail_reads > 0 && fail_reads-- > 0 ? EIO : blobs.ops->read(b, buf, len, offset);
}

static int failing_leaves(struct blob *b, uint64_t first, size_t n, const uint8_t (*in)[HASH_LEN])
{
	return fail_leaves > 0 && fail_leaves-- > 0 ? ENOSPC
						    : blobs.ops->leaves_write(b, first, n, in);
}

static void use_failing(struct model *m)
{
	failing = *blobs.ops;
	failing.read = failing_read;
	failing.leaves_write = failing_leaves;
	m->blob->ops = &failing;
}

static void write_quietly(struct model *m, int64_t size)
{
	for (int64_t i = 0; i < size; i++)
		m->bytes[i] = (uint8_t)(random() >> 7);
	GIVES(0, blobs.ops->write(m->blob, m->bytes, (size_t)size, 0));
	m->size = size;
}

/* Finishing that failed tells so; finishing that succeeds later is right, however little was marked
 * meanwhile. */
START_TEST(fails_and_tries_again)
{
	uint8_t root[HASH_LEN];
	struct model m;

	model_make(&m, 1);
	write_quietly(&m, 40 * LEAF + 9);
	use_failing(&m);
	GIVES(0, hashing_wrote(m.hashing, 40 * LEAF, 9)); /* marks all, from the old size on, and
							     wakes no worker before the end */
	if (_i == 0)
		fail_leaves = 1;
	else
		fail_reads = 1;
	fail_leaves *= 1000;
	fail_reads *= 1000;
	GIVES(_i == 0 ? ENOSPC : EIO, hashing_finish(m.hashing, root));
	fail_leaves = fail_reads = 0;
	expect_model(&m, "after a failure");
	model_drop(&m);
}
END_TEST

START_TEST(fails_once)
{
	uint8_t root[HASH_LEN];
	struct model m;
	int err;

	model_make(&m, 1);
	write_quietly(&m, 40 * LEAF + 9);
	use_failing(&m);
	fail_leaves = 1;
	GIVES(0, hashing_wrote(m.hashing, 0, m.size));
	err = hashing_finish(m.hashing,
		root); /* a worker may have met the failure, and its part been hashed again */
	HOLDS(err == 0 || err == ENOSPC);
	expect_model(&m, "after one failure");
	model_drop(&m);
}
END_TEST

/* Cut short in the middle of what a worker is at, over and over: the workers' errors are not the
 * content's. */
static void *cut_and_grow(void *arg)
{
	struct model *m = arg;

	for (int n = 0; n < 150; n++) {
		do_resize(m, n % 2 ? 3 * LEAF : 0);
		do_write(m, 0, 10 * LEAF);
	}
	return NULL;
}

START_TEST(cut_under_the_worker)
{
	pthread_t thread[3];
	struct model m[3];

	for (int i = 0; i < 3; i++)
		model_make(&m[i], i + 1);
	for (int i = 0; i < 3; i++)
		GIVES(0, pthread_create(&thread[i], NULL, cut_and_grow, &m[i]));
	for (int i = 0; i < 3; i++) {
		pthread_join(thread[i], NULL);
		expect_model(&m[i], "cut and grown");
		model_drop(&m[i]);
	}
}
END_TEST

/* A size for which there is no memory to remember leaves in: it is said, and the hashing stands as
 * it was. */
START_TEST(no_memory)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return; /* they end the process where malloc() would fail */
#endif
	struct model m;

	model_make(&m, 1);
	do_write(&m, 0, LEAF + 7);
	GIVES(ENOMEM, hashing_resized(m.hashing, INT64_MAX / 2));
	GIVES(ENOMEM, hashing_wrote(m.hashing, INT64_MAX / 2, 1));
	expect_model(&m, "without memory");
	model_drop(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hasher");
	TCase *t = tcase_create("roots");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, one_write, 0, (int)N(sizes));
	tcase_add_test(t, from_size_to_size);
	tcase_add_test(t, small_writes_in_order);
	tcase_add_test(t, backwards);
	tcase_add_loop_test(t, anything, 0, 12);
	tcase_add_test(t, of_what_is_there);
	tcase_add_test(t, leaves_are_stored);
	tcase_add_test(t, sparse);
	tcase_add_loop_test(t, writers_at_once, 0, 4);
	tcase_add_test(t, given_up);
	tcase_add_test(t, no_memory);
	tcase_add_loop_test(t, fails_and_tries_again, 0, 2);
	tcase_add_loop_test(t, fails_once, 0, 4);
	tcase_add_test(t, cut_under_the_worker);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
