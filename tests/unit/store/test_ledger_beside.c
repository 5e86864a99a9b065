/* Reading the ledger beside the process that writes it, and beside the thread. */
#include <pthread.h>
#include <stdatomic.h>

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

START_TEST(refreshed)
{
	struct ledger *w = open_as(&f, LEDGER_WRITE), *r;
	struct ledger_fault fault;
	char text[CHECKPOINT_MAX];

	ledger_set_segment_bytes(w, 3000);
	append_synced(w, 5);
	checkpoint(&f, w, text);
	r = open_as(&f, LEDGER_READ);
	for (int i = 0; i < 20; i++) {
		GIVES(0, append(w, 33));
		GIVES(0, ledger_sync(w));
		if (i % 5 == 2)
			checkpoint(&f, w, text);
		GIVES(0, ledger_refresh(r, &fault));
		expect_whole(r, 5 + 33 * (uint64_t)(i + 1));
	}
	GIVES(0, ledger_refresh(w, &fault));
	ledger_close(r);
	ledger_close(w);
}
END_TEST

/* Entries that a reader has seen before they were durable may go, and others come in their
 * place. */
START_TEST(refreshed_after_undo)
{
	struct ledger *w = open_as(&f, LEDGER_WRITE), *r;
	const struct ledger_entry other = { "{\"other\":1}", 11 },
				  same_length = { "{\"other\":2}", 11 };
	uint8_t want[HASH_LEN], got[HASH_LEN];
	struct ledger_fault fault;
	char text[CHECKPOINT_MAX];

	append_synced(w, 5);
	checkpoint(&f, w, text);
	append_synced(w, 5);
	GIVES(0, ledger_append(w, &other, 1));
	GIVES(0, append(w, 400));
	r = open_as(&f, LEDGER_READ);
	HOLDS(ledger_size(r) == 411);
	GIVES(0, ledger_undo(w, 10));
	GIVES(0, ledger_refresh(r, &fault));
	expect_whole(r, 10);
	GIVES(0, ledger_append(w, &other, 1));
	GIVES(0, append(w, 500));
	GIVES(0, ledger_refresh(r, &fault));
	HOLDS(ledger_size(r) == 511);
	GIVES(0, ledger_undo(w, 10));
	GIVES(0, append(w, 600));
	GIVES(0, ledger_sync(w));
	GIVES(0, ledger_refresh(r, &fault));
	expect_whole(r, 610);
	/* in the very place and length of the one that was seen */
	GIVES(0, ledger_append(w, &other, 1));
	GIVES(0, ledger_refresh(r, &fault));
	GIVES(0, ledger_undo(w, 610));
	GIVES(0, ledger_append(w, &same_length, 1));
	GIVES(0, ledger_refresh(r, &fault));
	HOLDS(ledger_size(r) == 611);
	GIVES(0, ledger_root(w, 611, want));
	GIVES(0, ledger_root(r, 611, got));
	HOLDS(memcmp(got, want, HASH_LEN) == 0);
	ledger_close(r);
	ledger_close(w);
}
END_TEST

struct reading {
	struct ledger *l;
	_Atomic bool stop;
	_Atomic uint64_t reads;
	unsigned seed;
};

/* Whatever is below the size can be read, and is what was appended. */
static void *read_along(void *arg)
{
	struct reading *r = arg;
	unsigned seed = r->seed;
	uint8_t hash[HASH_LEN];
	uint64_t size, seq;

	while (!atomic_load(&r->stop)) {
		size = ledger_size(r->l);
		if (size == 0)
			continue;
		seq = (uint64_t)rand_r(&seed) % size;
		expect_entry(r->l, seed % 3 ? seq : size - 1);
		if (ledger_hash(r->l, 0, size - 1, hash) || ledger_root(r->l, size, hash))
			abort();
		if (size >= 512 &&
			(ledger_hash(r->l, 8, size / 256 - 1, hash) ||
				ledger_hash(r->l, 9, size / 512 - 1, hash)))
			abort();
		atomic_fetch_add(&r->reads, 1);
	}
	return NULL;
}

START_TEST(readers_beside_the_writer)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	struct reading r[3] = { { .l = l, .seed = 1 }, { .l = l, .seed = 2 },
		{ .l = l, .seed = 3 } };
	char text[CHECKPOINT_MAX];
	pthread_t thread[3];

	ledger_set_segment_bytes(l, 5000);
	append_synced(l, 1);
	for (int i = 0; i < 3; i++)
		GIVES(0, pthread_create(&thread[i], NULL, read_along, &r[i]));
	for (int i = 0; i < 400; i++) {
		GIVES(0, append(l, 1 + (size_t)i % 40));
		if (i % 50 == 49)
			GIVES(0, ledger_sync(l));
		if (i % 100 == 99)
			checkpoint(&f, l, text);
	}
	for (int i = 0; i < 3; i++) {
		atomic_store(&r[i].stop, true);
		pthread_join(thread[i], NULL);
		ck_assert_uint_ge(atomic_load(&r[i].reads), 1);
	}
	expect_whole(l, ledger_size(l));
	ledger_close(l);
}
END_TEST

/* A second process's view, beside a mount that writes: never damage. */
static void *refresh_along(void *arg)
{
	struct reading *r = arg;
	struct ledger_fault fault;
	uint64_t size = 0;
	int err;

	while (!atomic_load(&r->stop)) {
		err = ledger_refresh(r->l, &fault);
		if (err) {
			fprintf(stderr, "refresh: %s: %s\n", strerror(err), fault.text);
			abort();
		}
		if (ledger_size(r->l) < size)
			abort();
		size = ledger_size(r->l);
		expect_entry(r->l, size - 1);
		atomic_fetch_add(&r->reads, 1);
	}
	return NULL;
}

START_TEST(refreshed_beside_the_writer)
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	struct reading r = { .seed = 1 };
	char text[CHECKPOINT_MAX];
	pthread_t thread;

	ledger_set_segment_bytes(l, 20000);
	append_synced(l, 1);
	r.l = open_as(&f, LEDGER_READ);
	GIVES(0, pthread_create(&thread, NULL, refresh_along, &r));
	for (int i = 0; i < 1500; i++) {
		GIVES(0, append(l, 1 + (size_t)i % 40));
		GIVES(0, ledger_sync(l));
		if (i % 100 == 99)
			checkpoint(&f, l, text);
	}
	atomic_store(&r.stop, true);
	pthread_join(thread, NULL);
	ck_assert_uint_ge(atomic_load(&r.reads), 1);
	ledger_close(r.l);
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger, beside the writer");
	TCase *beside = tcase_create("beside the writer");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(beside, setup, teardown);
	tcase_set_timeout(beside, 300);
	tcase_add_test(beside, refreshed);
	tcase_add_test(beside, refreshed_after_undo);
	tcase_add_test(beside, readers_beside_the_writer);
	tcase_add_test(beside, refreshed_beside_the_writer);
	suite_add_tcase(s, beside);
	return fixture_run(s);
}
