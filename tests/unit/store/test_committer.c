/* The committer: decisions are whole or not at all, in the ledger and in the catalog alike; many
 * share one sync; nothing acknowledged is lost. */
#include <pthread.h>
#include <semaphore.h>
#include <sys/statvfs.h>

#include "fs/store/committer_private.h" /* its queue is looked into, to know who waits */
#include "fs/store/records/schema.h"
#include "tests/unit/store/store_fault.h"
#include "tests/unit/store/store_fixture.h"

static struct fixture f; /* the ledger */
static char catalog[PATH_SPACE], small[PATH_SPACE];
static struct ledger *ledger;
static struct sql *db;
static struct committer *committer;

static void tick(void *arg, struct event_time *out)
{
	static atomic_int_fast64_t ms = START;

	(void)arg;
	out->wall = out->clock = atomic_fetch_add(&ms, 1);
	out->utc_offset = 480;
	out->policy = 1;
}

static void start_in(const char *top)
{
	snprintf(f.dir, sizeof f.dir, "%.70s/ledger", top);
	snprintf(catalog, sizeof catalog, "%.70s/catalog.db", top);
	memset(f.seed, 7, sizeof f.seed);
	fixture_vkey(ORIGIN, f.seed, f.vkey);
	if (mkdir(f.dir, 0700) == 0) {
		GIVES(0, ledger_create(f.dir));
		GIVES(0, sql_open(catalog, SQL_CREATE, &db));
		GIVES(0, schema_create(db));
	} else
		GIVES(0, sql_open(catalog, SQL_WRITE, &db));
	ledger = open_as(&f, LEDGER_WRITE);
	GIVES(0, committer_start(ledger, db, tick, NULL, &committer));
}

static void stop(void)
{
	committer_stop(committer);
	sql_close(db);
	ledger_close(ledger);
	committer = NULL;
}

static char top[PATH_SPACE];

static void setup(void)
{
	fault_plan(NULL, 0, 0, false);
	in_place(top, "");
	start_in(top);
}

static void teardown(void)
{
	if (committer != NULL)
		stop();
	committer_stop(NULL);
}

/* The catalog is what the ledger gives, and the ledger is whole.  Stops. */
static void expect_equal(void)
{
	char other[PATH_SPACE], *is, *should_be;
	struct ledger_fault why;
	struct ledger_source s;
	struct sql *again;
	uint64_t applied;

	committer_stop(committer);
	committer = NULL;
	GIVES(0, catalog_applied(db, &applied));
	ck_assert_uint_eq(applied, ledger_size(ledger));
	ledger_source_init(&s, ledger);
	if (ledger_verify(&s, NULL, NULL, &why) != 0)
		ck_abort_msg("%s", why.text);
	in_place(other, "again.db");
	unlink(other);
	GIVES(0, sql_open(other, SQL_CREATE, &again));
	GIVES(0, schema_create(again));
	GIVES(0, committer_replay(ledger, again, ledger_size(ledger), NULL, NULL));
	sql_close(again);
	sql_close(db);
	ledger_close(ledger);
	is = dump(catalog);
	should_be = dump(other);
	same_dump(is, should_be);
	free(is);
	free(should_be);
}

static int run(struct say *say)
{
	return committer_run(committer, COMMIT_DURABLE, decide_say, say);
}

static char *unit_text(int id, size_t padding, char *out)
{
	sprintf(out, "{\"id\":%d,\"code\":\"C%d\",\"name\":\"N%d\",\"padding\":\"%*s\"}", id, id,
		id, (int)padding, "");
	return out;
}

static int register_unit(int id, size_t padding)
{
	char *text = malloc(padding + 200);
	int err = run(SAY({ .kind = "register.unit", .details = unit_text(id, padding, text) }));

	free(text);
	return err;
}

static int64_t count(const char *query)
{
	int64_t n;

	GIVES(0, sql_value(db, &n, query, ""));
	return n;
}

#define UNITS count("SELECT count(*) FROM unit")

