/* A store's life: made whole or not at all, opened by one writer, closed with a signed head. (After
 * a crash: test_open_crash.c.) */
#include <sys/wait.h>

#include "fs/store/clock.h"
#include "tests/unit/store/store_fixture.h"

static char path[PATH_SPACE];

static void setup(void)
{
	in_place(path, "store");
}

static void none(void)
{
}

static char *in_store(const char *name, char out[PATH_SPACE])
{
	snprintf(out, PATH_SPACE, "%.100s/%.50s", path, name);
	return out;
}

static bool exists(const char *name)
{
	char full[PATH_SPACE];

	return access(in_store(name, full), F_OK) == 0;
}

static void expect_not_opened(int want, enum store_mode mode, const char *part)
{
	struct store_message m = { "" };
	struct store *s = NULL;
	int err = store_open(path, mode, NULL, &s, &m);

	if (err != want || s != NULL || strstr(m.text, part) == NULL)
		ck_abort_msg("open gives %d (%s): %s", err, strerror(err), m.text);
}

static int make_with(const char *at, const char *key)
{
	struct store_params p = { .path = at,
		.key_path = key,
		.utc_offset = 480,
		.test_clock = true,
		.start = START,
		.admin_uid = UID_NONE };
	struct store_message m = { "" };
	int err = store_make(&p, &m);

	HOLDS(err == 0 || m.text[0] != '\0');
	return err;
}

START_TEST(made)
{
	struct store_message m;
	struct store_format f;
	struct stat st;
	char full[PATH_SPACE];

	make_store(path);
	GIVES(0, store_format_load(path, &f, &m));
	HOLDS(f.version == STORE_FORMAT && f.test_clock && f.utc_offset == 480 &&
		strlen(f.uuid) == 36);
	ck_assert_str_eq(f.origin + strlen("custodyfs/"), f.uuid);
	GIVES(0, stat(path, &st));
	HOLDS((st.st_mode & 07777) == 0700);
	GIVES(0, stat(in_store("key", full), &st));
	HOLDS((st.st_mode & 07777) == 0600);
	GIVES(EEXIST, make_with(path, NULL));
	HOLDS(exists("store.json") && exists("key"));
	store_close(open_store(path, STORE_WRITE));
	store_close(NULL);
	expect_rebuilt_equal(path);
}
END_TEST

/* Where it may not be made, nothing is left and nothing is touched. */
START_TEST(not_made)
{
	char full[PATH_SPACE], key[PATH_SPACE];

	GIVES(0, mkdir(path, 0755));
	spill(in_store("thesis.doc", full), "x", 1);
	GIVES(EEXIST, make_with(path, NULL));
	HOLDS(exists("thesis.doc") && !exists("store.json"));
	GIVES(0, unlink(full));
	GIVES(ENOENT, make_with("/nowhere/at/all/store", NULL));
	spill(in_place(key, "key"), "x", 1);
	GIVES(EEXIST, make_with(path, key)); /* the key file is someone's */
	HOLDS(rmdir(path) == 0);
	GIVES(EEXIST, make_with(path, key));
	HOLDS(access(path, F_OK) != 0);
	HOLDS(access(key, F_OK) == 0);
}
END_TEST

/* A disk that fills up while a store is made: at every point, what was begun is removed. */
START_TEST(not_made_for_lack_of_room)
{
	char small[PATH_SPACE], options[32];
	int enough = 0;

	in_place(small, "small");
	snprintf(path, sizeof path, "%.100s/store", small);
	GIVES(0, mkdir(small, 0700));
	GIVES(0, own_mounts());
	for (int pages = 2; pages < 400 && !enough; pages += 1 + pages / 16) {
		int err;

		snprintf(options, sizeof options, "size=%dk", pages * 4);
		GIVES(0, mount("none", small, "tmpfs", 0, options));
		err = make_with(path, NULL);
		if (err == 0)
			enough = pages;
		else {
			GIVES(ENOSPC, err);
			HOLDS(access(path, F_OK) != 0);
		}
		GIVES(0, umount(small));
	}
	HOLDS(enough > 10);
}
END_TEST

