/* Notes and checkpoints: what is written reads back, and what was changed is refused. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/ledger/note.h"

#define ORIGIN "custodyfs/4f9c2a1e-7f0e-4a51-9d0b-1c8de5d9f0aa"
#define N(a) (sizeof(a) / sizeof((a)[0]))
#define HOLDS(a)                                        \
	do {                                            \
		if (!(a))                               \
			ck_abort_msg("not so: %s", #a); \
	} while (0)

static const uint8_t seed[KEY_SEED_LEN] = { 1, 2, 3 };

static struct checkpoint sample(void)
{
	struct checkpoint c = { .origin = ORIGIN, .size = 70000 };

	sha256("root", 4, c.root);
	return c;
}

static void make(struct checkpoint *c, char vkey[VKEY_MAX], char note[CHECKPOINT_MAX])
{
	uint8_t pub[KEY_PUBLIC_LEN];

	*c = sample();
	ck_assert_int_eq(ed25519_public(seed, pub), 0);
	vkey_format(ORIGIN, pub, vkey);
	ck_assert_int_eq(checkpoint_sign(c, seed, note), 0);
}

/* Signs any text with the sample key, well-formed or not. */
static void sign_text(const char *text, const char *name, char note[CHECKPOINT_MAX])
{
	uint8_t pub[KEY_PUBLIC_LEN], both[4 + SIGNATURE_LEN];
	char base64[128], vkey[VKEY_MAX], id[9];
	unsigned v;

	ed25519_public(seed, pub);
	vkey_format(name, pub, vkey);
	memcpy(id, strchr(vkey, '+') + 1, 8);
	id[8] = '\0';
	sscanf(id, "%x", &v);
	both[0] = (uint8_t)(v >> 24), both[1] = (uint8_t)(v >> 16), both[2] = (uint8_t)(v >> 8),
	both[3] = (uint8_t)v;
	ck_assert_int_eq(ed25519_sign(seed, text, strlen(text), both + 4), 0);
	base64_encode(both, sizeof(both), base64);
	snprintf(note, CHECKPOINT_MAX, "%s\n\xe2\x80\x94 %s %s\n", text, name, base64);
}

/* The verifier key in the Go documentation of signed notes. */
#define OTHER_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

/* A note that another implementation signed (Go's, in its documentation) is a signed note, though
 * no checkpoint. */
START_TEST(foreign_signature_is_checked)
{
	static const char *note =
		"If you think cryptography is the answer to your problem,\n"
		"then you don't know what your problem is.\n"
		"\n"
		"\xe2\x80\x94 PeterNeumann "
		"x08go/ZJkuBS9UG/"
		"SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	struct checkpoint c;
	char changed[CHECKPOINT_MAX];

	ck_assert_int_eq(checkpoint_open(note, OTHER_VKEY, &c), EINVAL);
	strcpy(changed, note);
	changed[0] = 'i';
	ck_assert_int_eq(checkpoint_open(changed, OTHER_VKEY, &c), EBADMSG);
}
END_TEST

START_TEST(checkpoint_both_ways)
{
	struct checkpoint c, got;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX];
	static const char start[] = ORIGIN
		"\n70000\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\n\xe2\x80\x94 " ORIGIN " ";

	make(&c, vkey, note);
	ck_assert_msg(strncmp(note, start, strlen(start)) == 0, "%s", note);
	memset(&got, 0, sizeof(got));
	ck_assert_int_eq(checkpoint_open(note, vkey, &got), 0);
	ck_assert_str_eq(got.origin, c.origin);
	ck_assert_uint_eq(got.size, c.size);
	ck_assert_mem_eq(got.root, c.root, HASH_LEN);
}
END_TEST

START_TEST(sizes_both_ways)
{
	static const uint64_t sizes[] = { 0, 1, 9, 10, UINT32_MAX, INT64_MAX };
	struct checkpoint c, got;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX];

	make(&c, vkey, note);
	for (size_t i = 0; i < N(sizes); i++) {
		c.size = sizes[i];
		ck_assert_int_eq(checkpoint_sign(&c, seed, note), 0);
		ck_assert_int_eq(checkpoint_open(note, vkey, &got), 0);
		ck_assert_uint_eq(got.size, sizes[i]);
	}
}
END_TEST

/* Every byte of a signed note counts: changed, taken out or doubled, and it is refused, with the
 * result untouched. */
START_TEST(any_change_is_refused)
{
	struct checkpoint c, got, before;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX], changed[CHECKPOINT_MAX];
	size_t len;
	int err;

	make(&c, vkey, note);
	len = strlen(note);
	memset(&before, 0xab, sizeof(before));
	for (size_t i = 0; i < len; i++)
		for (int k = 0; k < 10; k++) {
			strcpy(changed, note);
			if (k < 8)
				changed[i] ^= 1 << k;
			else if (k == 8)
				memmove(changed + i, changed + i + 1, len - i);
			else
				memmove(changed + i + 1, changed + i, len - i + 1);
			got = before;
			err = checkpoint_open(changed, vkey, &got);
			if (err != EINVAL && err != EBADMSG && strcmp(changed, note) != 0)
				ck_abort_msg("byte %zu, change %d: %d", i, k, err);
			HOLDS(err == 0 || memcmp(&got, &before, sizeof(got)) == 0);
		}
	for (size_t i = 0; i < len; i++) {
		strcpy(changed, note);
		changed[i] = '\0';
		HOLDS(checkpoint_open(changed, vkey, &got) != 0);
	}
}
END_TEST

