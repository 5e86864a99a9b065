/* Merkle trees: RFC 6962's definitions, written down naively, are the second opinion. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/merkle.h"

#define LEAVES 301
#define HOLDS(a)                                        \
	do {                                            \
		if (!(a))                               \
			ck_abort_msg("not so: %s", #a); \
	} while (0)

struct tree {
	uint8_t leaf[LEAVES][HASH_LEN];
};

static void make_tree(struct tree *t)
{
	char text[32];

	for (int i = 0; i < LEAVES; i++) {
		snprintf(text, sizeof(text), "leaf %d", i);
		merkle_leaf(text, strlen(text), t->leaf[i]);
	}
}

/* MTH of RFC 6962 2.1. */
static void naive_root(const struct tree *t, uint64_t from, uint64_t to, uint8_t out[HASH_LEN])
{
	uint8_t left[HASH_LEN], right[HASH_LEN];
	uint64_t k = 1;

	if (to - from == 1) {
		memcpy(out, t->leaf[from], HASH_LEN);
		return;
	}
	while (2 * k < to - from)
		k *= 2;
	naive_root(t, from, from + k, left);
	naive_root(t, from + k, to, right);
	merkle_node(left, right, out);
}

/* PATH of RFC 6962 2.1.1. */
static size_t naive_path(
	const struct tree *t, uint64_t index, uint64_t from, uint64_t to, uint8_t (*out)[HASH_LEN])
{
	uint64_t k = 1;
	size_t n;

	if (to - from == 1)
		return 0;
	while (2 * k < to - from)
		k *= 2;
	if (index < from + k) {
		n = naive_path(t, index, from, from + k, out);
		naive_root(t, from + k, to, out[n]);
	} else {
		n = naive_path(t, index, from + k, to, out);
		naive_root(t, from, from + k, out[n]);
	}
	return n + 1;
}

/* A reader that knows only complete subtrees of a tree of `size`. */
struct reader {
	const struct tree *tree;
	uint64_t size;
};

static int read_node(void *arg, unsigned level, uint64_t index, uint8_t out[HASH_LEN])
{
	const struct reader *r = arg;

	HOLDS((index + 1) << level <= r->size);
	naive_root(r->tree, index << level, (index + 1) << level, out);
	return 0;
}

static int read_broken(void *arg, unsigned level, uint64_t index, uint8_t out[HASH_LEN])
{
	(void)arg, (void)level, (void)index, (void)out;
	return EIO;
}

static void assert_hash(const uint8_t hash[HASH_LEN], const char *want)
{
	char hex[HASH_HEX];

	hash_hex(hash, hex);
	ck_assert_str_eq(hex, want);
}

