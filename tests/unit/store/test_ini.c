/* The reader of INI text: what it gives, and which lines can't be read. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/ini.h"

/* All that was given, a line each: "2 [a] k=v", "1 [a]", or "3 bad". */
struct seen {
	char text[1024];
	int end_after; /* calls; 0: never */
	int calls;
};

static bool note_line(void *arg, const struct ini_line *line)
{
	struct seen *s = arg;
	size_t used = strlen(s->text);

	if (line->section == NULL)
		snprintf(s->text + used, sizeof s->text - used, "%d bad\n", line->number);
	else if (line->key == NULL)
		snprintf(s->text + used, sizeof s->text - used, "%d [%s]\n", line->number,
			line->section);
	else
		snprintf(s->text + used, sizeof s->text - used, "%d [%s] %s=%s\n", line->number,
			line->section, line->key, line->value);
	return ++s->calls != s->end_after;
}

static const struct {
	const char *text, *seen;
} cases[] = {
	{ "", "" },
	{ "\n\n \t\n\r\n", "" },
	{ "k=v", "1 [] k=v\n" },
	{ "k:v\n", "1 [] k=v\n" },
	{ "k = v = w : x\r\n", "1 [] k=v = w : x\n" },
	{ "k=\nl= ;\n", "1 [] k=\n2 [] l=\n" },
	{ "=v\n", "1 [] =v\n" },
	{ "[a]\nk = v \n[b]\n\n k\t=\tv w\t\n", "1 [a]\n2 [a] k=v\n3 [b]\n5 [b] k=v w\n" },
	{ "[a]\n[a]\n[ a]\n", "1 [a]\n2 [a]\n3 [ a]\n" },
	{ "[]\n[a[b]\n", "1 []\n2 [a[b]\n" },
	{ "\xef\xbb\xbf[a]\n", "1 [a]\n" },
	{ "\xef\xbb\xbf", "" },
	/* comments */
	{ "; [x]\n# y\n  ; z = 1\n\t# z = 1\n", "" },
	{ "k = v ; comment\nl = v;w # no comment\nm = ;c\n",
		"1 [] k=v\n2 [] l=v;w # no comment\n3 [] m=\n" },
	{ "[a] ; comment\n[b]# comment\n[c;d]\n", "1 [a]\n2 [b]\n3 [c;d]\n" },
	/* indented lines */
	{ "k = v\n  w\n\t x = y ; comment\n\n z\n",
		"1 [] k=v\n2 [] k=w\n3 [] k=x = y\n5 [] k=z\n" },
	{ "k = v\n[a]\n  l = w\n  x\n", "1 [] k=v\n2 [a]\n3 [a] l=w\n4 [a] l=x\n" },
	/* lines that can't be read */
	{ "[a]\nk\nl=1\n", "1 [a]\n2 bad\n3 [a] l=1\n" },
	{ "[a\nk = v\n", "1 bad\n2 [] k=v\n" },
	{ "[a ;b]\n", "1 bad\n" },
	{ "[a] k = v\n", "1 bad\n" },
	{ "k = v\n [a]\n w\n", "1 [] k=v\n2 bad\n3 [] k=w\n" },
	{ " [a]\n", "1 bad\n" },
	{ "k ;l = v\n", "1 bad\n" },
	{ "[a]\n\xef\xbb\xbf[b]\n", "1 [a]\n2 bad\n" },
	{ "x\ny\n\nz", "1 bad\n2 bad\n4 bad\n" },
};

START_TEST(lines)
{
	struct seen s = { .calls = 0 };

	ck_assert_int_eq(ini_read(cases[_i].text, strlen(cases[_i].text), note_line, &s), 0);
	ck_assert_str_eq(s.text, cases[_i].seen);
}
END_TEST

START_TEST(bytes_beside_the_text_are_not_read)
{
	struct seen s = { .calls = 0 };

	ck_assert_int_eq(ini_read("k=v\nxyz", 4, note_line, &s), 0);
	ck_assert_int_eq(ini_read("\xef\xbb\xbfk", 2, note_line, &s), 0);
	ck_assert_str_eq(s.text, "1 [] k=v\n1 bad\n");
}
END_TEST

START_TEST(a_nul_makes_a_line_bad)
{
	struct seen s = { .calls = 0 };

	ck_assert_int_eq(ini_read("k=v\nl=\0w\nm=x\n", 13, note_line, &s), 0);
	ck_assert_str_eq(s.text, "1 [] k=v\n2 bad\n3 [] m=x\n");
}
END_TEST

START_TEST(ended_by_who_takes)
{
	struct seen s = { .end_after = 2 }, t = { .end_after = 2 };

	ck_assert_int_eq(ini_read("a=1\nb=2\nc=3\nd\n", 14, note_line, &s), ECANCELED);
	ck_assert_str_eq(s.text, "1 [] a=1\n2 [] b=2\n");
	ck_assert_int_eq(ini_read("a=1\nb\nc\n", 8, note_line, &t), ECANCELED);
	ck_assert_str_eq(t.text, "1 [] a=1\n2 bad\n");
}
END_TEST

static bool measure_line(void *arg, const struct ini_line *line)
{
	size_t *length = arg;

	*length += strlen(line->section);
	if (line->key != NULL)
		*length += strlen(line->key) + strlen(line->value);
	return true;
}

START_TEST(lines_of_any_length)
{
	size_t length = 0, n = 100000;
	char *text = malloc(4 * n);

	memset(text, 'x', 4 * n);
	text[0] = '[';
	memcpy(text + n, "]\n", 2);
	text[2 * n] = '=';
	ck_assert_int_eq(ini_read(text, 4 * n, measure_line, &length), 0);
	ck_assert_uint_eq(length, 2 * (n - 1) + (4 * n - 1 - (n + 2)));
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("INI");
	TCase *t = tcase_create("INI");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, lines, 0, (int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(t, bytes_beside_the_text_are_not_read);
	tcase_add_test(t, a_nul_makes_a_line_bad);
	tcase_add_test(t, ended_by_who_takes);
	tcase_add_test(t, lines_of_any_length);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