static void expect_event(uint64_t seq, const char *kind, const char *part)
{
	char *text, want[64];
	size_t len;

	snprintf(want, sizeof want, "\"event\":\"%s\"", kind);
	GIVES(0, ledger_entry(ledger, seq, &text, &len));
	if (strstr(text, want) == NULL || strstr(text, part) == NULL)
		ck_abort_msg("entry %llu: %.300s", (unsigned long long)seq, text);
	free(text);
}

START_TEST(decided)
{
	uint64_t applied;

	GIVES(0, run(SAY({ .kind = "store.make", .details = "{}" })));
	GIVES(0,
		run(SAY({ .kind = "register.unit",
				.details = "{\"id\":1,\"code\":\"a\",\"name\":\"b\"}" },
			{ .kind = "register.unit",
				.details = "{\"id\":2,\"code\":\"c\",\"name\":\"d\"}" })));
	GIVES(0, run(SAY({ .kind = NULL }))); /* nothing to say is no event */
	ck_assert_uint_eq(ledger_size(ledger), 3);
	expect_event(2, "register.unit", "\"seq\":2,");
	GIVES(0, catalog_applied(db, &applied));
	ck_assert_uint_eq(applied, 3);
	ck_assert_int_eq(UNITS, 2);
	expect_equal();
}
END_TEST

/* What refuses leaves nothing, whatever it had emitted; nor does what fails half way. */
START_TEST(refused)
{
	static char big[70000];
	char *text = malloc(80000);

	GIVES(0, register_unit(1, 0));
	GIVES(EACCES,
		run(SAY({ .kind = "register.unit",
				.details = "{\"id\":2,\"code\":\"c\",\"name\":\"d\"}" },
			{ .kind = "store.mount" }, { .kind = NULL, .then = EACCES })));
	GIVES(EUCLEAN,
		run(SAY({ .kind = "register.unit",
				.details = "{\"id\":2,\"code\":\"c\",\"name\":\"d\"}" },
			{ .kind = "no.such.kind" })));
	GIVES(EUCLEAN,
		run(SAY({ .kind = "register.unit",
				.details = "{\"id\":2,\"code\":\"c\",\"name\":\"d\"}" },
			{ .kind = "register.unit",
				.details = "{\"id\":3,\"code\":\"c\",\"name\":\"e\"}" })));
	memset(big, 'x', sizeof big - 1);
	sprintf(text, "{\"id\":2,\"code\":\"c\",\"name\":\"d\",\"x\":\"%s\"}", big);
	GIVES(EMSGSIZE,
		run(SAY({ .kind = "register.unit",
				.details = "{\"id\":3,\"code\":\"3\",\"name\":\"3\"}" },
			{ .kind = "register.unit", .details = text })));
	free(text);
	ck_assert_uint_eq(ledger_size(ledger), 1);
	ck_assert_int_eq(UNITS, 1);
	ck_assert_int_eq(count("SELECT count(*) FROM event"), 1);
	GIVES(0, register_unit(2, 0));
	expect_event(1, "register.unit", "\"seq\":1,");
	expect_equal();
}
END_TEST

#define LOAD(v)                                                                                    \
	{                                                                                          \
		.kind = "policy.load",                                                             \
		.details =                                                                         \
			"{\"id\":1,\"version\":" #v ",\"label\":\"x\",\"effective\":\"2023-01-"    \
			"01\",\"interpreter\":\"y\",\"text\":\"z\","                               \
			"\"classes\":[{\"name\":\"patrol\",\"kind\":\"recorded\",\"months\":12}]}" \
	}

static int64_t version_now(void)
{
	struct event_time now;

	committer_now(committer, &now);
	return now.policy;
}

/* A policy is in force for what follows its load, and not where the load was taken back: with its
 * decision, or with its batch. */