START_TEST(no_store)
{
	char full[PATH_SPACE];

	expect_not_opened(ENOENT, STORE_WRITE, "not a custodyfs store");
	GIVES(0, mkdir(path, 0700));
	expect_not_opened(ENOENT, STORE_READ, "mkfs.custodyfs");
	rmdir(path);
	spill(path, "x", 1);
	expect_not_opened(ENOTDIR, STORE_WRITE, "not a custodyfs store");
	unlink(path);
	make_store(path);
	spill(in_store("store.json", full), "{\"format\":", 10);
	expect_not_opened(EUCLEAN, STORE_READ, "damaged");
}
END_TEST

static void edit_format(const char *key, json_t *value)
{
	char full[PATH_SPACE];
	json_t *j = json_load_file(in_store("store.json", full), 0, NULL);

	HOLDS(j != NULL);
	if (value != NULL)
		json_object_set_new(j, key, value);
	else
		json_object_del(j, key);
	GIVES(0, json_dump_file(j, full, 0));
	json_decref(j);
}

START_TEST(newer_format)
{
	char full[PATH_SPACE], *before, *after;
	size_t len, now;

	make_store(path);
	edit_format("format", json_integer(STORE_FORMAT + 1));
	before = slurp(in_store("ledger/" FIRST_SEGMENT, full), &len);
	expect_not_opened(EPROTONOSUPPORT, STORE_WRITE, "newer version");
	expect_not_opened(EPROTONOSUPPORT, STORE_READ, "newer version");
	after = slurp(full, &now);
	HOLDS(now == len && memcmp(before, after, len) == 0);
	free(before);
	free(after);
}
END_TEST

START_TEST(bad_format)
{
	static const char *const keys[] = { "format", "uuid", "vkey", "utc_offset", "created" };

	for (size_t i = 0; i < N(keys); i++) {
		make_store(path);
		edit_format(keys[i], NULL);
		expect_not_opened(EUCLEAN, STORE_WRITE, "damaged");
		edit_format(keys[i], json_integer(0));
		expect_not_opened(EUCLEAN, STORE_WRITE, "damaged");
		place_drop();
		GIVES(0, mkdir(place, 0700));
		in_place(path, "store");
	}
}
END_TEST

START_TEST(one_writer)
{
	struct store_message m;
	struct store *s, *r;

	make_store(path);
	s = open_store(path, STORE_WRITE);
	expect_not_opened(EBUSY, STORE_WRITE, "in use");
	GIVES(EBUSY, store_rebuild(path, NULL, NULL, &m));
	HOLDS(strstr(m.text, "in use"));
	r = open_store(path, STORE_READ);
	HOLDS(ledger_size(r->ledger) == ledger_size(s->ledger));
	HOLDS(r->committer == NULL && r->have_key);
	store_close(r);
	GIVES(0, store_close(s));
	store_close(open_store(path, STORE_WRITE));
}
END_TEST

START_TEST(keys)
{
	char full[PATH_SPACE], elsewhere[PATH_SPACE], head[CHECKPOINT_MAX];
	struct store_message m;
	struct store *s;

	make_store(path);
	in_store("key", full);
	in_place(elsewhere, "key");
	GIVES(0, rename(full, elsewhere));
	expect_not_opened(ENOENT, STORE_WRITE, "key=FILE");
	s = open_store(path, STORE_READ);
	HOLDS(!s->have_key);
	GIVES(ENOKEY, store_checkpoint(s, head));
	store_close(s);
	GIVES(0, store_open(path, STORE_WRITE, elsewhere, &s, &m));
	GIVES(0, store_checkpoint(s, head));
	GIVES(0, store_close(s));
	spill(full, "0000000000000000000000000000000000000000000000000000000000000001\n", 65);
	expect_not_opened(EBADMSG, STORE_WRITE, "not this store's");
	spill(full, "sesame\n", 7);
	expect_not_opened(EINVAL, STORE_WRITE, "key");
}
END_TEST

/* The last event, and the signed head over it. */
static void expect_closed_well(void)
{
	char note[CHECKPOINT_MAX], *text;
	struct checkpoint head;
	struct store_message m;
	struct store_format f;
	struct store *s;
	size_t len;

	GIVES(0, store_format_load(path, &f, &m));
	s = open_store(path, STORE_READ);
	GIVES(0, ledger_stored_checkpoint(s->ledger, note));
	GIVES(0, checkpoint_open(note, f.vkey, &head));
	ck_assert_uint_eq(head.size, ledger_size(s->ledger));
	GIVES(0, ledger_entry(s->ledger, head.size - 1, &text, &len));
	HOLDS(strstr(text, "\"event\":\"store.unmount\"") != NULL);
	free(text);
	store_close(s);
}

