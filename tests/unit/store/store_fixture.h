/* Stores in a folder of their own, for the tests of what is built on the ledger. */
#ifndef TESTS_UNIT_STORE_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_STORE_FIXTURE_H

#include <jansson.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "fs/store/blob/content.h"
#include "fs/store/store.h"
#include "tests/unit/store/ledger_fixture.h"

#define START INT64_C(1678789800000) /* 2023-03-14T18:30+08:00 */
#define ADMIN_UID 2000

/* One folder for all tests of a program.  It is made and removed in the parent, so that a test that
 * fails is cleaned up after, too. */
static char place[64];

static inline void drop_immutable(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), flags;

	if (fd < 0)
		return;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_IMMUTABLE_FL)) {
		flags &= ~FS_IMMUTABLE_FL;
		(void)ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
	close(fd);
}

static inline int remove_any(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)ftw;
	if (kind == FTW_F && S_ISREG(st->st_mode))
		drop_immutable(path);
	return remove(path);
}

static inline void place_make(void)
{
	strcpy(place, "/tmp/test_store.XXXXXX");
	HOLDS(mkdtemp(place));
}

static inline void place_drop(void)
{
	nftw(place, remove_any, 16, FTW_DEPTH | FTW_PHYS);
}

/* A path in the test's own part of that folder, which is made. */
static inline char *in_place(char out[PATH_SPACE], const char *name)
{
	char own[96];

	snprintf(own, sizeof own, "%s/%d", place, (int)getpid());
	(void)mkdir(own, 0700);
	snprintf(out, PATH_SPACE, "%s/%.48s", own, name);
	return out;
}

static inline void ready(TCase *t)
{
	tcase_add_unchecked_fixture(t, place_make, place_drop);
	tcase_set_timeout(t, 300);
}

/*
 * What the test's process mounts from now on is seen by it alone and vanishes with it.  Needs root.
 * Where / is no mount point, as in a chroot, the kernel answers EINVAL, and there is nothing to do:
 * what other namespaces share is not found from in there.
 */
static inline int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) != 0)
		return errno;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 && errno != EINVAL)
		return errno;
	return 0;
}

/* A small file system of its own at `path`, which vanishes with the test's process.  Needs root. */
static inline void mount_small(const char *path, const char *options)
{
	GIVES(0, mkdir(path, 0700));
	GIVES(0, own_mounts());
	if (mount("none", path, "tmpfs", 0, options) != 0)
		ck_abort_msg("a tmpfs on %s: %s", path, strerror(errno));
}

static inline void make_store_as(const char *path, bool test_clock, int64_t start)
{
	struct store_params p = { .path = path,
		.utc_offset = UTC_OFFSET_DEFAULT,
		.test_clock = test_clock,
		.start = start,
		.admin_number = "A001",
		.admin_name = "周琳",
		.admin_uid = ADMIN_UID };
	struct store_message m;
	int err = store_make(&p, &m);

	if (err != 0)
		ck_abort_msg("mkfs: %s: %s", strerror(err), m.text);
}

static inline void make_store(const char *path)
{
	make_store_as(path, true, START);
}

static inline struct store *open_store(const char *path, enum store_mode mode)
{
	struct store_message m;
	struct store *s = NULL;
	int err = store_open(path, mode, NULL, &s, &m);

	if (err != 0)
		ck_abort_msg("open: %s: %s", strerror(err), m.text);
	return s;
}

/* An event to be said in a decision.  details: a JSON text, NULL: none. */
struct say {
	const char *kind;
	int64_t item;
	const char *kase, *person, *details;
	int then;
};

static inline json_t *details_of(const struct say *s)
{
	json_t *d = s->details != NULL ? json_loads(s->details, JSON_DECODE_ANY, NULL) : NULL;

	if (s->details != NULL && d == NULL)
		ck_abort_msg("%s: not JSON: %s", s->kind, s->details);
	return d;
}

static inline int emit_say(struct turn *t, const struct say *s)
{
	struct subject who = { .uid = 2017,
		.gid = 2017,
		.pid = 4711,
		.program = "/usr/bin/cp",
		.person = { .id = 1 } };

	if (s->person != NULL)
		snprintf(who.person.number, sizeof who.person.number, "%s", s->person);
	return turn_emit(t,
		&(struct event){ .kind = s->kind,
			.who = s->person != NULL ? &who : NULL,
			.item = s->item,
			.kase = s->kase,
			.details = details_of(s) });
}

/* A decision over an array that ends with a row of no kind; that row's `then` is what it
 * returns. */
static inline int decide_say(struct turn *t, void *arg)
{
	const struct say *s = arg;
	int err = 0;

	for (; err == 0 && s->kind != NULL; s++)
		err = emit_say(t, s);
	return err != 0 ? err : s->then;
}

#define SAY(...) ((struct say[]){ __VA_ARGS__, { .kind = NULL } })

/* All of a catalog, as text; malloc'd. */
static inline char *dump(const char *catalog)
{
	char command[PATH_SPACE + 64], *text = NULL;
	size_t len = 0, got;
	FILE *in, *out = open_memstream(&text, &len);
	char buffer[65536];

	snprintf(command, sizeof command, "sqlite3 -readonly '%s' .dump 2>&1", catalog);
	in = popen(command, "r");
	HOLDS(in && out);
	while ((got = fread(buffer, 1, sizeof buffer, in)) > 0)
		fwrite(buffer, 1, got, out);
	GIVES(0, pclose(in));
	fclose(out);
	HOLDS(strstr(text, "COMMIT;"));
	return text;
}

/* Says where two dumps part. */
static inline void same_dump(const char *a, const char *b)
{
	size_t i = 0, line = 0;

	while (a[i] != '\0' && a[i] == b[i]) {
		if (a[i] == '\n')
			line = i + 1;
		i++;
	}
	if (a[i] != b[i])
		ck_abort_msg("the catalogs part at:\n%.200s\nand\n%.200s", a + line, b + line);
}

/* The catalog of a closed store is what its ledger gives, row for row. */
static inline void expect_rebuilt_equal(const char *store)
{
	char catalog[PATH_SPACE + 16], *before, *after;
	struct store_message m;
	int err;

	snprintf(catalog, sizeof catalog, "%s/catalog.db", store);
	before = dump(catalog);
	err = store_rebuild(store, NULL, NULL, &m);
	if (err != 0)
		ck_abort_msg("rebuild: %s: %s", strerror(err), m.text);
	after = dump(catalog);
	same_dump(before, after);
	free(before);
	free(after);
}

#endif
