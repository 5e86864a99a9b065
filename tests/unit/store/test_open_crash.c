/* A store after a crash: what was acknowledged is there, what is derived is made again. */
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

static uint64_t run_in(struct store *s, struct say *say)
{
	GIVES(0, committer_run(s->committer, COMMIT_DURABLE, decide_say, say));
	return ledger_size(s->ledger);
}

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

static void fill_register(struct store *s)
{
	run_in(s,
		SAY({ .kind = "register.unit",
			    .details = "{\"id\":1,\"code\":\"U\",\"name\":\"中都所\"}" },
			{ .kind = "register.device",
				.details = "{\"id\":1,\"serial\":\"WS00017\",\"unit_id\":1}" },
			{ .kind = "register.person",
				.details = "{\"id\":2,\"number\":\"083017\",\"name\":\"王\","
					   "\"uid\":2017,\"unit_id\":1,\"roles\":"
					   "\"officer\",\"formal\":true,\"certified_from\":\"2020-"
					   "01-01\",\"certified_to\":null}" },
			{ .kind = "folder.make",
				.details = "{\"id\":1,\"unit_id\":1,\"device_id\":1,\"officer_id\":"
					   "2,\"date\":\"2023-03-14\",\"case\":\"\"}" },
			{ .kind = "folder.make",
				.details = "{\"id\":2,\"unit_id\":1,\"device_id\":1,\"officer_id\":"
					   "2,\"date\":\"2023-03-14\",\"case\":\"未立案\"}" }));
}

/* A deposit as far as it has come when everything stops. */
struct unended {
	const char *name;
	int64_t bytes;  /* in the blob; -1: no blob yet */
	int64_t closed; /* so many, by the close that the ledger has; -1: none */
	bool sealed;    /* the blob is read-only already */
	int spoil;      /* 1: a byte is another, 2: the blob vanished */
	enum item_state want;
	int64_t want_size;
};

static const struct unended unended[] = {
	{ "begun, nothing else", -1, -1, false, 0, ITEM_INCOMPLETE, 0 },
	{ "created", 0, -1, false, 0, ITEM_INCOMPLETE, 0 },
	{ "written, not closed", 200000, -1, false, 0, ITEM_INCOMPLETE, 200000 },
	{ "closed", 200000, 200000, false, 0, ITEM_SEALED, 200000 },
	{ "closed, of one leaf", 777, 777, false, 0, ITEM_SEALED, 777 },
	{ "closed, empty", 0, 0, false, 0, ITEM_SEALED, 0 },
	{ "closed, read-only, its sealing not recorded", 200000, 200000, true, 0, ITEM_SEALED,
		200000 },
	{ "closed, empty, read-only, its sealing not recorded", 0, 0, true, 0, ITEM_SEALED, 0 },
	{ "closed, then more was written", 200000, 150000, false, 0, ITEM_INCOMPLETE, 200000 },
	{ "closed, then cut", 100000, 150000, false, 0, ITEM_INCOMPLETE, 100000 },
	{ "closed, then overwritten", 200000, 200000, false, 1, ITEM_INCOMPLETE, 200000 },
	{ "closed, and gone", 200000, 200000, false, 2, ITEM_INCOMPLETE, 0 },
};

static void write_bytes(struct blob *b, int64_t n, char with)
{
	char *bytes = malloc((size_t)n + 1);

	memset(bytes, with, (size_t)n);
	GIVES(0, b->ops->write(b, bytes, (size_t)n, 0));
	free(bytes);
}

static void close_event(struct store *s, int64_t id, struct blob *b, int64_t size)
{
	struct hashing *g;
	uint8_t root[HASH_LEN];
	char hex[HASH_HEX], details[200];

	GIVES(0, hashing_new(s->hasher, b, size, &g));
	GIVES(0, hashing_finish(g, root));
	hashing_free(g);
	hash_hex(root, hex);
	snprintf(details, sizeof details, "{\"size\":%lld,\"root\":\"%s\",\"mtime\":5}",
		(long long)size, hex);
	run_in(s,
		SAY({ .kind = "deposit.close",
			.item = id,
			.person = "083017",
			.details = details }));
}

