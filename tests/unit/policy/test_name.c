/* Names of files and folders, and text in the register. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/name.h"

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
	const char *in;
	const char *out; /* NULL: as it was */
} good[] = {
	{ "a", NULL },
	{ "2104321_083017_20230314093012_0001.mp4", NULL },
	{ "2104321_083017_20230314093012_0002IMP.mp4", NULL },
	{ CASE_NONE, NULL },
	{ "汶市监处罚〔2023〕12号", NULL },
	{ "（杭临）市监处罚〔2024〕131号", NULL }, /* NFKC would make these parentheses narrow */
	{ "汶上县刘记百货店经营超过保质期食品案.pdf", NULL },
	{ "ＡＢＣ①㎏ﬁ", NULL }, /* compatibility characters stay */
	{ ".hidden", NULL },
	{ "..x", NULL },
	{ " leading", NULL },
	{ "in the middle", NULL },
	{ "~$report.docx", NULL },
	{ "a;b'c`d", NULL },
	{ "e\xcc\x81.jpg", "\xc3\xa9.jpg" }, /* e + acute */
	{ "\xc3\xa9.jpg", NULL },
	{ "A\xcc\x8a", "\xc3\x85" },
	{ "\xe2\x84\xab", "\xc3\x85" },                             /* A + ring, angstrom sign */
	{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" }, /* Hangul syllable */
	{ "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87" },               /* marks in canonical order */
	{ "\xef\xa4\x80", "\xe8\xb1\x88" },   /* a compatibility ideograph with a canonical form */
	{ "\xe0\xa4\x95\xe0\xa4\xbc", NULL }, /* excluded from composition */
	{ "\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc" },
	{ "<\xcc\xb8", "\xe2\x89\xae" }, /* composes to another character, not to what is refused */
	{ "\xcd\xbe", ";" },             /* Greek question mark */
	{ "\xf0\x9f\x93\xb7", NULL },    /* four bytes */
	{ "\xf0\x9d\x85\x9e", "\xf0\x9d\x85\x97\xf0\x9d\x85\xa5" },
	{ "a\xc2\xa0", NULL },
	{ "a\xe3\x80\x80", NULL }, /* other spaces than U+0020 */
	{ "\xf4\x8f\xbf\xbd", NULL },
};

START_TEST(good_names)
{
	char out[NAME_BUFFER], again[NAME_BUFFER];

	ck_assert_msg(
		name_normalise(good[_i].in, out) == REASON_NONE, "\"%s\" was refused", good[_i].in);
	ck_assert_str_eq(out, good[_i].out != NULL ? good[_i].out : good[_i].in);
	ck_assert_int_eq(name_normalise(out, again), REASON_NONE);
	ck_assert_str_eq(again, out);
}
END_TEST

static const char *const bad[] = {
	"",
	".",
	"..",
	"...",
	"a.",
	"a ",
	" ",
	"name.mp4.",
	"name.mp4 ",
	"汉字.",
	"汉字 ",
	"a/b",
	"/",
	"a\\b",
	"a:b",
	"a*b",
	"a?b",
	"a\"b",
	"a<b",
	"a>b",
	"a|b",
	":stream",
	"con|",
	"a\x01",
	"\x1f"
	"a",
	"a\nb",
	"a\tb",
	"a\rb",
	"\x1b[31m",
	"a\x7f"
	"b",
	"a\xc2\x80"
	"b",
	"\xc2\x85",
	"a\xc2\x9f",
	/* cut short, overlong */
	"\x80",
	"\xff",
	"a\xc3",
	"\xc3(",
	"\xe6\xb1",
	"\xf0\x9f\x93",
	"\xc0\xaf",
	"\xe0\x80\xaf",
	"\xc1\x81",
	"\xf0\x80\x80\xaf",
	/* surrogates, beyond U+10FFFF */
	"\xed\xa0\x80",
	"\xed\xbf\xbf",
	"\xf4\x90\x80\x80",
	"\xf8\x88\x80\x80\x80",
	"\xfe",
	/* GBK; a refused character after one that normalises */
	"\xce\xc4\xc9\xcf",
	"\xe1\xbf\xaf|",
};

START_TEST(bad_names)
{
	char out[NAME_BUFFER] = "left";

	ck_assert_msg(name_normalise(bad[_i], out) == REASON_NAME_BAD,
		"\"%s\" (%d) was not refused", bad[_i], _i);
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(every_single_byte)
{
	for (int c = 1; c < 256; c++) {
		char in[] = { 'a', (char)c, 'b', '\0' }, out[NAME_BUFFER];
		bool refused = c < 0x20 || c >= 0x7f || strchr("/\\:*?\"<>|", c) != NULL;

		ck_assert_msg((name_normalise(in, out) == REASON_NAME_BAD) == refused, "byte %#x",
			(unsigned)c);
	}
}
END_TEST

static const struct {
	const char *unit; /* repeated */
	int times;
	const char *tail;
	enum reason reason;
	int bytes; /* of what comes out */
} lengths[] = {
	{ "a", 255, "", REASON_NONE, 255 },
	{ "a", 256, "", REASON_NAME_LONG, 0 },
	{ "案", 85, "", REASON_NONE, 255 },
	{ "案", 85, "a", REASON_NAME_LONG, 0 },
	{ "案", 86, "", REASON_NAME_LONG, 0 },
	{ "e\xcc\x81", 127, "a", REASON_NONE, 255 }, /* 382 bytes before normalising */
	{ "e\xcc\x81", 128, "", REASON_NAME_LONG, 0 },
	{ "\xce\x90", 127, "a", REASON_NONE,
		255 }, /* decomposes into the most code points for its bytes */
	{ "\xce\xb9\xcc\x88\xcc\x81", 127, "a", REASON_NONE, 255 },
	{ "\xe1\xbe\x82", 85, "", REASON_NONE, 255 },
	{ "\xf0\x9f\x93\xb7", 63, "abc", REASON_NONE, 255 },
	{ "\xe0\xa5\x98", 42, "abc", REASON_NONE, 255 }, /* 129 bytes before */
	{ "\xe0\xa5\x98", 43, "", REASON_NAME_LONG, 0 }, /* 129 bytes before, 258 after */
	{ "a", 1023, "", REASON_NAME_LONG, 0 },
	{ "a", 1024, "", REASON_NAME_LONG, 0 },
	{ "a", 1025, "", REASON_NAME_LONG, 0 },
	{ "\xe1\xbe\x82", 1000, "", REASON_NAME_LONG, 0 },
	{ "a", 5000, "", REASON_NAME_LONG, 0 },
	{ "a", 5000, "\xff", REASON_NAME_BAD, 0 },
	{ "a", 254, ".", REASON_NAME_BAD, 0 },
	{ "a", 254, "\n", REASON_NAME_BAD, 0 },
};

START_TEST(long_names)
{
	char in[8192] = "", out[NAME_BUFFER];
	char *end = in;

	for (int i = 0; i < lengths[_i].times; i++)
		end = stpcpy(end, lengths[_i].unit);
	strcpy(end, lengths[_i].tail);
	ck_assert_int_eq(name_normalise(in, out), lengths[_i].reason);
	ck_assert_int_eq((int)strlen(out), lengths[_i].bytes);
}
END_TEST

START_TEST(in_place)
{
	char name[NAME_BUFFER] = "e\xcc\x81";

	ck_assert_int_eq(name_normalise(name, name), REASON_NONE);
	ck_assert_str_eq(name, "\xc3\xa9");
}
END_TEST

static const struct {
	const char *name;
	bool important;
} marks[] = {
	{ "2104321_083017_20230314093012_0002IMP.mp4", true },
	{ "083017_2104321_20230314093012_0002_IMP.mp4", true },
	{ "093012_0002IMP.MOV", true },
	{ "0IMP.mp4", true },
	{ "9IMP.jpg", true },
	{ "_IMP.wav", true },
	{ "a.b_1IMP.mp4", true },
	{ "IMP.mp4", false },
	{ "aIMP.mp4", false },
	{ "/IMP.mp4", false },
	{ ":IMP.mp4", false },
	{ "SHRIMP.mp4", false },
	{ "0002imp.mp4", false },
	{ "0002IMP", false },
	{ "0002IMP.", false },
	{ "0002IMPX.mp4", false },
	{ "0002IM.mp4", false },
	{ "0002IMP_.mp4", false },
	{ "0002IMP.mp4.part", false },
	{ "0002.IMP", false },
	{ "", false },
	{ ".", false },
	{ ".mp4", false },
	{ "MP.mp4", false },
	{ "案IMP.mp4", false },
};

START_TEST(important_marks)
{
	ck_assert_msg(name_important(marks[_i].name) == marks[_i].important, "%s", marks[_i].name);
}
END_TEST

static const struct {
	const char *text;
	size_t max;
	bool valid;
} texts[] = {
	{ "083017", 63, true },
	{ "汶上县市场监督管理局", 255, true },
	{ "a/b \\ : * ? \" < > | .", 63, true },
	{ "x", 1, true },
	{ "案", 3, true },
	{ "x", SIZE_MAX, true },
	{ "", 63, false },
	{ "xy", 1, false },
	{ "案", 2, false },
	{ "x", 0, false },
	{ "a\nb", 63, false },
	{ "a\x7f", 63, false },
	{ "\xc2\x85", 63, false },
	{ "\xff", 63, false },
	{ "a\xe6\xb1", 63, false },
	{ "\xc0\x80", 63, false },
	{ "\xed\xa0\x80", 63, false },
	{ " a", 63, true },
	{ "\u3000案", 63, true },
	{ " ", 63, false },
	{ "   ", 63, false },
	{ "\u3000", 63, false },
	{ " \u3000 ", 63, false },
};

START_TEST(register_text)
{
	ck_assert_msg(text_valid(texts[_i].text, texts[_i].max) == texts[_i].valid, "\"%s\" %zu",
		texts[_i].text, texts[_i].max);
}
END_TEST

static const struct {
	const char *text, *name;
} made[] = {
	{ "汶上县刘记百货店", "汶上县刘记百货店" },
	{ "a/b\\c:d*e?f\"g<h>i|j", "a／b＼c：d＊e？f＂g＜h＞i｜j" },
	{ "Co. Ltd.", "Co. Ltd．" },
	{ "x..", "x.．" },
	{ ".", "．" },
	{ "..", "．．" },
	{ ".nomedia", "．nomedia" },
	{ "a.b", "a.b" },
	{ "案 ", "案" },
	{ "   ", "_" },
	{ "x. ", "x．" },
	{ "（杭临）", "（杭临）" },
	{ "e\xcc\x81", "\xc3\xa9" },
};

START_TEST(names_of_texts)
{
	char out[NAME_BUFFER];

	name_from_text(made[_i].text, out);
	ck_assert_str_eq(out, made[_i].name);
}
END_TEST

/* Whatever the length, what comes out is a name, as long as it can be. */
START_TEST(names_of_long_texts)
{
	static const char *const pieces[] = { "x", "案", "/", ".", " x", "\xf0\x9f\x93\x8e",
		"e\xcc\x81" };
	char text[2048], out[NAME_BUFFER], again[NAME_BUFFER];

	for (size_t p = 0; p < N(pieces); p++)
		for (size_t bytes = strlen(pieces[p]); bytes < 700; bytes += strlen(pieces[p])) {
			text[0] = '\0';
			while (strlen(text) + strlen(pieces[p]) <= bytes)
				strcat(text, pieces[p]);
			name_from_text(text, out);
			ck_assert_int_eq(name_normalise(out, again), REASON_NONE);
			ck_assert_str_eq(out, again);
			ck_assert_msg(bytes < 300 || strlen(out) > 160,
				"%zu bytes of \"%s\" make %zu", bytes, pieces[p], strlen(out));
		}
}
END_TEST

START_TEST(cuts)
{
	ck_assert_uint_eq(name_cut("abc", 5), 3);
	ck_assert_uint_eq(name_cut("abc", 2), 2);
	ck_assert_uint_eq(name_cut("案件", 5), 3);
	ck_assert_uint_eq(name_cut("案件", 6), 6);
	ck_assert_uint_eq(name_cut("案", 2), 0);
	ck_assert_uint_eq(name_cut("", 0), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy name");
	TCase *names = tcase_create("names");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(names, good_names, 0, N(good));
	tcase_add_loop_test(names, bad_names, 0, N(bad));
	tcase_add_test(names, every_single_byte);
	tcase_add_loop_test(names, long_names, 0, N(lengths));
	tcase_add_test(names, in_place);
	tcase_add_loop_test(names, important_marks, 0, N(marks));
	tcase_add_loop_test(names, names_of_texts, 0, N(made));
	tcase_add_test(names, names_of_long_texts);
	tcase_add_test(names, cuts);
	tcase_add_loop_test(names, register_text, 0, N(texts));
	suite_add_tcase(suite, names);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
