/* Publishing a ledger as a tree of files (tlog-tiles). */
#include <inttypes.h>

#include "tests/unit/store/ledger_bent.h"

static struct fixture f;
static char out[96]; /* where trees are published */

static void setup(void)
{
	fixture_make(&f);
	snprintf(out, sizeof(out), "%s/published", f.top);
}

static void teardown(void)
{
	fixture_drop(&f);
}

static struct ledger *make(size_t entries, char head[CHECKPOINT_MAX])
{
	struct ledger *l = open_as(&f, LEDGER_WRITE);

	append_many(l, entries);
	checkpoint(&f, l, head);
	return l;
}

/* The path of a tile by another way of writing it: all digits, then cut into threes. */
static void naive_path(const char *level, uint64_t index, unsigned width, char path[PATH_SPACE])
{
	char digits[32];
	size_t len = (size_t)sprintf(digits, "%" PRIu64, index), pad = (3 - len % 3) % 3, i;
	char *p = path + sprintf(path, "%s/tile/%s/", out, level);

	memmove(digits + pad, digits, len + 1);
	memset(digits, '0', pad);
	len += pad;
	for (i = 0; i < len; i += 3)
		p += sprintf(p, i + 3 < len ? "x%.3s/" : "%.3s", digits + i);
	if (width < 256)
		sprintf(p, ".p/%u", width);
}

static void expect_tile(struct ledger *l, unsigned level, uint64_t index, unsigned width)
{
	char path[PATH_SPACE], name[8], *data;
	uint8_t hash[HASH_LEN];
	size_t len;

	sprintf(name, "%u", level);
	naive_path(name, index, width, path);
	data = slurp(path, &len);
	HOLDS(len == width * HASH_LEN);
	for (unsigned i = 0; i < width; i++) {
		GIVES(0, ledger_hash(l, 8 * level, index * 256 + i, hash));
		HOLDS(memcmp(hash, data + i * HASH_LEN, HASH_LEN) == 0);
	}
	free(data);
}

static void expect_bundle(uint64_t index, unsigned width)
{
	char path[PATH_SPACE], entry[512], *data;
	size_t len, at = 0, n;

	naive_path("entries", index, width, path);
	data = slurp(path, &len);
	for (unsigned i = 0; i < width; i++) {
		n = entry_text(index * 256 + i, entry);
		HOLDS(at + 2 + n <= len);
		HOLDS((uint8_t)data[at] == n >> 8 && (uint8_t)data[at + 1] == (n & 255) &&
			memcmp(data + at + 2, entry, n) == 0);
		at += 2 + n;
	}
	HOLDS(at == len);
	free(data);
}

static void expect_tree(struct ledger *l, uint64_t size, const char *head)
{
	char path[PATH_SPACE], *data;
	uint64_t nodes;
	unsigned level;
	size_t len;

	for (level = 0, nodes = size; nodes > 0; level++, nodes /= 256) {
		for (uint64_t i = 0; i < nodes / 256; i++)
			expect_tile(l, level, i, 256);
		if (nodes % 256)
			expect_tile(l, level, nodes / 256, (unsigned)(nodes % 256));
	}
	for (uint64_t i = 0; i < size / 256; i++)
		expect_bundle(i, 256);
	if (size % 256)
		expect_bundle(size / 256, (unsigned)(size % 256));
	snprintf(path, sizeof(path), "%s/checkpoint", out);
	data = slurp(path, &len);
	ck_assert_str_eq(data, head);
	free(data);
}

static uint64_t count_tree(const char *what)
{
	char command[256];
	uint64_t n = 0;
	FILE *p;

	snprintf(command, sizeof(command), "find %s %s | wc -l", out, what);
	p = popen(command, "r");
	HOLDS(p && fscanf(p, "%" SCNu64, &n) == 1);
	pclose(p);
	return n;
}

static void publish(struct ledger *l, const char *head)
{
	struct ledger_fault fault;
	struct ledger_source s;
	int err;

	ledger_source_init(&s, l);
	err = ledger_publish(&s, head, out, &fault);
	if (err)
		ck_abort_msg("publish: %s: %s", strerror(err), fault.text);
}

/* What was published grows by steps: the sum of those before is what is there. */
START_TEST(published)
{
	static const size_t steps[] = { 0, 1, 1, 253, 1, 1, 255, 0, 500, 1000, 63524, 4464 };
	struct ledger *l = open_as(&f, LEDGER_WRITE);
	char head[CHECKPOINT_MAX];
	uint64_t size = 0;

	for (size_t i = 0; i < N(steps); i++) {
		append_many(l, steps[i]);
		size += steps[i];
		checkpoint(&f, l, head);
		append_many(l, 3); /* what is beyond the head stays out */
		size += 3;
		publish(l, head);
		expect_tree(l, size - 3, head);
	}
	HOLDS(size == 70036);
	/* 273 full bundles and leaf tiles, one full tile above, and no partial forms of these;
	 * nothing is left lying about */
	HOLDS(count_tree("-path '*/tile/entries/*' -type f -not -path '*.p/*'") == 273);
	HOLDS(count_tree("-path '*/tile/0/*' -type f -not -path '*.p/*'") == 273);
	HOLDS(count_tree("-path '*/tile/1/*' -type f -not -path '*.p/*'") == 1);
	HOLDS(count_tree("-name '*.p'") == 4);
	HOLDS(count_tree("-name '.publishing'") == 0);
	HOLDS(count_tree("-name '[0-9]*' -path '*/tile/0/*.p/*'") == 1);
	ledger_close(l);
}
END_TEST

