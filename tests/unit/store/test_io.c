/*
 * A store whose every write and sync fails in turn, once or from then on, and whose every
 * so-manieth allocation fails: it may refuse, but what it acknowledged is there, what it refused
 * for want of room is not, and ledger and catalog agree.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "fs/store/clock.h"
#include "tests/unit/store/store_fault.h"
#include "tests/unit/store/store_fixture.h"
#include "tests/unit/store/store_memory.h"

static char path[PATH_SPACE];

/* What the child tells: a unit, and whether it is acknowledged. */
struct told {
	int unit, err;
};

#define UNITS_MAX 200000
static signed char fate[UNITS_MAX]; /* 1: acknowledged, -1: refused for want of room */
static int next_unit;

static int decide_unit(struct turn *t, void *arg)
{
	const int id = *(int *)arg;
	const char *number = "A001";
	struct subject who = { .uid = ADMIN_UID, .person = { .id = 1 } };
	char text[100];

	strcpy(who.person.number, number);
	snprintf(text, sizeof text, "{\"id\":%d,\"code\":\"C%d\",\"name\":\"N%d\"}", id, id, id);
	return turn_emit(t,
		&(struct event){ .kind = "register.unit",
			.who = &who,
			.details = json_loads(text, 0, NULL) });
}

static int set_clock(struct store *s)
{
	struct event_time now;

	store_now(s, &now);
	return store_clock_set(s, NULL, now.clock + 1000);
}

/* Bytes in, hashed, synced. */
static void take_in(struct store *s, int64_t id)
{
	static char bytes[5 * LEAF_BYTES];
	struct hashing *g = NULL;
	struct blob *b = NULL;
	uint8_t root[HASH_LEN], again[HASH_LEN];

	if (s->blobs.ops->create(s->blobs.impl, id, &b) != 0)
		return;
	if (hashing_new(s->hasher, b, 0, &g) == 0 &&
		b->ops->write(b, bytes, sizeof bytes, 0) == 0 &&
		hashing_wrote(g, 0, sizeof bytes) == 0 && hashing_finish(g, root) == 0 &&
		b->ops->sync(b) == 0) {
		struct content *c = NULL;

		if (hashing_finish(g, again) == 0)
			HOLDS(memcmp(root, again, HASH_LEN) == 0);
		if (content_open(&s->blobs, s->buffers, id, sizeof bytes, root, true, &c) == EIO)
			_exit(8); /* a root that is not the bytes' */
		content_close(c);
	}
	hashing_free(g);
	b->ops->close(b);
}

/* The child: a store's day.  Exits 0, also when something failed. */
static void live(int first, int to)
{
	struct store_message m;
	struct store *s = NULL;
	char head[CHECKPOINT_MAX];

	if (store_open(path, STORE_WRITE, NULL, &s, &m) != 0)
		_exit(0);
	for (int i = 0; i < 6; i++) {
		struct told told = { .unit = first + i };

		told.err = committer_run(s->committer, COMMIT_DURABLE, decide_unit, &told.unit);
		if (syscall(SYS_write, to, &told, sizeof told) != sizeof told)
			_exit(9);
		ignore_error(committer_post(s->committer,
			&(struct event){
				.kind = "refused", .details = json_pack("{s:i}", "x", i) }));
	}
	(void)set_clock(s);
	take_in(s, 1000000 + first);
	(void)store_checkpoint(s, head);
	(void)store_close(s);
	_exit(0);
}

static void note_told(int from)
{
	struct told told;

	while (read(from, &told, sizeof told) == sizeof told)
		fate[told.unit] = told.err == 0 ? 1 : told.err == ENOSPC ? -1 : 0;
}

