/* Leaf hashing while content arrives: in whatever order and however often bytes are written, the
 * root is that of the final content.  (Many at once, and failing blobs: test_hasher_workers.c.) */
#include "tests/unit/store/hasher_model.h"

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
	suite_add_tcase(s, t);
	return fixture_run(s);
}