START_TEST(policy_in_force)
{
	ck_assert_int_eq(version_now(), 1);
	GIVES(EPERM, run(SAY(LOAD(2), { .kind = "store.mount" }, { .kind = NULL, .then = EPERM })));
	ck_assert_int_eq(version_now(), 1);
	fault_plan("/segment/", 1, ENOSPC, false);
	GIVES(ENOSPC, run(SAY(LOAD(2))));
	fault_plan(NULL, 0, 0, false);
	ck_assert_int_eq(version_now(), 1);
	GIVES(0, run(SAY({ .kind = "store.mount", .details = "{}" })));
	expect_event(0, "store.mount", "\"policy\":1}");
	GIVES(0, run(SAY(LOAD(2), { .kind = "store.mount", .details = "{}" })));
	expect_event(1, "policy.load", "\"policy\":1}");
	expect_event(2, "store.mount", "\"policy\":2}");
	ck_assert_int_eq(version_now(), 2);
	GIVES(0, run(SAY({ .kind = "store.unmount" })));
	expect_event(3, "store.unmount", "\"policy\":2}");
	stop();
	start_in(top);
	ck_assert_int_eq(version_now(), 2);
	expect_equal();
}
END_TEST

/* A decision at which the committer waits, so that others line up behind it. */
struct gate {
	sem_t entered, go;
};

static int decide_gate(struct turn *t, void *arg)
{
	struct gate *g = arg;

	(void)t;
	sem_post(&g->entered);
	while (sem_wait(&g->go) != 0)
		;
	return 0;
}

static void *run_gate(void *arg)
{
	GIVES(0, committer_run(committer, COMMIT_ORDERED, decide_gate, arg));
	return NULL;
}

static struct gate gate;
static pthread_t gatekeeper;

static void hold(void)
{
	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.go, 0, 0);
	GIVES(0, pthread_create(&gatekeeper, NULL, run_gate, &gate));
	while (sem_wait(&gate.entered) != 0)
		;
}

static size_t queued(void)
{
	struct job *j;
	size_t n = 0;

	mutex_lock(&committer->lock);
	STAILQ_FOREACH(j, &committer->queue, link)
		n++;
	mutex_unlock(&committer->lock);
	return n;
}

/* Lets the committer on once so many wait. */
static void let_go(size_t waiting)
{
	while (queued() < waiting)
		sched_yield();
	sem_post(&gate.go);
	pthread_join(gatekeeper, NULL);
}

struct asker {
	pthread_t thread;
	struct say *say;
	int result;
};

static void *ask(void *arg)
{
	struct asker *a = arg;

	a->result = run(a->say);
	return NULL;
}

static void begin_asking(struct asker *a, struct say *say)
{
	a->say = say;
	GIVES(0, pthread_create(&a->thread, NULL, ask, a));
}

#define MANY 50

START_TEST(group_commit)
{
	struct asker a[MANY];
	char text[MANY][200];

	GIVES(0, register_unit(1000, 0));
	hold();
	for (int i = 0; i < MANY; i++) {
		struct say *say = calloc(2, sizeof *say);

		say[0].kind = "register.unit";
		say[0].details = unit_text(i, 0, text[i]);
		begin_asking(&a[i], say);
	}
	fault_plan("/segment/", 0, 0, false);
	let_go(MANY);
	for (int i = 0; i < MANY; i++) {
		pthread_join(a[i].thread, NULL);
		GIVES(0, a[i].result);
		free(a[i].say);
	}
	ck_assert_int_eq(atomic_load(&fault.syncs), 1);
	ck_assert_int_eq(atomic_load(&fault.calls), 2); /* one write, one sync */
	ck_assert_int_eq(UNITS, MANY + 1);
	fault_plan("/segment/", 0, 0, false);
	GIVES(0,
		committer_run(
			committer, COMMIT_ORDERED, decide_say, SAY({ .kind = "store.mount" })));
	ck_assert_int_eq(atomic_load(&fault.syncs), 0);
	GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	ck_assert_int_eq(atomic_load(&fault.syncs), 1);
	GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	ck_assert_int_eq(atomic_load(&fault.syncs), 1); /* there was nothing to sync */
	expect_equal();
}
END_TEST

/* In one batch: who refuses, or fails, does not disturb the others; each sees what was decided
 * before. */
