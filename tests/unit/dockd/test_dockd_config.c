/* custody-dockd: the settings. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/dockd/config_private.h"

static const struct {
	const char *section, *name, *value;
	bool good;
} entries[] = {
	{ "dockd", "mount", "/srv/evidence", true },
	{ "dockd", "mount", "evidence", false },
	{ "dockd", "quiet", "0.5", true },
	{ "dockd", "quiet", "0", false },
	{ "dockd", "quiet", "-3", false },
	{ "dockd", "quiet", "ten", false },
	{ "dockd", "quiet", "10 s", false },
	{ "dockd", "quiet", "nan", false },
	{ "dockd", "retry", "1e99", false },
	{ "dockd", "rescan", "0.5", false },
	{ "dockd", "clear-source", "yes", true },
	{ "dockd", "clear-source", "perhaps", false },
	{ "dockd", "path", "/srv/dock", false },
	{ "采集站", "path", "/srv/dock", true },
	{ "采集站", "path", "dock", false },
	{ "采集站", "clear-source", "是", true },
	{ "采集站", "quiet", "3", false },
	{ "采集站", "unit", "", false },
	{ "采集站", "colour", "red", false },
	{ "", "mount", "/srv/evidence", false },
};

START_TEST(test_entries)
{
	struct config *c = calloc(1, sizeof *c);
	ck_assert_msg((config_entry(c, entries[_i].section, entries[_i].name, entries[_i].value) ==
			      NULL) == entries[_i].good,
		"[%s] %s = %s", entries[_i].section, entries[_i].name, entries[_i].value);
	config_free(c);
	free(c);
}
END_TEST

static const struct {
	const char *mount, *state, *first, *second;
	bool good;
} wholes[] = {
	{ "/srv/evidence", "/var/lib/x", "/srv/dock", NULL, true },
	{ "/srv/evidence", "/var/lib/x", "/srv/dock", "/srv/dock2", true },
	{ "/srv/evidence", "/var/lib/x", "/srv/dock", "/srv/dock", false },
	{ "/srv/evidence", "/var/lib/x", "/srv/dock/", "/srv/dock/a", false },
	{ "/srv/evidence", "/var/lib/x", "/srv/evidence/by-unit", NULL, false },
	{ "/srv/evidence", "/var/lib/x", "/srv", NULL, false },
	{ "/srv/evidence", "/srv/dock/.state", "/srv/dock", NULL, false },
	{ "/srv/evidence", "/var/lib/x", "/", NULL, false },
	{ "/srv/evidence", "/var/lib/x", NULL, NULL, false },
};

START_TEST(test_wholes)
{
	struct config *c = calloc(1, sizeof *c);
	char *flaw;
	ck_assert_ptr_null(config_entry(c, "dockd", "mount", wholes[_i].mount));
	ck_assert_ptr_null(config_entry(c, "dockd", "state", wholes[_i].state));
	if (wholes[_i].first != NULL)
		ck_assert_ptr_null(config_entry(c, "first", "path", wholes[_i].first));
	if (wholes[_i].second != NULL)
		ck_assert_ptr_null(config_entry(c, "second", "path", wholes[_i].second));
	flaw = config_flaw(c);
	ck_assert_msg((flaw == NULL) == wholes[_i].good, "%d: %s", _i, flaw);
	free(flaw);
	config_free(c);
	free(c);
}
END_TEST

/* Files and their setting `mount` as it is read; NULL: the file is refused. */
static const struct {
	const char *text, *mount;
} files[] = {
	{ "[dockd]\nmount = /srv/a\n", "/srv/a" },
	{ "\xef\xbb\xbf[dockd]\r\nmount=/srv/a ; where\r\n", "/srv/a" },
	{ "# settings\n[dockd]\nmount: /srv/a/\n[north]\npath = /srv/north\n", "/srv/a" },
	{ "mount = /srv/a\n", NULL },
	{ "[dockd]\nmount\n", NULL },
	{ "[dockd]\nmount = /srv/a\n  /srv/b\n", NULL },
	{ "[dockd]\ncolour = red\nmount = /srv/a\n", NULL },
};