/* Runs a child with `plan` made in it; whether it ended as it should. */
static int run_child(void (*plan)(long n), long n)
{
	int ends[2], status;
	pid_t pid;

	GIVES(0, pipe(ends));
	fflush(NULL);
	pid = fork();
	HOLDS(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(9);
		alarm(60);
		plan(n);
		live(next_unit, ends[1]);
	}
	close(ends[1]);
	note_told(ends[0]);
	close(ends[0]);
	HOLDS(waitpid(pid, &status, 0) == pid);
	next_unit += 6;
	HOLDS(next_unit < UNITS_MAX - 6);
	return status;
}

/* Events that say what they must. */
static void expect_details(struct store *s)
{
	char *text;
	size_t len;

	for (uint64_t seq = 0; seq < ledger_size(s->ledger); seq++) {
		GIVES(0, ledger_entry(s->ledger, seq, &text, &len));
		if ((strstr(text, "\"store.mount\"") || strstr(text, "\"clock.set\"")) &&
			strstr(text, "\"details\":null"))
			ck_abort_msg("without its details: %s", text);
		free(text);
	}
}

static void expect_sound(long n)
{
	static const char query[] = "SELECT count(*) FROM unit WHERE id=?";
	struct store *s = open_store(path, STORE_WRITE);
	struct sql *db;
	int64_t there;

	GIVES(0, catalog_take(s->pool, &db));
	for (int id = next_unit > 12 ? next_unit - 12 : 1; id < next_unit; id++) {
		GIVES(0, sql_value(db, &there, query, "i", (int64_t)id));
		if ((fate[id] > 0 && there != 1) || (fate[id] < 0 && there != 0))
			ck_abort_msg("failure %ld: unit %d was %s and is %sthere", n, id,
				fate[id] > 0 ? "acknowledged" : "refused", there ? "" : "not ");
	}
	catalog_give(s->pool, db);
	GIVES(0, store_close(s));
}

static void expect_all_acknowledged(void)
{
	static const char query[] = "SELECT count(*) FROM unit WHERE id=?";
	struct store *s = open_store(path, STORE_READ);
	struct ledger_fault why = { "" };
	struct ledger_source source;
	struct sql *db;
	int64_t there;
	int n = 0;

	ledger_source_init(&source, s->ledger);
	if (ledger_verify(&source, NULL, NULL, &why) != 0)
		ck_abort_msg("%s", why.text);

	GIVES(0, catalog_take(s->pool, &db));
	for (int id = 1; id < next_unit; id++) {
		GIVES(0, sql_value(db, &there, query, "i", (int64_t)id));
		HOLDS(fate[id] <= 0 || there == 1);
		HOLDS(fate[id] >= 0 || there == 0);
		n += fate[id] > 0;
	}
	HOLDS(n > next_unit / 20);
	catalog_give(s->pool, db);
	expect_details(s);
	store_close(s);
	expect_rebuilt_equal(path);
}

static void make_place(void)
{
	char small[PATH_SPACE];

	mount_small(
		in_place(small, "small"), "size=256m"); /* memory: there are hundreds of rounds */
	snprintf(path, sizeof path, "%.100s/store", small);
	make_store(path);
	next_unit = 1;
}

static int failing_error;
static bool failing_stays;
static atomic_long *calls_seen; /* shared with the child */

static void plan_io(long n)
{
	fault_plan("/small/", n, failing_error, failing_stays);
	atomic_store(calls_seen, 0);
}

static void plan_nothing(long n)
{
	(void)n;
	fault_plan("/small/", 0, 0, false);
}

static long count_calls(void)
{
	struct store_message m;
	struct store *s = NULL;
	char head[CHECKPOINT_MAX];

	fault_plan("/small/", 0, 0, false); /* as in live(), but here */
	GIVES(0, store_open(path, STORE_WRITE, NULL, &s, &m));
	for (int i = 0; i < 6; i++) {
		int id = next_unit++;

		GIVES(0, committer_run(s->committer, COMMIT_DURABLE, decide_unit, &id));
		GIVES(0, committer_post(s->committer, &(struct event){ .kind = "refused" }));
	}
	GIVES(0, set_clock(s));
	take_in(s, 1);
	GIVES(0, store_checkpoint(s, head));
	GIVES(0, store_close(s));
	return atomic_load(&fault.calls);
}