START_TEST(mixed_batch)
{
	struct say *say[5] = {
		SAY({ .kind = "register.unit",
			.details = "{\"id\":1,\"code\":\"a\",\"name\":\"a\"}" }),
		SAY({ .kind = "register.unit",
			    .details = "{\"id\":2,\"code\":\"b\",\"name\":\"b\"}" },
			{ .kind = NULL, .then = EPERM }),
		SAY({ .kind = "register.unit",
			    .details = "{\"id\":3,\"code\":\"c\",\"name\":\"c\"}" },
			{ .kind = "no.such.kind" }),
		SAY({ .kind = "register.unit",
			.details = "{\"id\":4,\"code\":\"a\",\"name\":\"d\"}" }), /* contradicts the
										     first */
		SAY({ .kind = "register.unit",
			.details = "{\"id\":5,\"code\":\"e\",\"name\":\"e\"}" }),
	};
	const int want[5] = { 0, EPERM, EUCLEAN, EUCLEAN, 0 };
	struct asker a[5];

	hold();
	for (size_t i = 0; i < 5; i++) {
		begin_asking(&a[i], say[i]);
		while (queued() <= i)
			sched_yield();
	}
	let_go(5);
	for (int i = 0; i < 5; i++) {
		pthread_join(a[i].thread, NULL);
		ck_assert_int_eq(a[i].result, want[i]);
	}
	ck_assert_uint_eq(ledger_size(ledger), 2);
	expect_event(1, "register.unit", "\"code\":\"e\"");
	expect_equal();
}
END_TEST

/* The write, the sync, or the catalog fails, once: who asked hears of it, both are as before, and
 * the next goes through. */
static const struct {
	const char *path;
	long in;
	int error, want;
} failures[] = {
	{ "/segment/", 1, ENOSPC, ENOSPC },
	{ "/segment/", 1, EDQUOT, EDQUOT },
	{ "/segment/", 1, EIO, EIO },
	{ "/position", 1, ENOSPC, ENOSPC },
	{ "/hash/", 1, ENOSPC, ENOSPC },
	{ "catalog.db-wal", 1, ENOSPC, ENOSPC },
	{ "catalog.db-wal", 2, ENOSPC, ENOSPC },
	{ "catalog.db-wal", 1, EIO, EIO },
	{ "catalog.db-wal", 3, ENOSPC, ENOSPC },
};

START_TEST(one_failure)
{
	uint64_t applied;
	int err;

	GIVES(0, register_unit(1, 300));
	fault_plan(failures[_i].path, failures[_i].in, failures[_i].error, false);
	err = register_unit(2, 300);
	HOLDS(atomic_load(&fault.calls) >= failures[_i].in);
	if (err != failures[_i].want)
		ck_abort_msg("%s gives %s", failures[_i].path, strerror(err));
	fault_plan(NULL, 0, 0, false);
	ck_assert_uint_eq(ledger_size(ledger), 1);
	GIVES(0, catalog_applied(db, &applied));
	ck_assert_uint_eq(applied, 1);
	ck_assert_int_eq(UNITS, 1);
	GIVES(0, register_unit(2, 300));
	GIVES(0, register_unit(3, 300));
	expect_event(1, "register.unit", "\"id\":2,");
	expect_equal();
	start_in(top);
	ck_assert_uint_eq(ledger_size(ledger), 3);
	ck_assert_int_eq(UNITS, 3);
	expect_equal();
}
END_TEST

/* After a sync that failed nobody knows what is on the disk: nothing is acknowledged any more; the
 * next start goes by what is there. */
START_TEST(failed_sync)
{
	GIVES(0, register_unit(1, 0));
	fault_plan("/segment/", 2, EIO, false); /* after the write */
	GIVES(EIO, register_unit(2, 0));
	fault_plan(NULL, 0, 0, false);
	GIVES(EIO, register_unit(3, 0));
	GIVES(EIO, committer_barrier(committer, COMMIT_DURABLE));
	stop();
	start_in(top);
	HOLDS(ledger_size(ledger) <= 2);
	ck_assert_int_eq(UNITS, (int64_t)ledger_size(ledger));
	GIVES(0, register_unit(4, 0));
	expect_equal();
}
END_TEST

