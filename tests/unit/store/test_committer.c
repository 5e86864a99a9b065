/* The committer: decisions are whole or not at all, in the ledger and in the catalog alike; many at
 * once.  (Failing and full disks: test_committer_full.c; replay: test_committer_replay.c.) */
#include <pthread.h>

#include "tests/unit/store/committer_fixture.h"

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

/* A decision that refuses leaves none of its events; nor does one that fails half way. */
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

START_TEST(posted)
{
	for (int id = 1; id <= 600; id++)
		post_unit(id, 0);
	GIVES(0, committer_barrier(committer, COMMIT_ORDERED));
	ck_assert_uint_eq(ledger_size(ledger), 600);
	expect_order(0, 1, 600);
	expect_event(41, "register.unit", "\"uid\":42,");
	/* what cannot be applied is dropped, and blocks nothing */
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

/* Where more is posted than can be kept, the caller learns it. */
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

int main(void)
{
	Suite *s = suite_create("committer");
	TCase *t = tcase_create("decisions");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, decided);
	tcase_add_test(t, refused);
	tcase_add_test(t, policy_in_force);
	tcase_add_test(t, group_commit);
	tcase_add_test(t, mixed_batch);
	tcase_add_test(t, posted);
	tcase_add_test(t, posted_is_synced);
	tcase_add_test(t, too_many_posted);
	tcase_add_test(t, exclusive);
	tcase_add_test(t, clock_is_asked);
	tcase_add_loop_test(t, many_at_once, 0, 3);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