START_TEST(roots_known)
{
	static const char *leaves[] = { "", "\x00", "\x10", "\x20\x21", "\x30\x31",
		"\x40\x41\x42\x43", "\x50\x51\x52\x53\x54\x55\x56\x57",
		"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f" };
	static const size_t lengths[] = { 0, 1, 1, 2, 2, 4, 8, 16 };
	static const char *roots[] = {
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_edge e;
	uint8_t hash[HASH_LEN];

	merkle_edge_init(&e);
	merkle_edge_root(&e, hash);
	assert_hash(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (int i = 0; i < 8; i++) {
		merkle_leaf(leaves[i], lengths[i], hash);
		merkle_edge_push(&e, hash);
		merkle_edge_root(&e, hash);
		assert_hash(hash, roots[i]);
	}
}
END_TEST

START_TEST(roots_of_all_sizes)
{
	static struct tree t;
	struct reader r = { &t, 0 };
	uint8_t want[HASH_LEN], got[HASH_LEN];
	struct merkle_edge e;

	make_tree(&t);
	merkle_edge_init(&e);
	HOLDS(merkle_root(read_broken, NULL, 0, got) == 0);
	merkle_edge_root(&e, want);
	HOLDS(memcmp(got, want, HASH_LEN) == 0);
	for (r.size = 1; r.size < LEAVES; r.size++) {
		merkle_edge_push(&e, t.leaf[r.size - 1]);
		HOLDS(e.count == r.size);
		naive_root(&t, 0, r.size, want);
		merkle_edge_root(&e, got);
		HOLDS(memcmp(got, want, HASH_LEN) == 0);
		HOLDS(merkle_root(read_node, &r, r.size, got) == 0);
		HOLDS(memcmp(got, want, HASH_LEN) == 0);
	}
	HOLDS(merkle_root(read_broken, NULL, 5, got) == EIO);
}
END_TEST

START_TEST(proofs_of_all_sizes)
{
	static struct tree t;
	struct reader r = { &t, 0 };
	uint8_t want[MERKLE_DEPTH][HASH_LEN], got[MERKLE_DEPTH][HASH_LEN], root[HASH_LEN];
	size_t n, count;

	make_tree(&t);
	for (r.size = 1; r.size < LEAVES; r.size++) {
		naive_root(&t, 0, r.size, root);
		for (uint64_t index = 0; index < r.size; index++) {
			n = naive_path(&t, index, 0, r.size, want);
			count = MERKLE_DEPTH;
			HOLDS(merkle_inclusion(read_node, &r, index, r.size, got, &count) == 0);
			HOLDS(count == n && memcmp(got, want, n * HASH_LEN) == 0);
			HOLDS(merkle_verify_inclusion(t.leaf[index], index, r.size,
				      (const uint8_t(*)[HASH_LEN])got, n, root) == 0);
			if (n > 0) {
				count = n - 1;
				HOLDS(merkle_inclusion(read_node, &r, index, r.size, got, &count) ==
					ENOSPC);
			}
		}
	}
}
END_TEST

static int verify(const struct tree *t, uint64_t leaf, uint64_t index, uint64_t size,
	uint8_t (*proof)[HASH_LEN], size_t n, const uint8_t root[HASH_LEN])
{
	return merkle_verify_inclusion(
		t->leaf[leaf], index, size, (const uint8_t(*)[HASH_LEN])proof, n, root);
}

/* No proof holds for another leaf, index, or root, nor one hash shorter, longer or different. */
START_TEST(false_proofs)
{
	static struct tree t;
	uint8_t proof[MERKLE_DEPTH][HASH_LEN] = { { 0 } }, root[HASH_LEN], other[HASH_LEN];
	size_t n;

	make_tree(&t);
	for (uint64_t size = 1; size < 40; size++) {
		naive_root(&t, 0, size, root);
		naive_root(&t, 0, size + 1, other);
		for (uint64_t index = 0; index < size; index++) {
			n = naive_path(&t, index, 0, size, proof);
			HOLDS(verify(&t, index, index, size, proof, n, root) == 0);
			HOLDS(verify(&t, index, index, size, proof, n, other) == EBADMSG);
			HOLDS(verify(&t, index, index, size, proof, n + 1, root) == EBADMSG);
			HOLDS(n == 0 ||
				verify(&t, index, index, size, proof, n - 1, root) == EBADMSG);
			HOLDS(verify(&t, index, size, size, proof, n, root) == EBADMSG);
			HOLDS(verify(&t, index, index, 0, proof, n, root) == EBADMSG);
			for (uint64_t wrong = 0; wrong < size; wrong++)
				HOLDS(wrong == index ||
					(verify(&t, wrong, index, size, proof, n, root) ==
							EBADMSG &&
						verify(&t, index, wrong, size, proof, n, root) ==
							EBADMSG));
			for (size_t i = 0; i < n; i++) {
				proof[i][i] ^= 0x10;
				HOLDS(verify(&t, index, index, size, proof, n, root) == EBADMSG);
				proof[i][i] ^= 0x10;
			}
		}
	}
}
END_TEST

START_TEST(inclusion_bounds)
{
	static struct tree t;
	struct reader r = { &t, 5 };
	uint8_t proof[MERKLE_DEPTH][HASH_LEN];
	size_t count = MERKLE_DEPTH;

	make_tree(&t);
	ck_assert_int_eq(merkle_inclusion(read_node, &r, 5, 5, proof, &count), EINVAL);
	ck_assert_int_eq(merkle_inclusion(read_node, &r, 0, 0, proof, &count), EINVAL);
	ck_assert_int_eq(merkle_inclusion(read_broken, NULL, 0, 5, proof, &count), EIO);
}
END_TEST

/* Complete subtrees' roots, pushed as leaves, give the whole tree's root. */
START_TEST(edge_of_subtrees)
{
	static struct tree t;
	struct merkle_edge e;
	uint8_t node[HASH_LEN], want[HASH_LEN], got[HASH_LEN];

	make_tree(&t);
	merkle_edge_init(&e);
	for (uint64_t i = 0; i + 16 <= 288; i += 16) {
		naive_root(&t, i, i + 16, node);
		merkle_edge_push(&e, node);
		naive_root(&t, 0, i + 16, want);
		merkle_edge_root(&e, got);
		HOLDS(memcmp(got, want, HASH_LEN) == 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("merkle");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 300);
	tcase_add_test(t, roots_known);
	tcase_add_test(t, roots_of_all_sizes);
	tcase_add_test(t, proofs_of_all_sizes);
	tcase_add_test(t, false_proofs);
	tcase_add_test(t, inclusion_bounds);
	tcase_add_test(t, edge_of_subtrees);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
