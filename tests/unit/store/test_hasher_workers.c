/* Leaf hashing by several workers at once, of blobs that fail or are cut under them. */
#include <pthread.h>

#include "tests/unit/store/hasher_model.h"

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

/* A size for which there is no memory to remember leaves in: an error, and the hashing is as
 * before. */
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
	Suite *s = suite_create("hasher, workers");
	TCase *t = tcase_create("roots");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, writers_at_once, 0, 4);
	tcase_add_test(t, given_up);
	tcase_add_test(t, no_memory);
	tcase_add_loop_test(t, fails_and_tries_again, 0, 2);
	tcase_add_loop_test(t, fails_once, 0, 4);
	tcase_add_test(t, cut_under_the_worker);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