/* The bytes that the close was of come first, then what was done after it. */
static void begin_deposit(struct store *s, int64_t id, const struct unended *u)
{
	char details[300], name[PATH_SPACE], blob[64];
	struct blob *b;

	snprintf(details, sizeof details,
		"{\"folder\":2,\"name\":\"n%lld\",\"mode\":420,\"uid\":2017,\"gid\":2017,\"mtime\":"
		"1,\"important\":false,"
		"\"class\":\"patrol\",\"retain_until\":\"never\"}",
		(long long)id);
	run_in(s,
		SAY({ .kind = "deposit.begin",
			.item = id,
			.person = "083017",
			.details = details }));
	if (u->bytes < 0)
		return;
	GIVES(0, s->blobs.ops->create(s->blobs.impl, id, &b));
	if (u->closed >= 0) {
		write_bytes(b, u->closed, 'a');
		close_event(s, id, b, u->closed);
	}
	if (u->bytes > 0 && u->bytes != u->closed)
		write_bytes(b, u->bytes, 'b');
	GIVES(0, b->ops->truncate(b, u->bytes));
	if (u->spoil == 1)
		GIVES(0, b->ops->write(b, "x", 1, 70000));
	if (u->sealed)
		GIVES(0, b->ops->seal(b));
	b->ops->close(b);
	snprintf(blob, sizeof blob, "blob/000000/000/%012lld", (long long)id);
	if (u->spoil == 2)
		GIVES(0, unlink(in_store(blob, name)));
}

static void die_with_deposits(void)
{
	struct store *s = open_store(path, STORE_WRITE);

	fill_register(s);
	for (size_t i = 0; i < N(unended); i++)
		begin_deposit(s, (int64_t)i + 1, &unended[i]);
	_exit(0); /* as if killed: nothing is closed, nothing signed */
}

static void expect_ended(struct store *s, int64_t id, const struct unended *u)
{
	struct item item;
	struct content *c = NULL;
	struct event_time now;
	struct blob *b;
	struct sql *db;
	int err;

	GIVES(0, catalog_take(s->pool, &db));
	GIVES(0, catalog_item(db, id, &item));
	if (item.state != u->want || item.size != u->want_size)
		ck_abort_msg("%s: became %s, %lld bytes (%s)", u->name, item_state_name(item.state),
			(long long)item.size, item.reason);
	if (u->want == ITEM_INCOMPLETE) {
		ck_assert_str_eq(item.reason, "daemon-died");
		GIVES(ENOENT, catalog_item_named(db, 2, item.name, &item));
	} else {
		err = store_content(s, &item, &c);
		if (err != 0)
			ck_abort_msg("%s: cannot be read: %s", u->name, strerror(err));
		content_close(c);
		store_now(s, &now);
		HOLDS(item.sealed > 0 &&
			item.settle_until <=
				now.clock); /* nobody is there to put its label right */
		err = s->blobs.ops->open(s->blobs.impl, id, false, &b);
		HOLDS(err == 0 && b->ops->write(b, "x", 1, 0) != 0);
		b->ops->close(b);
	}
	catalog_give(s->pool, db);
}