static void fill(off_t leave)
{
	char path[PATH_SPACE + 16];
	struct statvfs st;
	int fd;

	snprintf(path, sizeof path, "%s/filler", small);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	GIVES(0, fstatvfs(fd, &st));
	if ((off_t)(st.f_bavail * st.f_frsize) > leave)
		GIVES(0, fallocate(fd, 0, 0, (off_t)(st.f_bavail * st.f_frsize) - leave));
	close(fd);
}

static void make_room(void)
{
	char path[PATH_SPACE + 16];

	snprintf(path, sizeof path, "%s/filler", small);
	GIVES(0, unlink(path));
}

static void setup_small(void)
{
	fault_plan(NULL, 0, 0, false);
	mount_small(in_place(small, "small"), "size=12m");
	start_in(small);
}

/* A disk that is full at every point of a commit. */
START_TEST(full_disk)
{
	uint64_t applied, size;
	int id = 1, err;

	GIVES(0, register_unit(id++, 0));
	for (off_t leave = 0; leave < 30 * 4096; leave += 4096) {
		fill(leave);
		for (;;) {
			size = ledger_size(ledger);
			err = register_unit(id, 3000);
			if (err != 0)
				break;
			id++;
		}
		GIVES(ENOSPC, err);
		ck_assert_uint_eq(ledger_size(ledger), size);
		GIVES(0, catalog_applied(db, &applied));
		ck_assert_uint_eq(applied, size);
		ck_assert_int_eq(UNITS, id - 1);
		GIVES(ENOSPC, register_unit(id, 3000));
		make_room();
		GIVES(0, register_unit(id++, 3000));
	}
	expect_equal();
	start_in(small);
	ck_assert_int_eq(UNITS, id - 1);
	expect_equal();
}
END_TEST

static void post_unit(int id, size_t padding)
{
	char *text = malloc(padding + 200), kind[32] = "register.unit";
	struct subject who = { .uid = (uint32_t)id };
	struct say s = { .kind = kind, .details = unit_text(id, padding, text) };

	GIVES(0,
		committer_post(committer,
			&(struct event){ .kind = kind, .who = &who, .details = details_of(&s) }));
	memset(kind, 'x', sizeof kind - 1); /* it was copied */
	memset(&who, 0x55, sizeof who);
	free(text);
}

static bool wait_for_size(uint64_t size)
{
	for (int n = 0; n < 2000 && ledger_size(ledger) < size; n++)
		usleep(5000);
	return ledger_size(ledger) == size;
}

/* Units in the order of their ids, from entry `from` on. */
static void expect_order(uint64_t from, int first, int last)
{
	char part[32];

	for (int id = first; id <= last; id++) {
		snprintf(part, sizeof part, "\"id\":%d,", id);
		expect_event(from + (uint64_t)(id - first), "register.unit", part);
	}
}

START_TEST(posted)
{
	for (int id = 1; id <= 600; id++)
		post_unit(id, 0);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	ck_assert_uint_eq(ledger_size(ledger), 600);
	expect_order(0, 1, 600);
	expect_event(41, "register.unit", "\"uid\":42,");
	/* what cannot be applied is dropped, and stands in nobody's way */
	GIVES(0, committer_post(committer, &(struct event){ .kind = "no.such.kind" }));
	post_unit(601, 0);
	GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	expect_order(600, 601, 601);
	/* nobody waits for these; they are finished all the same */
	for (int id = 602; id <= 900; id++)
		post_unit(id, 0);
	expect_equal();
	start_in(top);
	ck_assert_uint_eq(ledger_size(ledger), 900);
	expect_order(601, 602, 900);
	expect_equal();
}
END_TEST

