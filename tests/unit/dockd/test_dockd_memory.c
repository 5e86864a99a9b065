/* custody-dockd's memory: when it is believed, and what happens to a damaged or foreign one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/dockd/memory.h"

#define PATH "/dock/a.mp4"
#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HOW 7

static struct memory *memory;
static char *memory_file;

static void setup_memory(void)
{
	char folder[] = "/tmp/test-dockd.XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_gt(asprintf(&memory_file, "%s/memory", folder), 0);
	memory = memory_new();
	memory_store(memory, "one");
}

static void teardown_memory(void)
{
	char *slash = strrchr(memory_file, '/');
	unlink(memory_file);
	*slash = '\0';
	rmdir(memory_file);
	free(memory_file);
	memory_free(memory);
}

static const struct stamp stamp = { 1, 2, 3, { 4, 5 }, { -6, 7 } };

static void keep(const char *path, int item, int seq)
{
	json_t *row = json_pack(
		"{s:i, s:s, s:{s:i}}", "item", item, "sha256", SHA, "ledger", "seq", seq);
	memory_keep(memory, path, &stamp, HOW, row);
	json_decref(row);
}

/* Writes the memory, and reads it as after a restart. */
static bool again(void)
{
	ck_assert_int_eq(memory_write(memory, memory_file), 0);
	memory_free(memory);
	memory = memory_new();
	return memory_read(memory, memory_file);
}

static bool believes(const char *answer)
{
	json_t *j = json_loads(answer, 0, NULL);
	bool yes = memory_believes(memory, j);
	json_decref(j);
	return yes;
}

START_TEST(test_memory)
{
	static const char *const paths[] = { "/dock/a.mp4", "/dock/two\nlines \\n",
		"/dock/ \xff\x01", "/other/b.mp4" };
	struct stamp other[7];
	ck_assert(!memory_changed(memory));
	for (int i = 0; i < 4; i++)
		keep(paths[i], 10 + i, 20 + i);
	ck_assert(memory_changed(memory));
	ck_assert(again());
	ck_assert(!memory_changed(memory));
	ck_assert_uint_eq(memory_count(memory), 4);
	for (int i = 0; i < 4; i++)
		ck_assert_msg(memory_knows(memory, paths[i], &stamp, HOW), "%s", paths[i]);
	ck_assert(!memory_knows(memory, "/dock/c.mp4", &stamp, HOW));
	ck_assert(!memory_knows(memory, PATH, &stamp, HOW + 1));
	for (int i = 0; i < 7; i++)
		other[i] = stamp;
	other[0].dev++;
	other[1].ino++;
	other[2].size++;
	other[3].mtime.tv_sec++;
	other[4].mtime.tv_nsec++;
	other[5].ctime.tv_sec++;
	other[6].ctime.tv_nsec++;
	for (int i = 0; i < 7; i++)
		ck_assert_msg(!memory_knows(memory, PATH, &other[i], HOW), "%d", i);
}
END_TEST

START_TEST(test_memory_store)
{
	keep(PATH, 1, 2);
	memory_store(memory, "one");
	ck_assert(memory_knows(memory, PATH, &stamp, HOW));
	memory_store(memory, "two");
	ck_assert(!memory_knows(memory, PATH, &stamp, HOW));
	ck_assert_int_eq(memory_witness(memory), 0);
	keep(PATH, 1, 2);
	ck_assert(again());
	memory_store(memory, NULL);
	ck_assert_uint_eq(memory_count(memory), 0);
	keep(PATH, 1, 2); /* of no store: not kept */
	ck_assert_uint_eq(memory_count(memory), 0);
	ck_assert(!again());
}
END_TEST