/* Beyond tile 999, where paths gain a folder. */
START_TEST(published_wide)
{
	char head[CHECKPOINT_MAX], path[PATH_SPACE];
	struct ledger *l = make(256700, head);

	publish(l, head);
	expect_tree(l, 256700, head);
	snprintf(path, sizeof(path), "%s/tile/0/x001/001", out);
	HOLDS(access(path, F_OK) == 0);
	snprintf(path, sizeof(path), "%s/tile/entries/x001/002.p/188", out);
	HOLDS(access(path, F_OK) == 0);
	ledger_close(l);
}
END_TEST

/* Earlier partial forms stay until the tile is full: a reader of the earlier head needs them. */
START_TEST(partial_forms_stay)
{
	char first[CHECKPOINT_MAX], head[CHECKPOINT_MAX];
	struct ledger *l = make(10, first);

	publish(l, first);
	append_many(l, 10);
	checkpoint(&f, l, head);
	publish(l, head);
	expect_tile(l, 0, 0, 10);
	expect_bundle(0, 10);
	expect_tree(l, 20, head);
	append_many(l, 236);
	checkpoint(&f, l, head);
	publish(l, head);
	expect_tree(l, 256, head);
	HOLDS(count_tree("-name '000.p'") == 1); /* level 1's */
	ledger_close(l);
}
END_TEST

START_TEST(full_tiles_stand)
{
	char head[CHECKPOINT_MAX], path[PATH_SPACE], *data;
	struct ledger *l = make(600, head);
	size_t len;

	publish(l, head);
	naive_path("entries", 0, 256, path);
	spill(path, "mark", 4);
	append_many(l, 600);
	checkpoint(&f, l, head);
	publish(l, head);
	data = slurp(path, &len);
	ck_assert_str_eq(data, "mark");
	free(data);
	ledger_close(l);
}
END_TEST

/* A publication that broke off before its head was in place is done again. */
START_TEST(broken_off)
{
	char first[CHECKPOINT_MAX], head[CHECKPOINT_MAX], path[PATH_SPACE];
	struct ledger *l = make(300, first);

	publish(l, first);
	append_many(l, 600);
	checkpoint(&f, l, head);
	publish(l, head);
	snprintf(path, sizeof(path), "%s/checkpoint", out);
	spill(path, first, strlen(first));
	naive_path("entries", 2, 256, path);
	spill(path, "half", 4);
	snprintf(path, sizeof(path), "%s/.publishing", out);
	spill(path, "half", 4);
	publish(l, head);
	expect_tree(l, 900, head);
	HOLDS(count_tree("-name '.publishing'") == 0);
	ledger_close(l);
}
END_TEST

static void expect_refusal(
	const struct ledger_source *s, const char *head, int want, const char *why)
{
	struct ledger_fault fault = { "" };
	int err = ledger_publish(s, head, out, &fault);

	if (err != want || !strstr(fault.text, why))
		ck_abort_msg("publish gives %d (%s): %s", err, strerror(err), fault.text);
}

START_TEST(not_published)
{
	char small[CHECKPOINT_MAX], head[CHECKPOINT_MAX], forged[CHECKPOINT_MAX], path[PATH_SPACE],
		there[CHECKPOINT_MAX + 1];
	struct ledger *l = make(300, small);
	struct bent b = { .l = l, .entry = UINT64_MAX, .level = 64 };
	uint8_t other[KEY_SEED_LEN] = { 1 };
	struct ledger_source s;
	struct checkpoint c;

	append_many(l, 300);
	checkpoint(&f, l, head);
	s = bent_source(&b);
	snprintf(path, sizeof(path), "%s/checkpoint", out);
	/* the source does not bear its head out */
	b.entry = 555;
	expect_refusal(&s, head, EUCLEAN, "entry 555:");
	HOLDS(access(path, F_OK) != 0);
	b.entry = UINT64_MAX, b.level = 3, b.index = 74;
	expect_refusal(&s, head, EUCLEAN, "not one of this ledger");
	b.level = 64;
	s.size = 500;
	expect_refusal(&s, head, EUCLEAN, "not one of this ledger");
	s.size = 600;
	expect_refusal(&s, "nonsense", EINVAL, "");
	GIVES(0, checkpoint_open(head, f.vkey, &c));
	GIVES(0, checkpoint_sign(&c, other, forged));
	expect_refusal(&s, forged, EBADMSG, "");
	/* the folder holds something else */
	GIVES(0, ledger_publish(&s, head, out, NULL));
	expect_refusal(&s, small, EUCLEAN, "600 entries are published already");
	spill(path, forged, strlen(forged));
	expect_refusal(&s, head, EUCLEAN, "another log");
	spill(path, "", 0);
	expect_refusal(&s, head, EUCLEAN, "another log");
	memset(there, 'x', sizeof(there));
	spill(path, there, sizeof(there));
	expect_refusal(&s, head, EUCLEAN, "another log");
	c.size = 299;
	GIVES(0, checkpoint_sign(&c, f.seed, forged));
	spill(path, forged, strlen(forged));
	expect_refusal(&s, head, EUCLEAN, "the 299 entries published already are another history");
	spill(path, small, strlen(small));
	GIVES(0, ledger_publish(&s, head, out, NULL));
	snprintf(out, sizeof(out), "%s/none/published", f.top);
	expect_refusal(&s, head, ENOENT, "");
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger publishing");
	TCase *t = tcase_create("all");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, published);
	tcase_add_test(t, published_wide);
	tcase_add_test(t, partial_forms_stay);
	tcase_add_test(t, full_tiles_stand);
	tcase_add_test(t, broken_off);
	tcase_add_test(t, not_published);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