/* Nobody waits for it, and yet it is durable before long. */
START_TEST(posted_is_synced)
{
	fault_plan("/segment/", 0, 0, false);
	post_unit(1, 0);
	for (int n = 0; n < 2000 && atomic_load(&fault.syncs) == 0; n++)
		usleep(5000);
	HOLDS(atomic_load(&fault.syncs) >= 1);
	expect_equal();
}
END_TEST

/* Posted to a full disk: kept, tried again, and written in the order in which they came; who waits
 * is told at once. */
START_TEST(posted_to_a_full_disk)
{
	uint64_t size;
	int id = 1;

	GIVES(0, register_unit(id++, 0));
	fill(0);
	while (register_unit(id, 3000) == 0)
		id++;
	size = ledger_size(ledger);
	for (int n = 0; n < 700; n++)
		post_unit(id + n, 900);
	GIVES(ENOSPC, register_unit(5000, 3000));
	(void)committer_barrier(committer, COMMIT_ORDERED);
	ck_assert_uint_eq(ledger_size(ledger), size);
	make_room();
	HOLDS(wait_for_size(size + 700));
	expect_order(size, id, id + 699);
	expect_equal();
}
END_TEST

static int copy_back(struct ledger *l, void *arg)
{
	(void)l, (void)arg;
	return sql_checkpoint(db);
}

/* A short event must not overtake a long one for which there is no room, though it would fit. */
START_TEST(posted_short_after_long)
{
	struct stat st;
	char segment[PATH_SPACE];
	uint64_t size;
	int id = 1;

	path_of(&f, FIRST_SEGMENT, segment);
	while (id < 60)
		GIVES(0, register_unit(id++, 0));
	for (;;) { /* until the segment's last block has room for something short, but not for
		      something long */
		GIVES(0, stat(segment, &st));
		if (st.st_size % 4096 > 500 && st.st_size % 4096 < 2000)
			break;
		GIVES(0, register_unit(id++, 0));
	}
	GIVES(0,
		committer_exclusive(
			committer, copy_back, NULL)); /* the catalog's log is written from its
							 beginning again: it needs no room */
	size = ledger_size(ledger);
	fill(0);
	hold();
	post_unit(id, 30000);
	post_unit(id + 1, 0);
	post_unit(id + 2, 20000);
	post_unit(id + 3, 0);
	let_go(4);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	make_room();
	HOLDS(wait_for_size(size + 4));
	expect_order(size, id, id + 3);
	expect_equal();
}
END_TEST

/* Those who wait go on while posted events wait for room: a long one is refused, a short one that
 * fits is written. */
START_TEST(waiting_beside_a_backlog)
{
	uint64_t size;

	GIVES(0, register_unit(1, 0));
	size = ledger_size(ledger);
	fault_plan("/segment/", 1, ENOSPC, true);
	post_unit(2, 0);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	post_unit(3, 0);
	GIVES(ENOSPC, register_unit(9, 0));
	fault_plan(NULL, 0, 0, false);
	GIVES(0, register_unit(4, 0));
	HOLDS(wait_for_size(size + 3));
	GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	ck_assert_int_eq(UNITS, 4);
	for (uint64_t i = size, last = 0; i < size + 3; i++) { /* 2 before 3, wherever 4 is */
		char *text;
		size_t len;

		GIVES(0, ledger_entry(ledger, i, &text, &len));
		HOLDS(strstr(text, "\"id\":2,") == NULL || last == 0);
		if (strstr(text, "\"id\":3,") != NULL)
			last = i;
		free(text);
	}
	expect_equal();
}
END_TEST

/* More than can be kept is told to whoever posts. */
START_TEST(too_many_posted)
{
	int n, err = 0;

	hold();
	for (n = 0; n < BACKLOG_MAX + 10 && err == 0; n++)
		err = committer_post(committer, &(struct event){ .kind = "no.such.kind" });
	GIVES(EAGAIN, err);
	ck_assert_int_eq(n, BACKLOG_MAX + 1);
	fclose(stderr); /* each is dropped, with a word */
	let_go(BACKLOG_MAX);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	GIVES(0, committer_post(committer, &(struct event){ .kind = "store.mount" }));
	expect_equal();
}
END_TEST