START_TEST(test_memory_witness)
{
	json_t *row = json_pack("{s:i, s:s, s:n}", "item", 9, "sha256", SHA, "ledger");
	memory_keep(
		memory, "/dock/b.mp4", &stamp, HOW, row); /* its place on the ledger is not known */
	json_decref(row);
	ck_assert_uint_eq(memory_count(memory), 0);
	ck_assert_int_eq(memory_witness(memory), 0);
	keep("/dock/1", 5, 50);
	keep("/dock/2", 6, 60);
	keep("/dock/3", 4, 40);
	ck_assert(again());
	ck_assert_int_eq(memory_witness(memory), 6);
	ck_assert(believes("{\"item\":{\"item\":6,\"sha256\":\"" SHA
			   "\"},\"trail\":[{\"event\":\"deposit.seal\",\"seq\":60}]}"));
	ck_assert(believes("{\"item\":{\"item\":6,\"sha256\":\"" SHA "\"},\"trail\":[]}"));
	ck_assert(!believes("{\"item\":{\"item\":6,\"sha256\":\"" SHA
			    "\"},\"trail\":[{\"event\":\"deposit.seal\",\"seq\":59}]}"));
	ck_assert(!believes("{\"item\":{\"item\":6,\"sha256\":\"f"
			    "00d\"}}"));
	ck_assert(!believes("{\"item\":{\"item\":7,\"sha256\":\"" SHA "\"}}"));
	ck_assert(!believes("{\"ok\":false}"));
	memory_forget(memory);
	ck_assert_int_eq(memory_witness(memory), 0);
	ck_assert_uint_eq(memory_count(memory), 0);
}
END_TEST

static bool is_first(const void *arg, const char *path)
{
	return strcmp(path, arg) == 0;
}

START_TEST(test_memory_sweep)
{
	keep("/dock/1", 1, 1);
	keep("/dock/2", 2, 2);
	keep("/docks/2", 3, 3);
	keep("/dock/2", 2, 2); /* again: once */
	ck_assert_uint_eq(memory_count(memory), 3);
	memory_sweep(memory, "/dock", is_first, "/dock/1");
	ck_assert(memory_knows(memory, "/dock/1", &stamp, HOW));
	ck_assert(memory_knows(memory, "/docks/2", &stamp, HOW));
	ck_assert_uint_eq(memory_count(memory), 2);
	memory_sweep(memory, "/", is_first, "");
	ck_assert_uint_eq(memory_count(memory), 0);
}
END_TEST

/* A memory with any byte changed, or cut anywhere, is not believed. */
START_TEST(test_memory_damaged)
{
	char text[1024];
	FILE *f;
	size_t size;
	keep(PATH, 1, 2);
	ck_assert(again());
	f = fopen(memory_file, "r");
	size = fread(text, 1, sizeof text, f);
	fclose(f);
	ck_assert_uint_lt(size, sizeof text);
	for (size_t i = 0; i < 2 * size; i++) {
		f = fopen(memory_file, "w");
		text[i % size] ^= i < size ? 1 : 0;
		fwrite(text, 1, i < size ? size : i - size, f);
		text[i % size] ^= i < size ? 1 : 0;
		fclose(f);
		keep(PATH, 1, 2);
		ck_assert_msg(!memory_read(memory, memory_file), "%zu", i);
		ck_assert_uint_eq(memory_count(memory), 0);
		memory_store(memory, "one");
	}
}
END_TEST

START_TEST(test_memory_foreign)
{
	struct config c = { .state = NULL };
	struct dock *d = &c.docks[0];
	uint64_t how = memory_how(d);
	ck_assert(!memory_read(memory, memory_file));   /* there is none */
	ck_assert_int_eq(mkfifo(memory_file, 0600), 0); /* and reading does not wait for a writer */
	ck_assert(!memory_read(memory, memory_file));
	d->unit = (char *)"a";
	ck_assert_uint_ne(how, memory_how(d));
	how = memory_how(d);
	d->device = d->unit;
	d->unit = NULL;
	ck_assert_uint_ne(how, memory_how(d));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dockd_memory");
	TCase *t = tcase_create("memory");
	SRunner *r;
	int failed;
	tcase_add_checked_fixture(t, setup_memory, teardown_memory);
	tcase_add_test(t, test_memory);
	tcase_add_test(t, test_memory_store);
	tcase_add_test(t, test_memory_witness);
	tcase_add_test(t, test_memory_sweep);
	tcase_add_test(t, test_memory_damaged);
	tcase_add_test(t, test_memory_foreign);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
