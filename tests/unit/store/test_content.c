/* Verified reading: every byte that is given was sealed; what is damaged is reported, and where. */
#include "tests/unit/store/content_fixture.h"

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
	tcase_add_test(t, of_nothing);
	tcase_add_test(t, cut_while_open);
	tcase_add_test(t, readers_at_once);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