static int sign_head(struct ledger *l, void *arg)
{
	return ledger_checkpoint(l, ORIGIN, f.seed, arg);
}

static int fail_alone(struct ledger *l, void *arg)
{
	(void)l, (void)arg;
	return EXDEV;
}

/* Alone, with everything before it synced: a head can be signed, at any time. */
START_TEST(exclusive)
{
	char head[CHECKPOINT_MAX];
	struct checkpoint c;

	for (int id = 1; id <= 20; id++) {
		post_unit(id, 0);
		GIVES(0, committer_exclusive(committer, sign_head, head));
		GIVES(0, checkpoint_open(head, f.vkey, &c));
		HOLDS(c.size == (uint64_t)id);
	}
	GIVES(EXDEV, committer_exclusive(committer, fail_alone, NULL));
	fault_plan("/segment/", 2, EIO, false);
	post_unit(21, 0);
	GIVES(EIO, committer_exclusive(committer, sign_head, head));
	fault_plan(NULL, 0, 0, false);
}
END_TEST

START_TEST(clock_is_asked)
{
	struct event_time a, b;

	committer_now(committer, &a);
	committer_now(committer, &b);
	HOLDS(a.wall < b.wall);
}
END_TEST

/* The catalog is behind, far behind, or empty: the start makes up for it. */
START_TEST(replayed)
{
	char old[PATH_SPACE], *bytes;
	size_t len;

	GIVES(0, register_unit(1, 0));
	stop();
	bytes = slurp(catalog, &len);
	start_in(top);
	for (int id = 2; id <= 300; id++)
		post_unit(id, 0);
	stop();
	spill(in_place(old, "catalog.db"), bytes, len);
	free(bytes);
	start_in(top);
	ck_assert_int_eq(UNITS, 300);
	expect_equal();
	GIVES(0, unlink(catalog));
	GIVES(0, sql_open(catalog, SQL_CREATE, &db));
	GIVES(0, schema_create(db));
	ledger = open_as(&f, LEDGER_WRITE);
	GIVES(0, committer_start(ledger, db, tick, NULL, &committer));
	ck_assert_int_eq(UNITS, 300);
	expect_equal();
}
END_TEST

/* A ledger that a newer version wrote, or that contradicts itself, is not applied, and nothing is
 * started. */
START_TEST(not_to_be_replayed)
{
	static const char *const texts[] = {
		"{\"seq\":1,\"time\":\"2023-03-14T18:30:00+08:00\",\"clock\":\"2023-03-14T18:30:00+"
		"08:00\",\"event\":\"of.the.future\"}",
		"{\"seq\":5,\"time\":\"2023-03-14T18:30:00+08:00\",\"clock\":\"2023-03-14T18:30:00+"
		"08:00\",\"event\":\"store.mount\"}",
		"{\"seq\":1,\"time\":\"2023-03-14T18:30:00+08:00\",\"clock\":\"2023-03-14T18:30:00+"
		"08:00\",\"event\":\"register.unit\","
		"\"details\":{\"id\":2,\"code\":\"C1\",\"name\":\"x\"}}",
		"{}",
		"x",
	};
	uint64_t applied;

	GIVES(0, register_unit(1, 0));
	stop();
	ledger = open_as(&f, LEDGER_WRITE);
	GIVES(0, ledger_append(ledger, &(struct ledger_entry){ texts[_i], strlen(texts[_i]) }, 1));
	GIVES(0, ledger_sync(ledger));
	GIVES(0, sql_open(catalog, SQL_WRITE, &db));
	GIVES(EUCLEAN, committer_start(ledger, db, tick, NULL, &committer));
	GIVES(0, catalog_applied(db, &applied));
	ck_assert_uint_eq(applied, 1);
	sql_close(db);
	ledger_close(ledger);
}
END_TEST

#define THREADS 6
#define EACH 60

