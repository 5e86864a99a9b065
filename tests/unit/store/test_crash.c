/*
 * Crashes: a process that commits in a loop and reports what was acknowledged is killed at random
 * moments; all that it reported is there afterwards.  In half of the rounds the power is cut as
 * well: what was never synced is cut off the files at random places.
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/unit/store/store_fault.h"
#include "tests/unit/store/store_fixture.h"

#define ROUNDS 40
#define WRITERS 4
#define FILES 64

static char path[PATH_SPACE];

/* How far each file is durable, as the child's syncs said.  Shared with the child. */
static struct durable {
	char path[200];
	long size;
} * durable;
static pthread_mutex_t durable_lock = PTHREAD_MUTEX_INITIALIZER;

static void note_sync(const char *file, long size)
{
	pthread_mutex_lock(&durable_lock);
	for (int i = 0; i < FILES; i++) {
		if (durable[i].path[0] == '\0')
			snprintf(durable[i].path, sizeof durable[i].path, "%s", file);
		if (strcmp(durable[i].path, file) != 0)
			continue;
		durable[i].size = size;
		break;
	}
	pthread_mutex_unlock(&durable_lock);
}

static long durable_size(const char *file)
{
	for (int i = 0; i < FILES && durable[i].path[0] != '\0'; i++)
		if (strcmp(durable[i].path, file) == 0)
			return durable[i].size;
	return 0;
}

static struct store *victim;
static int tell;
static atomic_int next_unit;

static int decide_unit(struct turn *t, void *arg)
{
	char text[120], name[2000];
	int id = *(int *)arg;

	memset(name, 'n', sizeof name);
	snprintf(text, sizeof text, "{\"id\":%d,\"code\":\"C%d\",\"name\":\"N%d\",\"x\":\"%.*s\"}",
		id, id, id, id % 30, name);
	return emit_say(t, &(struct say){ .kind = "register.unit", .details = text });
}

static void *commit_for_ever(void *arg)
{
	(void)arg;
	for (;;) {
		int id = atomic_fetch_add(&next_unit, 1);

		if (id % 5 == 0) /* not acknowledged; but a later durable one must not be there
				    without it */
			ignore_error(committer_post(victim->committer,
				&(struct event){ .kind = "refused",
					.details = json_pack("{s:i}", "x", id) }));
		if (committer_run(victim->committer, COMMIT_DURABLE, decide_unit, &id) != 0 ||
			write(tell, &id, sizeof id) != sizeof id)
			_exit(9);
		if (id % 97 == 0) {
			char head[CHECKPOINT_MAX];

			if (store_checkpoint(victim, head) != 0)
				_exit(9);
		}
	}
	return NULL;
}

/* The child: opens, and commits until it is killed. */
static void be_killed(int first, int to)
{
	pthread_t thread[WRITERS];

	fault.path = place;
	fault.synced = note_sync;
	tell = to;
	atomic_store(&next_unit, first);
	victim = open_store(path, STORE_WRITE);
	for (int i = 0; i < WRITERS; i++)
		GIVES(0, pthread_create(&thread[i], NULL, commit_for_ever, NULL));
	for (;;)
		pause();
}

/* Which were acknowledged, of all rounds. */
static char *acknowledged;
static int most;

static int take_told(int from, int limit, int timeout)
{
	struct pollfd p = { .fd = from, .events = POLLIN };
	int id, n = 0;

	while (n < limit && poll(&p, 1, timeout) == 1 && read(from, &id, sizeof id) == sizeof id) {
		HOLDS(id < 1000000);
		acknowledged[id] = 1;
		most = id > most ? id : most;
		n++;
	}
	return n;
}