START_TEST(closed)
{
	struct store *s;

	make_store(path);
	for (int n = 0; n < 3; n++) {
		s = open_store(path, STORE_WRITE);
		GIVES(0, committer_post(s->committer, &(struct event){ .kind = "refused" }));
		GIVES(0, store_close(s));
		expect_closed_well();
	}
	expect_rebuilt_equal(path);
}
END_TEST

/* A full disk at the end is reported. */
START_TEST(closed_on_a_full_disk)
{
	char small[PATH_SPACE], filler[PATH_SPACE + 16];
	struct store *s;
	int fd;

	mount_small(in_place(small, "small"), "size=4m");
	snprintf(path, sizeof path, "%.100s/store", small);
	make_store(path);
	s = open_store(path, STORE_WRITE);
	snprintf(filler, sizeof filler, "%s/filler", small);
	fd = open(filler, O_WRONLY | O_CREAT, 0600);
	for (off_t step = 1 << 20; step >= 4096; step /= 2)
		while (fallocate(fd, 0, lseek(fd, 0, SEEK_END), step) == 0)
			;
	close(fd);
	for (int n = 0; n < 200; n++)
		GIVES(0,
			committer_post(s->committer,
				&(struct event){ .kind = "read.close",
					.details = json_pack("{s:s}", "x",
						".................................................."
						".................................................."
						"............") }));
	HOLDS(store_close(s) != 0);
	GIVES(0, unlink(filler));
	s = open_store(path, STORE_WRITE);
	GIVES(0, store_close(s));
	expect_closed_well();
	expect_rebuilt_equal(path);
}
END_TEST

static int set_clock(struct store *s)
{
	struct subject who = { .uid = ADMIN_UID, .person = { .id = 1, .number = "A001" } };

	return store_clock_set(s, &who, START + DAY_MS);
}

START_TEST(clock_set)
{
	struct event_time now;
	struct store *s;

	make_store(path);
	s = open_store(path, STORE_WRITE);
	store_now(s, &now);
	HOLDS(now.clock >= START && now.clock < START + 60000);
	GIVES(0, store_close(s));
	s = open_store(path, STORE_WRITE);
	GIVES(0, set_clock(s));
	store_now(s, &now);
	HOLDS(now.clock >= START + DAY_MS && now.wall == now.clock);
	GIVES(0, store_close(s));
	s = open_store(path, STORE_READ); /* the clock stays at the last event */
	store_now(s, &now);
	HOLDS(now.clock >= START + DAY_MS && now.clock < START + DAY_MS + 60000);
	store_close(s);
	expect_rebuilt_equal(path);
}
END_TEST

/* The ledger says what was done with a gap; a real store does not believe ten years. */
START_TEST(real_clock)
{
	struct event_time a, b;
	struct store *s;

	make_store_as(path, false, 0);
	s = open_store(path, STORE_WRITE);
	store_now(s, &a);
	HOLDS(a.wall >= store_clock_wall() - 60000 && a.clock >= a.wall - 60000 &&
		a.clock <= a.wall + 60000);
	GIVES(EPERM, set_clock(s));
	GIVES(0, store_close(s));
	s = open_store(path, STORE_WRITE);
	store_now(s, &b);
	HOLDS(b.clock >= a.clock);
	GIVES(0, store_close(s));
	expect_rebuilt_equal(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("life");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, none);
	tcase_add_test(t, made);
	tcase_add_test(t, not_made);
	tcase_add_test(t, not_made_for_lack_of_room);
	tcase_add_test(t, no_store);
	tcase_add_test(t, newer_format);
	tcase_add_test(t, bad_format);
	tcase_add_test(t, one_writer);
	tcase_add_test(t, keys);
	tcase_add_test(t, closed);
	tcase_add_test(t, closed_on_a_full_disk);
	tcase_add_test(t, clock_set);
	tcase_add_test(t, real_clock);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