static const struct {
	int error;
	bool stays;
} io[] = { { ENOSPC, false }, { ENOSPC, true }, { EIO, false }, { EIO, true } };

START_TEST(every_call_fails)
{
	long calls;
	int status;

	calls_seen = mmap(NULL, sizeof *calls_seen, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	failing_error = io[_i].error;
	failing_stays = io[_i].stays;
	make_place();
	calls = count_calls();
	HOLDS(calls > 40);
	for (long n = 1; n <= calls + 5; n += failing_stays ? 2 * STRIDE : STRIDE) {
		status = run_child(plan_io, n);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			ck_abort_msg("failure %ld: the process ended with status %#x", n,
				(unsigned)status);
		expect_sound(n);
	}
	GIVES(0, run_child(plan_nothing, 0));
	expect_sound(0);
	HOLDS(fate[next_unit - 1] == 1);
	expect_all_acknowledged();
}
END_TEST

#ifdef OUT_OF_MEMORY
static void plan_memory(long n)
{
	atomic_store(&allocations, 0);
	atomic_store(&keep_failing, failing_stays);
	atomic_store(&fail_allocation, n);
}

START_TEST(allocations_fail)
{
	long all, n;
	int status;

	srandom((unsigned)_i + 1);
	failing_stays = _i != 0;
	make_place();
	atomic_store(&allocations, 0);
	(void)count_calls();
	all = atomic_load(&allocations);
	HOLDS(all > 500);
	for (int round = 0; round < 200; round++) {
		n = 1 + (round * all + random() % all) / 200;
		status = run_child(plan_memory, n);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			ck_abort_msg("allocation %ld: the process ended with status %#x", n,
				(unsigned)status);
		expect_sound(n);
	}
	expect_all_acknowledged();
}
END_TEST

static int one_of_each(struct store *s, int id, int *err)
{
	*err = committer_run(s->committer, COMMIT_DURABLE, decide_unit, &id);
	(void)set_clock(s);
	ignore_error(committer_post(s->committer,
		&(struct event){
			.kind = "refused", .kase = "K", .details = json_pack("{s:i}", "x", id) }));
	return committer_barrier(s->committer, COMMIT_ORDERED);
}

/* Each allocation of a commit in turn. */
START_TEST(each_allocation_of_a_commit)
{
	struct store *s;
	int err = ENOMEM;

	make_place();
	s = open_store(path, STORE_WRITE);
	if (freopen("/dev/null", "w", stderr) == NULL)
		return;
	GIVES(0, one_of_each(s, next_unit++, &err)); /* statements are prepared now */
	for (long n = 1; n < 2000; n++) {
		atomic_store(&keep_failing, false);
		atomic_store(&allocations, 0);
		atomic_store(&fail_allocation, n);
		(void)one_of_each(s, next_unit, &err);
		atomic_store(&fail_allocation, 0);
		fate[next_unit++] = err == 0 ? 1 : -1;
		if (atomic_load(&allocations) < n)
			break;
	}
	HOLDS(next_unit > 50 && err == 0);
	GIVES(0, store_close(s));
	expect_all_acknowledged();
}
END_TEST
#endif

int main(void)
{
	Suite *s = suite_create("failing calls");
	TCase *t = tcase_create("all in turn");

#ifdef OUT_OF_MEMORY
	spare_gcrypt();
#endif
	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_loop_test(t, every_call_fails, 0, (int)N(io));
#ifdef OUT_OF_MEMORY
	tcase_add_test(t, each_allocation_of_a_commit);
	tcase_add_loop_test(t, allocations_fail, 0, 2);
#endif
	suite_add_tcase(s, t);
	return fixture_run(s);
}
