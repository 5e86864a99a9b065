/* Digests, signatures, base64: against the vectors of their standards. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/digest.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static size_t unhex(const char *hex, uint8_t *out, size_t cap)
{
	size_t n = strlen(hex) / 2, i;
	unsigned byte;

	ck_assert_uint_le(n, cap);
	for (i = 0; i < n; i++) {
		ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return n;
}

static void assert_hash(const uint8_t hash[HASH_LEN], const char *want)
{
	char hex[HASH_HEX];

	hash_hex(hash, hex);
	ck_assert_str_eq(hex, want);
}

START_TEST(sha256_known)
{
	uint8_t hash[HASH_LEN];

	sha256("", 0, hash);
	assert_hash(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256("abc", 3, hash);
	assert_hash(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_prefixed('a', "b", 1, "c", 1, hash);
	assert_hash(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_prefixed('a', "bc", 2, NULL, 0, hash);
	assert_hash(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(crc32_known)
{
	const char *digits = "123456789";
	static uint8_t data[65535]; /* as long as an entry may be */

	ck_assert_uint_eq(digest_crc32("", 0, "", 0), 0);
	for (size_t i = 0; i <= 9; i++)
		ck_assert_uint_eq(digest_crc32(digits, i, digits + i, 9 - i), 0xcbf43926);
	ck_assert_uint_eq(digest_crc32("a", 1, NULL, 0), 0xe8b7be43);
	ck_assert_uint_eq(digest_crc32("", 1, "", 0), 0xd202ef8d);
	ck_assert_uint_eq(digest_crc32("The quick brown fox jumps ", 26, "over the lazy dog", 17),
		0x414fa339);
	ck_assert_uint_eq(digest_crc32(data, 24, data, sizeof data - 24), 0x953675c7);
	memset(data, 0xff, sizeof data);
	ck_assert_uint_eq(digest_crc32(data, sizeof data, NULL, 0), 0x1f8afb34);
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)i;
	ck_assert_uint_eq(digest_crc32(data, 1, data + 1, sizeof data - 1), 0x1965f5e2);
}
END_TEST