/* Decides by what it sees: the next number.  Some refuse. */
static int decide_next(struct turn *t, void *arg)
{
	int64_t *id = arg;
	char text[200];
	int err = sql_value(turn_db(t), id, "SELECT coalesce(max(id), 0) + 1 FROM unit", "");

	if (err == 0)
		err = emit_say(t,
			&(struct say){
				.kind = "register.unit", .details = unit_text((int)*id, 0, text) });
	return err != 0 ? err : *id % 7 == 3 && turn_time(t)->wall % 2 ? EPERM : 0;
}

static void *decide_many(void *arg)
{
	uintptr_t number = (uintptr_t)arg;
	int64_t id, given = 0;
	struct event_time now;
	char *text;
	size_t len;

	for (int n = 0; n < EACH; n++) {
		if (committer_run(committer, n % 3 == 0 ? COMMIT_DURABLE : COMMIT_ORDERED,
			    decide_next, &id) == 0)
			given++;
		if (n % 5 == 0)
			GIVES(0,
				committer_post(committer,
					&(struct event){ .kind = "store.mount",
						.details = json_pack("{s:i}", "x", (int)number) }));
		if (n % 20 == 0) {
			char head[CHECKPOINT_MAX];

			GIVES(0, committer_exclusive(committer, sign_head, head));
		}
		committer_now(committer, &now);
		GIVES(0, ledger_entry(ledger, ledger_size(ledger) - 1, &text, &len));
		free(text);
	}
	return (void *)(intptr_t)given;
}

START_TEST(many_at_once)
{
	pthread_t thread[THREADS];
	intptr_t given = 0;
	void *some;

	GIVES(0, run(SAY({ .kind = "store.make" })));
	for (uintptr_t i = 0; i < THREADS; i++)
		GIVES(0, pthread_create(&thread[i], NULL, decide_many, (void *)i));
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &some);
		given += (intptr_t)some;
	}
	GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	ck_assert_int_eq(UNITS, given);
	ck_assert_int_eq(count("SELECT max(id) FROM unit"), given);
	ck_assert_uint_eq(ledger_size(ledger), (uint64_t)given + 1 + THREADS * (EACH / 5));
	expect_equal();
}
END_TEST

/* The catalog's own log does not grow for ever. */
START_TEST(log_is_copied_back)
{
	char wal[PATH_SPACE + 8];
	struct stat st;

	for (int round = 0; round < 6; round++) {
		for (int n = 0; n < 2500; n++)
			GIVES(0,
				committer_post(
					committer, &(struct event){ .kind = "store.mount" }));
		GIVES(0, committer_barrier(committer, COMMIT_DURABLE));
	}
	snprintf(wal, sizeof wal, "%s-wal", catalog);
	GIVES(0, stat(wal, &st));
	ck_assert_int_lt(st.st_size, 8 << 20);
	stop();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("committer");
	TCase *t = tcase_create("decisions"), *full = tcase_create("full disks");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	ready(full);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(full, setup_small, teardown);
	tcase_add_test(t, decided);
	tcase_add_test(t, refused);
	tcase_add_test(t, policy_in_force);
	tcase_add_test(t, group_commit);
	tcase_add_test(t, mixed_batch);
	tcase_add_loop_test(t, one_failure, 0, (int)N(failures));
	tcase_add_test(t, failed_sync);
	tcase_add_test(t, posted);
	tcase_add_test(t, posted_is_synced);
	tcase_add_test(t, waiting_beside_a_backlog);
	tcase_add_test(t, too_many_posted);
	tcase_add_test(t, exclusive);
	tcase_add_test(t, clock_is_asked);
	tcase_add_test(t, replayed);
	tcase_add_loop_test(t, not_to_be_replayed, 0, 5);
	tcase_add_loop_test(t, many_at_once, 0, 3);
	tcase_add_test(t, log_is_copied_back);
	tcase_add_test(full, full_disk);
	tcase_add_test(full, posted_to_a_full_disk);
	tcase_add_test(full, posted_short_after_long);
	suite_add_tcase(s, t);
	suite_add_tcase(s, full);
	return fixture_run(s);
}
