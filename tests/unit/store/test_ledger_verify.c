/* Verify, compare, prove: what anyone can do with a ledger's entries and hashes. */
#include <inttypes.h>

#include "tests/unit/store/ledger_bent.h"

static struct fixture f;

static void setup(void)
{
	fixture_make(&f);
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

static void count_progress(void *arg, uint64_t done, uint64_t total)
{
	uint64_t *last = arg;

	HOLDS(done > *last && done <= total);
	*last = done;
}

START_TEST(verified)
{
	char head[CHECKPOINT_MAX];
	struct ledger *l = make(10000, head);
	struct bent b = { .l = l, .entry = UINT64_MAX, .level = 64 };
	struct ledger_source s = bent_source(&b);
	struct ledger_fault fault;
	uint64_t done = 0;

	GIVES(0, ledger_verify(&s, count_progress, &done, &fault));
	HOLDS(done == 10000 && fault.text[0] == '\0');
	GIVES(0, ledger_verify(&s, NULL, NULL, NULL));
	b.entry = 777;
	GIVES(EUCLEAN, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "entry 777:"));
	b.error = EUCLEAN;
	GIVES(EUCLEAN, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "entry 777: its record is damaged"));
	b.error = EIO;
	GIVES(EIO, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "entry 777"));
	b = (struct bent){ .l = l, .entry = UINT64_MAX, .level = 0, .index = 9999 };
	GIVES(EUCLEAN, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "entry 9999:"));
	b.level = 8, b.index = 38;
	GIVES(EUCLEAN, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "node 38 of level 8 (entries 9728 to 9983)"));
	b.level = 13, b.index = 0; /* a level that is not stored, but is in the root over 10000 */
	GIVES(EUCLEAN, ledger_verify(&s, NULL, NULL, &fault));
	HOLDS(strstr(fault.text, "root"));
	ledger_close(l);
}
END_TEST

START_TEST(compared)
{
	char head[CHECKPOINT_MAX], small[CHECKPOINT_MAX];
	struct ledger *l = make(300, small);
	enum ledger_relation relation;
	struct ledger_source s;
	struct checkpoint c;

	append_many(l, 300);
	checkpoint(&f, l, head);
	ledger_source_init(&s, l);
	GIVES(0, checkpoint_open(small, f.vkey, &c));
	GIVES(0, ledger_compare(&s, &c, &relation));
	HOLDS(relation == LEDGER_PREFIX);
	c.root[0] ^= 1;
	GIVES(0, ledger_compare(&s, &c, &relation));
	HOLDS(relation == LEDGER_REWRITTEN);
	GIVES(0, checkpoint_open(head, f.vkey, &c));
	GIVES(0, ledger_compare(&s, &c, &relation));
	HOLDS(relation == LEDGER_PREFIX);
	s.size = 599;
	GIVES(0, ledger_compare(&s, &c, &relation));
	HOLDS(relation == LEDGER_ROLLED_BACK);
	strcpy(c.origin, "custodyfs/other");
	GIVES(0, ledger_compare(&s, &c, &relation));
	HOLDS(relation == LEDGER_FOREIGN);
	c = (struct checkpoint){ .origin = ORIGIN };
	sha256("", 0, c.root);
	GIVES(0, ledger_compare(&s, &c, &relation));
	HOLDS(relation == LEDGER_PREFIX);
	ledger_close(l);
}
END_TEST

/* Reads a proof file as its format says, and checks it with nothing but the text of the entry. */
static void check_proof(const char *text, uint64_t index, const char *head)
{
	uint8_t proof[MERKLE_DEPTH][HASH_LEN], leaf[HASH_LEN];
	char entry[512], *at, start[64];
	struct checkpoint c;
	size_t n = 0, len;

	snprintf(start, sizeof(start), "c2sp.org/tlog-proof@v1\nindex %" PRIu64 "\n", index);
	HOLDS(strncmp(text, start, strlen(start)) == 0);
	at = (char *)text + strlen(start);
	for (; *at != '\n'; at += 45, n++)
		HOLDS(at[44] == '\n' && base64_decode(at, 44, proof[n], HASH_LEN, &len) &&
			len == HASH_LEN);
	ck_assert_str_eq(at + 1, head);
	GIVES(0, checkpoint_open(at + 1, f.vkey, &c));
	merkle_leaf(entry, entry_text(index, entry), leaf);
	GIVES(0,
		merkle_verify_inclusion(
			leaf, index, c.size, (const uint8_t(*)[HASH_LEN])proof, n, c.root));
}

START_TEST(proved)
{
	char head[CHECKPOINT_MAX], *text;
	struct ledger *l = make(1, head);
	struct ledger_source s;

	ledger_source_init(&s, l);
	GIVES(0, ledger_prove(&s, 0, head, &text));
	check_proof(text, 0, head);
	free(text);
	append_many(l, 332);
	checkpoint(&f, l, head);
	append_many(l, 200);
	ledger_source_init(&s, l);
	for (uint64_t i = 0; i < 333; i++) {
		GIVES(0, ledger_prove(&s, i, head, &text));
		check_proof(text, i, head);
		free(text);
	}
	GIVES(ENOENT, ledger_prove(&s, 333, head, &text));
	s.size = 300;
	GIVES(ENOENT, ledger_prove(&s, 5, head, &text));
	ledger_close(l);
}
END_TEST

START_TEST(not_proved)
{
	char head[CHECKPOINT_MAX], *text;
	struct ledger *l = make(400, head);
	struct bent b = { .l = l, .entry = 17, .level = 64 };
	struct ledger_source s = bent_source(&b);
	uint8_t other[KEY_SEED_LEN] = { 1 };

	GIVES(EUCLEAN, ledger_prove(&s, 17, head, &text));
	GIVES(0, ledger_prove(&s, 16, head, &text));
	free(text);
	b.entry = UINT64_MAX, b.level = 7, b.index = 1;
	GIVES(EUCLEAN, ledger_prove(&s, 17, head, &text));
	GIVES(EINVAL, ledger_prove(&s, 17, "nonsense", &text));
	fixture_vkey(ORIGIN, other, s.vkey);
	GIVES(EBADMSG, ledger_prove(&s, 17, head, &text));
	ledger_close(l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger verifying");
	TCase *t = tcase_create("all");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, verified);
	tcase_add_test(t, compared);
	tcase_add_test(t, proved);
	tcase_add_test(t, not_proved);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