/* Signed by the right key, and still no checkpoint. */
static const char *bad_body[] = {
	"\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n1\n",
	ORIGIN "\n\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n1 \n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n0x1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n18446744073709551617\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
	ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
	ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n",
	ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFVV\n",
	ORIGIN "\n1\n\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nextension\n",
	"custodyfs/another\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntab\there\n",
};

START_TEST(malformed_though_signed)
{
	struct checkpoint c;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX];

	make(&c, vkey, note);
	sign_text(bad_body[_i], ORIGIN, note);
	ck_assert_int_eq(checkpoint_open(note, vkey, &c), EINVAL);
}
END_TEST

START_TEST(extension_lines_are_passed_over)
{
	struct checkpoint c;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX];

	make(&c, vkey, note);
	sign_text(ORIGIN "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nwitnessed\nand more\n",
		ORIGIN, note);
	ck_assert_int_eq(checkpoint_open(note, vkey, &c), 0);
	ck_assert_uint_eq(c.size, 1);
}
END_TEST

/* Witnesses add lines; without the store's own they count for nothing. */
START_TEST(other_signers)
{
	static const char *line =
		"\xe2\x80\x94 PeterNeumann "
		"x08go/ZJkuBS9UG/"
		"SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	static const char *same_name =
		"\xe2\x80\x94 " ORIGIN " AAAAAPZJkuBS9UG/"
		"SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	static const char *bad_lines[] = { "nonsense\n", "- a b\n", "\xe2\x80\x94 a\n",
		"\xe2\x80\x94  a\n", "\xe2\x80\x94 a \n", "\n" };
	struct checkpoint c;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX], with[2 * CHECKPOINT_MAX], *own;

	make(&c, vkey, note);
	snprintf(with, sizeof(with), "%s%s%s", note, line, same_name);
	ck_assert_int_eq(checkpoint_open(with, vkey, &c), 0);
	own = strstr(note, "\n\n") + 2;
	snprintf(with, sizeof(with), "%.*s%s%s%s", (int)(own - note), note, same_name, line, own);
	ck_assert_int_eq(checkpoint_open(with, vkey, &c), 0);
	snprintf(with, sizeof(with), "%.*s%s%s", (int)(own - note), note, line, same_name);
	ck_assert_int_eq(checkpoint_open(with, vkey, &c), EBADMSG);
	for (size_t i = 0; i < N(bad_lines); i++) {
		snprintf(with, sizeof(with), "%s%s", note, bad_lines[i]);
		ck_assert_int_eq(checkpoint_open(with, vkey, &c), EINVAL);
	}
	snprintf(with, sizeof(with), "%s%s", note, own); /* twice the same */
	ck_assert_int_eq(checkpoint_open(with, vkey, &c), 0);
}
END_TEST

START_TEST(other_key)
{
	static const uint8_t other[KEY_SEED_LEN] = { 9 };
	struct checkpoint c;
	char vkey[VKEY_MAX], note[CHECKPOINT_MAX];

	make(&c, vkey, note);
	ck_assert_int_eq(checkpoint_sign(&c, other, note), 0);
	ck_assert_int_eq(checkpoint_open(note, vkey, &c), EBADMSG);
	ck_assert_int_eq(checkpoint_open(note, OTHER_VKEY, &c), EBADMSG);
	ck_assert_int_eq(checkpoint_open(note, "nonsense", &c), EINVAL);
	ck_assert_int_eq(checkpoint_open("", vkey, &c), EINVAL);
	ck_assert_int_eq(checkpoint_open("\n", vkey, &c), EINVAL);
	ck_assert_int_eq(checkpoint_open("\n\n", vkey, &c), EINVAL);
}
END_TEST

START_TEST(origins_that_cannot_be_signed)
{
	static const char *bad[] = { "", "two words", "a+b", "line\n", "caf\xc3\xa9" };
	struct checkpoint c = sample();
	char note[CHECKPOINT_MAX];

	for (size_t i = 0; i < N(bad); i++) {
		strcpy(c.origin, bad[i]);
		ck_assert_int_eq(checkpoint_sign(&c, seed, note), EINVAL);
	}
}
END_TEST

START_TEST(proof_text)
{
	uint8_t proof[2][HASH_LEN];
	char *text;

	sha256("", 0, proof[0]);
	sha256("root", 4, proof[1]);
	ck_assert_int_eq(tlog_proof_format(73894, (const uint8_t(*)[HASH_LEN])proof, 2,
				 "checkpoint\n", &text),
		0);
	ck_assert_str_eq(text,
		"c2sp.org/tlog-proof@v1\nindex "
		"73894\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
		"SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\ncheckpoint\n");
	free(text);
	ck_assert_int_eq(tlog_proof_format(0, NULL, 0, "checkpoint\n", &text), 0);
	ck_assert_str_eq(text, "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n");
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("note");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_test(t, foreign_signature_is_checked);
	tcase_add_test(t, checkpoint_both_ways);
	tcase_add_test(t, sizes_both_ways);
	tcase_add_test(t, any_change_is_refused);
	tcase_add_loop_test(t, malformed_though_signed, 0, (int)N(bad_body));
	tcase_add_test(t, extension_lines_are_passed_over);
	tcase_add_test(t, other_signers);
	tcase_add_test(t, other_key);
	tcase_add_test(t, origins_that_cannot_be_signed);
	tcase_add_test(t, proof_text);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