START_TEST(pair_known)
{
	struct digest_pair *d;
	uint8_t sha[HASH_LEN], sm3[HASH_LEN];

	ck_assert_int_eq(digest_pair_new(&d), 0);
	digest_pair_update(d, "ab", 2);
	digest_pair_update(d, "", 0);
	digest_pair_update(d, "c", 1);
	digest_pair_final(d, sha, sm3);
	digest_pair_free(d);
	assert_hash(sha, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_hash(sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	ck_assert_int_eq(digest_pair_new(&d), 0);
	for (int i = 0; i < 16; i++)
		digest_pair_update(d, "abcd", 4);
	digest_pair_final(d, sha, sm3);
	digest_pair_free(d);
	assert_hash(sm3, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
	digest_pair_free(NULL);
}
END_TEST

START_TEST(hex_both_ways)
{
	const char *upper = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
	uint8_t want[HASH_LEN], got[HASH_LEN];
	char text[80];

	sha256("abc", 3, want);
	ck_assert(hash_unhex(upper, got));
	ck_assert_mem_eq(got, want, HASH_LEN);
	strcpy(text, upper);
	text[63] = '\0';
	ck_assert(!hash_unhex(text, got));
	strcpy(text, upper);
	strcat(text, "0");
	ck_assert(!hash_unhex(text, got));
	strcpy(text, upper);
	text[10] = 'g';
	ck_assert(!hash_unhex(text, got));
	ck_assert(!hash_unhex("", got));
}
END_TEST

START_TEST(base64_known)
{
	static const char *plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *coded[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	uint8_t out[16];
	char text[32];
	size_t len;

	for (size_t i = 0; i < N(plain); i++) {
		base64_encode(plain[i], strlen(plain[i]), text);
		ck_assert_str_eq(text, coded[i]);
		ck_assert(base64_decode(coded[i], strlen(coded[i]), out, sizeof(out), &len));
		ck_assert_uint_eq(len, strlen(plain[i]));
		ck_assert_mem_eq(out, plain[i], len);
		ck_assert(base64_decode(coded[i], strlen(coded[i]), out, len, &len));
		ck_assert(
			len == 0 || !base64_decode(coded[i], strlen(coded[i]), out, len - 1, &len));
	}
}
END_TEST

START_TEST(base64_strict)
{
	static const char *bad[] = { "Zg", "Zg=", "Z===", "====", "=", "Zh==", "Zm9=", "Zg==\n",
		" Zg==", "Zg==Zg==", "Zm9v=", "Z_==", "Zm 8", "Zm8=Zm8=", "Zg=g" };
	uint8_t out[32];
	size_t len;

	for (size_t i = 0; i < N(bad); i++)
		ck_assert_msg(!base64_decode(bad[i], strlen(bad[i]), out, sizeof(out), &len),
			"accepted '%s'", bad[i]);
}
END_TEST

START_TEST(base64_random_both_ways)
{
	uint8_t data[200], back[200];
	char text[300];
	size_t len;

	for (size_t n = 0; n <= sizeof(data); n++) {
		digest_random(data, n);
		base64_encode(data, n, text);
		ck_assert(base64_decode(text, strlen(text), back, sizeof(back), &len) && len == n &&
			memcmp(data, back, n) == 0);
	}
}
END_TEST

static const struct {
	const char *seed, *pub, *msg, *sig;
} rfc8032[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc6"
		"1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e45"
		"8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae"
		"67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

START_TEST(ed25519_known)
{
	uint8_t seed[KEY_SEED_LEN], pub[KEY_PUBLIC_LEN], got[KEY_PUBLIC_LEN], msg[8],
		sig[SIGNATURE_LEN], made[SIGNATURE_LEN];
	size_t len;

	unhex(rfc8032[_i].seed, seed, sizeof(seed));
	unhex(rfc8032[_i].pub, pub, sizeof(pub));
	unhex(rfc8032[_i].sig, sig, sizeof(sig));
	len = unhex(rfc8032[_i].msg, msg, sizeof(msg));
	ck_assert_int_eq(ed25519_public(seed, got), 0);
	ck_assert_mem_eq(got, pub, KEY_PUBLIC_LEN);
	ck_assert_int_eq(ed25519_sign(seed, msg, len, made), 0);
	ck_assert_mem_eq(made, sig, SIGNATURE_LEN);
	ck_assert_int_eq(ed25519_verify(pub, msg, len, sig), 0);
	for (size_t bit = 0; bit < 8 * SIGNATURE_LEN; bit += 13) {
		sig[bit / 8] ^= 1 << bit % 8;
		ck_assert_int_ne(ed25519_verify(pub, msg, len, sig), 0);
		sig[bit / 8] ^= 1 << bit % 8;
	}
	for (size_t bit = 0; bit < 8 * len; bit++) {
		msg[bit / 8] ^= 1 << bit % 8;
		ck_assert_int_eq(ed25519_verify(pub, msg, len, sig), EBADMSG);
		msg[bit / 8] ^= 1 << bit % 8;
	}
	ck_assert_int_eq(ed25519_verify(pub, msg, len, sig), 0);
}
END_TEST

/* s + L verifies in careless implementations, which gives a signature a second form. */
START_TEST(ed25519_one_form_only)
{
	static const char *order =
		"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
	uint8_t pub[KEY_PUBLIC_LEN], sig[SIGNATURE_LEN], l[32];
	unsigned carry = 0;

	unhex(rfc8032[0].pub, pub, sizeof(pub));
	unhex(rfc8032[0].sig, sig, sizeof(sig));
	unhex(order, l, sizeof(l));
	for (int i = 0; i < 32; i++) {
		carry += sig[32 + i] + l[i];
		sig[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	ck_assert_uint_eq(carry, 0);
	ck_assert_int_eq(ed25519_verify(pub, "", 0, sig), EBADMSG);
}
END_TEST

START_TEST(ed25519_malformed_key)
{
	/* y: no point of the curve; then 0, 1, 2, -1 with either sign, and what is not reduced */
	static const char *bad[] = {
		"da5a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0200000000000000000000000000000000000000000000000000000000000000",
		"ffffffffffffffffffffffffffffffffffffffffffffffff0000000000000080",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	uint8_t pub[KEY_PUBLIC_LEN], sig[SIGNATURE_LEN];

	unhex(rfc8032[0].sig, sig, sizeof(sig));
	for (size_t i = 0; i < N(bad); i++) {
		unhex(bad[i], pub, sizeof(pub));
		ck_assert_msg(ed25519_verify(pub, "", 0, sig) == EINVAL, "accepted %s", bad[i]);
	}
}
END_TEST

START_TEST(random_and_wipe)
{
	static const uint8_t zero[64];
	uint8_t a[64] = { 0 }, b[64] = { 0 };

	digest_random(a, sizeof(a));
	digest_random(b, sizeof(b));
	ck_assert_mem_ne(a, zero, sizeof(a));
	ck_assert_mem_ne(a, b, sizeof(a));
	digest_wipe(a, sizeof(a));
	ck_assert_mem_eq(a, zero, sizeof(a));
	ck_assert_int_eq(digest_init(), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("vectors");
	SRunner *r;
	int failed;

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_add_test(t, sha256_known);
	tcase_add_test(t, crc32_known);
	tcase_add_test(t, pair_known);
	tcase_add_test(t, hex_both_ways);
	tcase_add_test(t, base64_known);
	tcase_add_test(t, base64_strict);
	tcase_add_test(t, base64_random_both_ways);
	tcase_add_loop_test(t, ed25519_known, 0, (int)N(rfc8032));
	tcase_add_test(t, ed25519_one_form_only);
	tcase_add_test(t, ed25519_malformed_key);
	tcase_add_test(t, random_and_wipe);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
