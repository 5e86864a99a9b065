/* A ledger in a folder of its own, for the tests of the ledger. */
#ifndef TESTS_UNIT_STORE_LEDGER_FIXTURE_H
#define TESTS_UNIT_STORE_LEDGER_FIXTURE_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/ledger/ledger.h"
#include "fs/store/ledger/ledger_internal.h"
#include "fs/store/ledger/ledger_record.h"

#define ORIGIN "custodyfs/4f9c2a1e-7f0e-4a51-9d0b-1c8de5d9f0aa"
#define N(a) (sizeof(a) / sizeof((a)[0]))
#define HOLDS(a)                                        \
	do {                                            \
		if (!(a))                               \
			ck_abort_msg("not so: %s", #a); \
	} while (0)
#define GIVES(want, a)                                                                  \
	do {                                                                            \
		int given_ = (a);                                                       \
		if (given_ != (want))                                                   \
			ck_abort_msg("%s gives %d (%s)", #a, given_, strerror(given_)); \
	} while (0)
#define FIRST_SEGMENT "segment/0000000000000000"
#define PATH_SPACE 160

struct fixture {
	char top[64];
	char dir[80]; /* the ledger */
	char vkey[VKEY_MAX];
	uint8_t seed[KEY_SEED_LEN];
};

static inline void fixture_vkey(
	const char *origin, const uint8_t seed[KEY_SEED_LEN], char vkey[VKEY_MAX])
{
	uint8_t pub[KEY_PUBLIC_LEN];

	GIVES(0, ed25519_public(seed, pub));
	vkey_format(origin, pub, vkey);
}

static inline void fixture_make(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	strcpy(f->top, "/tmp/test_ledger.XXXXXX");
	HOLDS(mkdtemp(f->top));
	snprintf(f->dir, sizeof(f->dir), "%s/ledger", f->top);
	GIVES(0, mkdir(f->dir, 0700));
	GIVES(0, ledger_create(f->dir));
	memset(f->seed, 7, sizeof(f->seed));
	fixture_vkey(ORIGIN, f->seed, f->vkey);
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static inline void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void fixture_drop(struct fixture *f)
{
	remove_tree(f->top);
}

static inline void path_of(const struct fixture *f, const char *name, char out[PATH_SPACE])
{
	snprintf(out, PATH_SPACE, "%s/%.64s", f->dir, name);
}

static inline struct ledger *open_as(const struct fixture *f, enum ledger_mode mode)
{
	struct ledger_fault found;
	struct ledger *l = NULL;
	int err = ledger_open(f->dir, mode, f->vkey, &l, NULL, &found);

	if (err)
		ck_abort_msg("open: %s: %s", strerror(err), found.text);
	return l;
}

/* Entries differ in text and length. */
static inline size_t entry_text(uint64_t seq, char out[512])
{
	return (size_t)sprintf(out, "{\"seq\":%llu,\"event\":\"test\",\"note\":\"%.*s\"}",
		(unsigned long long)seq, (int)(seq * 7 % 90),
		"one-line JSON objects of many lengths, so that records begin at places of every "
		"kind in their segment.........");
}

/* n entries in one append, not synced. */
static inline int append(struct ledger *l, size_t n)
{
	struct ledger_entry *entries = calloc(n, sizeof(*entries));
	char(*texts)[512] = calloc(n, sizeof(*texts));
	uint64_t first = ledger_size(l);
	size_t i;
	int err;

	for (i = 0; i < n; i++) {
		entries[i].len = entry_text(first + i, texts[i]);
		entries[i].text = texts[i];
	}
	err = ledger_append(l, entries, n);
	free(entries);
	free(texts);
	return err;
}

/* n batches of one entry. */
static inline void append_synced(struct ledger *l, size_t n)
{
	while (n-- > 0) {
		GIVES(0, append(l, 1));
		GIVES(0, ledger_sync(l));
	}
}

/* n entries in few batches. */
static inline void append_many(struct ledger *l, size_t n)
{
	while (n > 0) {
		size_t some = n < 1000 ? n : 1000;

		GIVES(0, append(l, some));
		n -= some;
	}
	GIVES(0, ledger_sync(l));
}

static inline void expect_entry(const struct ledger *l, uint64_t seq)
{
	char want[512], *text;
	size_t len, want_len = entry_text(seq, want);

	GIVES(0, ledger_entry(l, seq, &text, &len));
	if (len != want_len || strcmp(text, want) != 0)
		ck_abort_msg("entry %llu is '%s'", (unsigned long long)seq, text);
	free(text);
}

static inline void expect_root(const struct ledger *l, uint64_t size)
{
	uint8_t want[HASH_LEN], got[HASH_LEN], leaf[HASH_LEN];
	struct merkle_edge e;
	char text[512];
	uint64_t i;

	merkle_edge_init(&e);
	for (i = 0; i < size; i++) {
		merkle_leaf(text, entry_text(i, text), leaf);
		merkle_edge_push(&e, leaf);
	}
	merkle_edge_root(&e, want);
	GIVES(0, ledger_root(l, size, got));
	HOLDS(memcmp(got, want, HASH_LEN) == 0);
}

/* The ledger holds the first `size` entries, and nothing contradicts them. */
static inline void expect_whole(struct ledger *l, uint64_t size)
{
	struct ledger_fault found;
	struct ledger_source s;
	uint64_t i;
	int err;

	if (ledger_size(l) != size)
		ck_abort_msg("size is %llu, not %llu", (unsigned long long)ledger_size(l),
			(unsigned long long)size);
	for (i = 0; i < size; i++)
		expect_entry(l, i);
	expect_root(l, size);
	ledger_source_init(&s, l);
	err = ledger_verify(&s, NULL, NULL, &found);
	if (err)
		ck_abort_msg("verify: %s: %s", strerror(err), found.text);
}

static inline void checkpoint(struct fixture *f, struct ledger *l, char out[CHECKPOINT_MAX])
{
	GIVES(0, ledger_checkpoint(l, ORIGIN, f->seed, out));
}

static inline char *slurp(const char *path, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0)
		ck_abort_msg("%s: %s", path, strerror(errno));
	data = malloc((size_t)st.st_size + 1);
	HOLDS(read(fd, data, (size_t)st.st_size) == st.st_size);
	close(fd);
	data[st.st_size] = '\0';
	*len = (size_t)st.st_size;
	return data;
}

static inline void spill(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	HOLDS(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
}

/* Where each record of the first segment begins; the last is where it ends. */
static inline size_t record_offsets(const char *data, size_t len, size_t *offsets, size_t cap)
{
	struct record r;
	size_t n = 0, at = 0, need;

	while (at < len) {
		HOLDS(n + 1 < cap &&
			record_read((const uint8_t *)data + at, len - at, &r, &need) == 0);
		offsets[n++] = at;
		at += need;
	}
	offsets[n] = at;
	return n;
}

/* Opening must fail, and say where. */
static inline void expect_fault(
	const struct fixture *f, enum ledger_mode mode, int want, const char *where)
{
	struct ledger_fault found;
	struct ledger *l = NULL;
	int err = ledger_open(f->dir, mode, f->vkey, &l, NULL, &found);

	if (err != want)
		ck_abort_msg(
			"open gives %d (%s), not %d: %s", err, strerror(err), want, found.text);
	if (!strstr(found.text, where))
		ck_abort_msg("'%s' is not in '%s'", where, found.text);
	HOLDS(l == NULL);
}

static inline int fixture_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
