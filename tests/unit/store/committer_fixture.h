/* A committer over a ledger and a catalog of its own. */
#ifndef TESTS_UNIT_STORE_COMMITTER_FIXTURE_H
#define TESTS_UNIT_STORE_COMMITTER_FIXTURE_H

#include <pthread.h>
#include <semaphore.h>

#include "fs/store/committer_private.h" /* its queue is looked into, to know who waits */
#include "fs/store/records/schema.h"
#include "tests/unit/store/store_fault.h"
#include "tests/unit/store/store_fixture.h"

static struct fixture f; /* the ledger */
static char catalog[PATH_SPACE];
static struct ledger *ledger;
static struct sql *db;
static struct committer *committer;

static inline void tick(void *arg, struct event_time *out)
{
	static atomic_int_fast64_t ms = START;

	(void)arg;
	out->wall = out->clock = atomic_fetch_add(&ms, 1);
	out->utc_offset = 480;
	out->policy = 1;
}

static inline void start_in(const char *top)
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

static inline void stop(void)
{
	committer_stop(committer);
	sql_close(db);
	ledger_close(ledger);
	committer = NULL;
}

static char top[PATH_SPACE];

static inline void setup(void)
{
	fault_plan(NULL, 0, 0, false);
	in_place(top, "");
	start_in(top);
}

static inline void teardown(void)
{
	if (committer != NULL)
		stop();
	committer_stop(NULL);
}

/* The catalog is what the ledger gives, and the ledger is whole.  Stops. */
static inline void expect_equal(void)
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

static inline int run(struct say *say)
{
	return committer_run(committer, COMMIT_DURABLE, decide_say, say);
}

static inline char *unit_text(int id, size_t padding, char *out)
{
	sprintf(out, "{\"id\":%d,\"code\":\"C%d\",\"name\":\"N%d\",\"padding\":\"%*s\"}", id, id,
		id, (int)padding, "");
	return out;
}

static inline int register_unit(int id, size_t padding)
{
	char *text = malloc(padding + 200);
	int err = run(SAY({ .kind = "register.unit", .details = unit_text(id, padding, text) }));

	free(text);
	return err;
}

static inline int64_t count(const char *query)
{
	int64_t n;

	GIVES(0, sql_value(db, &n, query, ""));
	return n;
}

#define UNITS count("SELECT count(*) FROM unit")

static inline void expect_event(uint64_t seq, const char *kind, const char *part)
{
	char *text, want[64];
	size_t len;

	snprintf(want, sizeof want, "\"event\":\"%s\"", kind);
	GIVES(0, ledger_entry(ledger, seq, &text, &len));
	if (strstr(text, want) == NULL || strstr(text, part) == NULL)
		ck_abort_msg("entry %llu: %.300s", (unsigned long long)seq, text);
	free(text);
}

/* A decision at which the committer waits, so that others line up behind it. */
struct gate {
	sem_t entered, go;
};

static inline int decide_gate(struct turn *t, void *arg)
{
	struct gate *g = arg;

	(void)t;
	sem_post(&g->entered);
	while (sem_wait(&g->go) != 0)
		;
	return 0;
}

static inline void *run_gate(void *arg)
{
	GIVES(0, committer_run(committer, COMMIT_ORDERED, decide_gate, arg));
	return NULL;
}

static struct gate gate;
static pthread_t gatekeeper;

static inline void hold(void)
{
	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.go, 0, 0);
	GIVES(0, pthread_create(&gatekeeper, NULL, run_gate, &gate));
	while (sem_wait(&gate.entered) != 0)
		;
}

static inline size_t queued(void)
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
static inline void let_go(size_t waiting)
{
	while (queued() < waiting)
		sched_yield();
	sem_post(&gate.go);
	pthread_join(gatekeeper, NULL);
}

static inline void post_unit(int id, size_t padding)
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

static inline bool wait_for_size(uint64_t size)
{
	for (int n = 0; n < 2000 && ledger_size(ledger) < size; n++)
		usleep(5000);
	return ledger_size(ledger) == size;
}

/* Units in the order of their ids, from entry `from` on. */
static inline void expect_order(uint64_t from, int first, int last)
{
	char part[32];

	for (int id = first; id <= last; id++) {
		snprintf(part, sizeof part, "\"id\":%d,", id);
		expect_event(from + (uint64_t)(id - first), "register.unit", part);
	}
}

#endif