/* One round: lets so many be acknowledged, waits a little more, and kills. */
static void kill_one(int commits, long extra_ns)
{
	int ends[2], status, told;
	pid_t pid;

	GIVES(0, pipe(ends));
	fflush(NULL);
	pid = fork();
	HOLDS(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		be_killed(most + 1000, ends[1]);
	}
	close(ends[1]);
	told = take_told(ends[0], commits, 20000);
	nanosleep(&(struct timespec){ 0, extra_ns }, NULL);
	GIVES(0, kill(pid, SIGKILL));
	HOLDS(waitpid(pid, &status, 0) == pid);
	HOLDS(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	told += take_told(ends[0], 1 << 20, 0);
	close(ends[0]);
	HOLDS(told >= commits);
}

/* Cuts what was never synced off a file, at a random place; sometimes puts rubbish there, as a disk
 * may. */
static void cut_power(const char *name, bool rubbish)
{
	char full[PATH_SPACE], noise[64];
	long kept, there;
	struct stat st;
	int fd;

	snprintf(full, sizeof full, "%.100s/%.50s", path, name);
	if (stat(full, &st) != 0)
		return;
	there = st.st_size;
	kept = durable_size(full);
	if (kept >= there)
		return;
	kept += random() % (there - kept + 1);
	GIVES(0, truncate(full, kept));
	if (!rubbish || kept == there)
		return;
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)random();
	fd = open(full, O_WRONLY | O_APPEND);
	HOLDS(write(fd, noise,
		      (size_t)(there - kept) < sizeof noise ? (size_t)(there - kept)
							    : sizeof noise) > 0);
	close(fd);
}

/* Each file that grows by appending. */
static void for_files(void (*fn)(const char *name))
{
	static const char *const others[] = { "ledger/position", "ledger/hash/0", "ledger/hash/1",
		"catalog.db-wal" };
	char dir[PATH_SPACE], name[64];
	struct dirent *e;
	DIR *d;

	snprintf(dir, sizeof dir, "%.100s/ledger/segment", path);
	d = opendir(dir);
	HOLDS(d != NULL);
	while ((e = readdir(d)) != NULL) {
		snprintf(name, sizeof name, "ledger/segment/%.40s", e->d_name);
		if (e->d_name[0] != '.')
			fn(name);
	}
	closedir(d);
	for (size_t i = 0; i < N(others); i++)
		fn(others[i]);
}

/* What is there when the power comes back is durable. */
static void note_present(const char *name)
{
	char full[PATH_SPACE];
	struct stat st;

	snprintf(full, sizeof full, "%.100s/%.50s", path, name);
	if (stat(full, &st) == 0)
		note_sync(full, st.st_size);
}

static void cut_file(const char *name)
{
	bool derived = strncmp(name, "ledger/", 7) == 0 &&
		strncmp(name, "ledger/segment/", 15) != 0;

	cut_power(name, !derived && random() % 3 == 0);
}

static void cut_all(void)
{
	char shm[PATH_SPACE];

	for_files(cut_file);
	snprintf(shm, sizeof shm, "%.100s/catalog.db-shm", path);
	unlink(shm); /* it is memory: after a power cut there is none */
}

static void expect_all(int round)
{
	static const char query[] = "SELECT count(*) FROM unit WHERE id=?";
	struct ledger_fault why = { "" };
	struct ledger_source source;
	struct store *s = open_store(path, STORE_WRITE);
	struct sql *db;
	int64_t n;

	GIVES(0, catalog_take(s->pool, &db));
	for (int id = 1; id <= most; id++) {
		if (!acknowledged[id])
			continue;
		GIVES(0, sql_value(db, &n, query, "i", (int64_t)id));
		if (n != 1)
			ck_abort_msg("round %d: unit %d was acknowledged and is gone", round, id);
	}
	catalog_give(s->pool, db);
	ledger_source_init(&source, s->ledger);
	if (ledger_verify(&source, NULL, NULL, &why) != 0)
		ck_abort_msg("round %d: %s", round, why.text);
	GIVES(0, store_close(s));
}

static void crash(bool power)
{
	most = 0;
	acknowledged = calloc(1, 1 << 20);
	durable = mmap(NULL, FILES * sizeof *durable, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	HOLDS(durable != MAP_FAILED);
	in_place(path, "store");
	make_store(path);
	for (int round = 0; round < ROUNDS; round++) {
		memset(durable, 0, FILES * sizeof *durable);
		for_files(note_present);
		kill_one((int)(random() % 40), random() % 3000000);
		if (power)
			cut_all();
		if (round % 8 == 7)
			expect_all(
				round); /* in between the next child opens it: crash upon crash */
	}
	expect_rebuilt_equal(path);
	free(acknowledged);
}

START_TEST(killed)
{
	srandom(1);
	crash(false);
}
END_TEST

START_TEST(power_cut)
{
	srandom(2);
	crash(true);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("crashes");
	TCase *t = tcase_create("acknowledged is there");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_test(t, killed);
	tcase_add_test(t, power_cut);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