/* What was acknowledged is there; what was not is kept, out of sight. */
START_TEST(after_a_crash)
{
	struct store *s;
	pid_t pid;
	int status;

	make_store(path);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		die_with_deposits();
	HOLDS(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	s = open_store(path, STORE_WRITE);
	for (size_t i = 0; i < N(unended); i++)
		expect_ended(s, (int64_t)i + 1, &unended[i]);
	GIVES(0, store_close(s));
	expect_closed_well();
	s = open_store(path, STORE_WRITE); /* once is enough */
	for (size_t i = 0; i < N(unended); i++)
		expect_ended(s, (int64_t)i + 1, &unended[i]);
	GIVES(0, store_close(s));
	expect_rebuilt_equal(path);
}
END_TEST

static void with_some_events(void)
{
	struct store *s;

	make_store(path);
	s = open_store(path, STORE_WRITE);
	fill_register(s);
	GIVES(0, store_close(s));
}

static int64_t units(struct store *s)
{
	struct sql *db;
	int64_t n = -1;

	GIVES(0, catalog_take(s->pool, &db));
	GIVES(0, sql_value(db, &n, "SELECT count(*) FROM unit", ""));
	catalog_give(s->pool, db);
	return n;
}

/* A catalog that is gone, is none, or knows more than the ledger is made again. */
START_TEST(catalog_made_again)
{
	char full[PATH_SPACE], wal[PATH_SPACE], shm[PATH_SPACE];
	struct store *s;
	struct sql *db;

	with_some_events();
	in_store("catalog.db", full);
	unlink(in_store("catalog.db-wal", wal));
	unlink(in_store("catalog.db-shm", shm));
	switch (_i) {
	case 0:
		GIVES(0, unlink(full));
		break;
	case 1:
		spill(full, "", 0);
		break;
	case 2:
		spill(full,
			"no database at all, but long enough to be looked at: "
			"...................................................",
			100);
		break;
	case 3:
		GIVES(0, truncate(full, 4096 * 3));
		break;
	case 4:
		GIVES(0, sql_open(full, SQL_WRITE, &db));
		GIVES(0,
			sql_script(db,
				"UPDATE meta SET value=1000 WHERE key='applied'; INSERT INTO unit "
				"VALUES(77,'x','y');"));
		sql_close(db);
		break;
	case 5:
		GIVES(0, sql_open(full, SQL_WRITE, &db));
		GIVES(0, sql_script(db, "DROP TABLE meta;"));
		sql_close(db);
		break;
	}
	s = open_store(path, STORE_WRITE);
	ck_assert_int_eq(units(s), 1);
	GIVES(0, store_close(s));
	expect_rebuilt_equal(path);
}
END_TEST

/* Offline nothing is made, or made again: the ledger can be read without a catalog. */
START_TEST(catalog_not_made_again_offline)
{
	char full[PATH_SPACE];
	struct store *s;
	struct sql *db;

	with_some_events();
	unlink(in_store("catalog.db", full));
	s = open_store(path, STORE_READ);
	HOLDS(ledger_size(s->ledger) > 5);
	GIVES(ENOENT, catalog_take(s->pool, &db));
	store_close(s);
	HOLDS(!exists("catalog.db"));
}
END_TEST

START_TEST(rebuilt)
{
	struct store_message m;
	char full[PATH_SPACE];

	with_some_events();
	expect_rebuilt_equal(path);
	unlink(in_store("catalog.db", full));
	GIVES(0, store_rebuild(path, NULL, NULL, &m));
	store_close(open_store(path, STORE_READ));
	GIVES(ENOENT, store_rebuild("/nowhere", NULL, NULL, &m));
	HOLDS(m.text[0] != '\0');
}
END_TEST

/* A damaged ledger stops the start, and says where; nothing is changed. */
START_TEST(damaged_ledger)
{
	char full[PATH_SPACE], *bytes, *after;
	struct store_message m;
	size_t len, now;

	with_some_events();
	bytes = slurp(in_store("ledger/" FIRST_SEGMENT, full), &len);
	bytes[len - 40] ^= 1;
	spill(full, bytes, len);
	expect_not_opened(EUCLEAN, STORE_WRITE, "segment/0000000000000000");
	GIVES(EUCLEAN, store_rebuild(path, NULL, NULL, &m));
	HOLDS(exists("catalog.db"));
	after = slurp(full, &now);
	HOLDS(now == len && memcmp(after, bytes, len) == 0);
	free(after);
	bytes[len - 40] ^= 1;
	spill(full, bytes, len);
	store_close(open_store(path, STORE_WRITE));
	free(bytes);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("store, after a crash");
	TCase *crash = tcase_create("after a crash");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(crash);
	tcase_add_checked_fixture(crash, setup, none);
	tcase_add_test(crash, after_a_crash);
	tcase_add_loop_test(crash, catalog_made_again, 0, 6);
	tcase_add_test(crash, catalog_not_made_again_offline);
	tcase_add_test(crash, rebuilt);
	tcase_add_test(crash, damaged_ledger);
	suite_add_tcase(s, crash);
	return fixture_run(s);
}
