/* Keys: a verifier key as text, and the file of the secret one. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/ledger/note.h"

#define ORIGIN "custodyfs/4f9c2a1e-7f0e-4a51-9d0b-1c8de5d9f0aa"
#define N(a) (sizeof(a) / sizeof((a)[0]))

/* The verifier key in the Go documentation of signed notes. */
#define OTHER_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static const uint8_t seed[KEY_SEED_LEN] = { 1, 2, 3 };

START_TEST(vkey_both_ways)
{
	uint8_t pub[KEY_PUBLIC_LEN];
	char name[ORIGIN_MAX], again[VKEY_MAX];

	ck_assert_int_eq(vkey_parse(OTHER_VKEY, name, pub), 0);
	ck_assert_str_eq(name, "PeterNeumann");
	vkey_format(name, pub, again);
	ck_assert_str_eq(again, OTHER_VKEY);
}
END_TEST

static const char *bad_vkey[] = {
	"",
	"+",
	"++",
	"PeterNeumann",
	"PeterNeumann+c74f20a3",
	"PeterNeumann+c74f20a3+",
	"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"Peterneumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=",
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
	"PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAAAA",
};

START_TEST(vkey_malformed)
{
	uint8_t pub[KEY_PUBLIC_LEN];
	char name[ORIGIN_MAX];

	ck_assert_int_eq(vkey_parse(bad_vkey[_i], name, pub), EINVAL);
}
END_TEST

START_TEST(vkey_long_name)
{
	char name[ORIGIN_MAX + 8], vkey[VKEY_MAX], parsed[ORIGIN_MAX];
	uint8_t pub[KEY_PUBLIC_LEN], got[KEY_PUBLIC_LEN];

	ed25519_public(seed, pub);
	memset(name, 'n', sizeof(name));
	name[ORIGIN_MAX - 1] = '\0';
	vkey_format(name, pub, vkey);
	ck_assert_int_eq(vkey_parse(vkey, parsed, got), 0);
	ck_assert_str_eq(parsed, name);
	name[ORIGIN_MAX - 1] = 'n';
	name[ORIGIN_MAX] = '\0';
	snprintf(vkey, sizeof(vkey), "%s+00000000+AA==", name);
	ck_assert_int_eq(vkey_parse(vkey, parsed, got), EINVAL);
}
END_TEST

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(key_files)
{
	static const char *hex = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
	static const char *bad[] = { "", "\n", "%.63s", "%.63s\n", "%s0", "%s\n\n", "%s\nx",
		"%s \n", " %s\n", "0x%s\n", "%s%s\n" };
	char dir[] = "/tmp/test_note.XXXXXX", path[64], text[256];
	uint8_t made[KEY_SEED_LEN] = { 0 }, got[KEY_SEED_LEN], again[KEY_SEED_LEN];
	struct stat st;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	ck_assert_int_eq(key_load(path, got), ENOENT);
	umask(0);
	ck_assert_int_eq(key_create(path, made), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_size, 65);
	ck_assert_int_eq(key_load(path, got), 0);
	ck_assert_mem_eq(got, made, KEY_SEED_LEN);
	ck_assert_int_eq(key_create(path, again), EEXIST);
	ck_assert_int_eq(key_load(path, got), 0);
	ck_assert_mem_eq(got, made, KEY_SEED_LEN);
	for (size_t i = 0; i < N(bad); i++) {
		snprintf(text, sizeof(text), bad[i], hex, hex);
		write_file(path, text);
		ck_assert_msg(key_load(path, got) == EINVAL, "accepted '%s'", text);
	}
	write_file(path, hex);
	ck_assert_int_eq(key_load(path, got), 0);
	unlink(path);
	snprintf(path, sizeof(path), "%s/none/key", dir);
	ck_assert_int_eq(key_create(path, made), ENOENT);
	rmdir(dir);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("key");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	if (digest_init() != 0)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_test(t, vkey_both_ways);
	tcase_add_loop_test(t, vkey_malformed, 0, (int)N(bad_vkey));
	tcase_add_test(t, vkey_long_name);
	tcase_add_test(t, key_files);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