START_TEST(test_files)
{
	struct config *c = calloc(1, sizeof *c);
	char path[] = "/tmp/custody-dockd-XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	bool good;
	ck_assert_ptr_nonnull(f);
	fputs(files[_i].text, f);
	fclose(f);
	good = config_read_file(c, path);
	unlink(path);
	ck_assert_msg(good == (files[_i].mount != NULL), "%s", files[_i].text);
	if (good)
		ck_assert_str_eq(c->mount, files[_i].mount);
	config_free(c);
	free(c);
}
END_TEST

/* Puts a file with this text in the place of a standard stream. */
static FILE *stream_from(int fd, const char *text, size_t len)
{
	FILE *f = tmpfile();
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	rewind(f);
	ck_assert_int_eq(dup2(fileno(f), fd), fd);
	return f;
}

/* All that is wrong is reported in one run, with the numbers of lines that can't be read. */
START_TEST(test_all_flaws)
{
	static const char text[] = "[dockd]\ncolour = red\nmount\nstate = a\0b\nquiet = ten\n[x\n";
	static const char *const flaws[] = { "colour = red", "line 3 ", "line 4 ", "quiet = ten",
		"line 6 " };
	struct config *c = calloc(1, sizeof *c);
	char path[] = "/tmp/custody-dockd-XXXXXX", told[2000];
	FILE *f = fdopen(mkstemp(path), "w"), *stream;
	const char *at = told;
	ck_assert_ptr_nonnull(f);
	fwrite(text, 1, sizeof text - 1, f);
	fclose(f);
	stream = stream_from(STDERR_FILENO, "", 0);
	ck_assert(!config_read_file(c, path));
	unlink(path);
	rewind(stream);
	told[fread(told, 1, sizeof told - 1, stream)] = '\0';
	for (size_t i = 0; i < sizeof flaws / sizeof flaws[0]; i++) {
		at = strstr(at, flaws[i]);
		ck_assert_msg(at != NULL, "%s is not in order in: %s", flaws[i], told);
	}
	config_free(c);
	free(c);
}
END_TEST

/* "-" is a file's name as any other, not standard input. */
START_TEST(test_dash)
{
	static const char text[] = "[dockd]\nmount = /srv/a\n";
	struct config *c = calloc(1, sizeof *c);
	stream_from(STDIN_FILENO, text, sizeof text - 1);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert(!config_read_file(c, "-"));
	ck_assert_ptr_null(c->mount);
	config_free(c);
	free(c);
}
END_TEST

/* A line may be as long as a path. */
START_TEST(test_long_line)
{
	struct config *c = calloc(1, sizeof *c);
	char path[] = "/tmp/custody-dockd-XXXXXX", name[3001] = "/";
	FILE *f = fdopen(mkstemp(path), "w");
	ck_assert_ptr_nonnull(f);
	for (size_t i = 1; i < sizeof name - 1; i++)
		name[i] = i % 100 == 0 ? '/' : 'a';
	fprintf(f, "[north]\npath = %s\n", name);
	fclose(f);
	ck_assert(config_read_file(c, path));
	unlink(path);
	ck_assert_str_eq(c->docks[0].path, name);
	config_free(c);
	free(c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dockd_config");
	TCase *t = tcase_create("config");
	SRunner *r;
	int failed;
	tcase_add_loop_test(t, test_entries, 0, sizeof entries / sizeof entries[0]);
	tcase_add_loop_test(t, test_wholes, 0, sizeof wholes / sizeof wholes[0]);
	tcase_add_loop_test(t, test_files, 0, sizeof files / sizeof files[0]);
	tcase_add_test(t, test_all_flaws);
	tcase_add_test(t, test_dash);
	tcase_add_test(t, test_long_line);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
