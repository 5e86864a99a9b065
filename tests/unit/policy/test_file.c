/* Policy files: what they may say, and what is wrong with those that may not be. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/records/policytext.h"

/* The smallest that can be loaded, with room for more at its end. */
#define HEAD "[policy]\nlabel = x\neffective = 2023-01-01\ninterpreter = 法规科\n"
#define PATROL "[class patrol]\nkind = recorded\nmonths = 6\n"
#define EVIDENCE "[class evidence]\nkind = case\n"
#define LASTING "[class long-term]\nkind = permanent\n"
#define GOOD HEAD PATROL EVIDENCE LASTING

static bool parse(const char *text, struct policyfile *p, struct policy_fault *f)
{
	return policytext_parse(text, strlen(text), p, f) == 0;
}

START_TEST(a_small_one)
{
	struct policyfile p;
	struct policy_fault f;

	ck_assert(parse("\xef\xbb\xbf; 制度\r\n" GOOD
			"[settings]\r\nlate-cutoff-days = 3 ; days\n[readers]\nprogram = "
			"tumblerd\nprogram=tracker-miner-f\n",
		&p, &f));
	ck_assert_int_eq(f.kind, FAULT_NONE);
	ck_assert_str_eq(p.label, "x");
	ck_assert_str_eq(p.interpreter, "法规科");
	ck_assert_uint_eq(p.class_count, 3);
	ck_assert_int_eq(p.classes[0].months, 6);
	ck_assert_uint_eq(p.setting_count, 1);
	ck_assert_int_eq(p.settings[0].value, 3);
	ck_assert_uint_eq(p.reader_count, 2);
	ck_assert_str_eq(p.readers[1], "tracker-miner-f");
	ck_assert(parse(HEAD "[class patrol]\nkind = recorded\nyears = 2\n" EVIDENCE
			     "[class long-term]\nkind=recorded\nyears=50\n[class "
			     "k]\nkind=case-closed\nmonths=1\n",
		&p, &f));
	ck_assert_int_eq(p.classes[0].months, 24);
}
END_TEST

/* Each is the good one with something wrong in it. */
static const struct {
	const char *text;
	enum policy_fault_kind kind;
	int line;
	const char *section, *key;
} bad[] = {
	{ "", FAULT_LABEL_MISSING, 0, "policy", "" },
	{ "\x01", FAULT_BYTES, 0, "", "" },
	{ "\x7f", FAULT_BYTES, 0, "", "" },
	{ "\xff", FAULT_BYTES, 0, "", "" },
	{ "label = x\n", FAULT_SECTION, 1, "", "label" },
	{ "[policy]\nlabel\n", FAULT_SYNTAX, 2, "", "" },
	{ "[policy\nlabel = x\n", FAULT_SYNTAX, 1, "", "" },
	{ "[policy]\n[readers]\nnonsense\n", FAULT_SYNTAX, 3, "", "" },
	{ "[policy]\nlabel = x\n [readers]\n", FAULT_SYNTAX, 3, "", "" },
	{ "[class a] kind = case\n", FAULT_SYNTAX, 1, "", "" },
	{ "[policy]\nlabel\nlabels = x\n", FAULT_SYNTAX, 2, "", "" },
	{ "[policies]\n", FAULT_SECTION, 1, "policies", "" },
	{ "[class]\n", FAULT_SECTION, 1, "class", "" },
	{ "[policy]\n\nlabels = x\n", FAULT_KEY, 3, "policy", "labels" },
	{ "[policy]\nlabel = x\nlabel = y\n", FAULT_TWICE, 3, "policy", "label" },
	{ "[policy]\nlabel = x\n  y\n", FAULT_TWICE, 3, "policy", "label" },
	{ "[policy]\nlabel =\n", FAULT_TEXT, 2, "policy", "label" },
	{ "[policy]\neffective = 2023-02-29\n", FAULT_DATE, 2, "policy", "effective" },
	{ "[policy]\neffective = 2023-02-28\neffective = 2023-02-28\n", FAULT_TWICE, 3, "policy",
		"effective" },
	{ "[policy]\ninterpreter = \n", FAULT_TEXT, 2, "policy", "interpreter" },
	{ "[policy]\nlabel = x\n", FAULT_EFFECTIVE_MISSING, 0, "policy", "" },
	{ "[policy]\nlabel = x\neffective = 2023-01-01\n", FAULT_INTERPRETER_MISSING, 0, "policy",
		"" },
	{ "[class Patrol]\n", FAULT_CLASS_NAME, 1, "class Patrol", "" },
	{ "[class a2345678901234567890123456789012]\n", FAULT_CLASS_NAME, 1,
		"class a2345678901234567890123456789012", "" },
	{ "[class a23456789012345678901234567890123456789012345678]\n", FAULT_CLASS_NAME, 1,
		"class a23456789012345678901234567890123456789012345678", "" },
	{ PATROL PATROL, FAULT_TWICE, 4, "class patrol", "" },
	{ "[class a]\nkind = forever\n", FAULT_KIND, 2, "class a", "kind" },
	{ "[class a]\nkind = case\nkind = case\n", FAULT_TWICE, 3, "class a", "kind" },
	{ "[class a]\nterm = 3\n", FAULT_KEY, 2, "class a", "term" },
	{ "[class a]\nmonths = 0\n", FAULT_TERM, 2, "class a", "months" },
	{ "[class a]\nmonths = 12001\n", FAULT_TERM, 2, "class a", "months" },
	{ "[class a]\nyears = 1001\n", FAULT_TERM, 2, "class a", "years" },
	{ "[class a]\nmonths = six\n", FAULT_TERM, 2, "class a", "months" },
	{ "[class a]\nmonths = -6\n", FAULT_TERM, 2, "class a", "months" },
	{ "[class a]\nmonths = 6.5\n", FAULT_TERM, 2, "class a", "months" },
	{ "[class a]\nmonths = 12\nyears = 1\n", FAULT_TWICE, 3, "class a", "years" },
	{ GOOD "[class a]\n", FAULT_KIND_MISSING, 12, "class a", "" },
	{ GOOD "[class a]\nkind = recorded\n", FAULT_TERM_MISSING, 12, "class a", "" },
	{ GOOD "[class a]\nkind = case-closed\n", FAULT_TERM_MISSING, 12, "class a", "" },
	{ GOOD "[class a]\nkind = permanent\nmonths = 6\n", FAULT_TERM_NEEDLESS, 12, "class a",
		"" },
	{ GOOD "[class a]\nkind = case\nmonths = 6\n", FAULT_TERM_NEEDLESS, 12, "class a", "" },
	{ HEAD EVIDENCE LASTING, FAULT_PATROL, 0, "", "" },
	{ HEAD "[class patrol]\nkind = recorded\nmonths = 5\n" EVIDENCE LASTING, FAULT_PATROL, 0,
		"", "" },
	{ HEAD "[class patrol]\nkind = permanent\n" EVIDENCE LASTING, FAULT_PATROL, 0, "", "" },
	{ HEAD PATROL LASTING, FAULT_EVIDENCE, 0, "", "" },
	{ HEAD PATROL "[class evidence]\nkind = permanent\n" LASTING, FAULT_EVIDENCE, 0, "", "" },
	{ HEAD PATROL EVIDENCE "[class permanent]\nkind = permanent\n", FAULT_LONG_TERM, 0, "",
		"" },
	{ HEAD PATROL EVIDENCE "[class long-term]\nkind = recorded\nmonths = 5\n", FAULT_LONG_TERM,
		0, "", "" },
	{ HEAD PATROL EVIDENCE "[class long-term]\nkind = case\n", FAULT_LONG_TERM, 0, "", "" },
	{ HEAD PATROL EVIDENCE "[class long-term]\nkind = recorded\nmonths = 6\n", FAULT_CASES, 0,
		"", "" },
	{ "[settings]\nlate-cutoff = 1\n", FAULT_KEY, 2, "settings", "late-cutoff" },
	{ "[settings]\nlate-cutoff-days = 366\n", FAULT_NUMBER, 2, "settings", "late-cutoff-days" },
	{ "[settings]\nlate-cutoff-days = 1 day\n", FAULT_NUMBER, 2, "settings",
		"late-cutoff-days" },
	{ "[settings]\nlate-cutoff-days = 9999999999999999999\n", FAULT_NUMBER, 2, "settings",
		"late-cutoff-days" },
	{ "[settings]\noffline-copy-check-months = 0\n", FAULT_NUMBER, 2, "settings",
		"offline-copy-check-months" },
	{ "[settings]\nlate-cutoff-days = 1\nlate-cutoff-days = 1\n", FAULT_TWICE, 3, "settings",
		"late-cutoff-days" },
	{ "[readers]\nprograms = x\n", FAULT_KEY, 2, "readers", "programs" },
	{ "[readers]\nprogram = /usr/bin/x\n", FAULT_READER, 2, "readers", "program" },
	{ "[readers]\nprogram = *\n", FAULT_READER, 2, "readers", "program" },
	{ "[readers]\nprogram = "
	  "a2345678901234567890123456789012345678901234567890123456789012345\n",
		FAULT_READER, 2, "readers", "program" },
	{ "[readers]\nprogram = x\nprogram = x\n", FAULT_TWICE, 3, "readers", "program" },
};

START_TEST(faults_are_named_with_their_place)
{
	struct policyfile p;
	struct policy_fault f;

	ck_assert(!parse(bad[_i].text, &p, &f));
	ck_assert_msg(f.kind == bad[_i].kind && f.line == bad[_i].line &&
			strcmp(f.section, bad[_i].section) == 0 && strcmp(f.key, bad[_i].key) == 0,
		"%s: %s at %d [%s] %s", bad[_i].text, policy_fault_name(f.kind), f.line, f.section,
		f.key);
}
END_TEST

START_TEST(bounds)
{
	static char text[POLICY_TEXT_MAX + 2];
	struct policyfile p;
	struct policy_fault f;
	size_t len;

	strcpy(text, GOOD);
	for (len = strlen(text); len < POLICY_TEXT_MAX; len++)
		text[len] = '\n';
	ck_assert_int_eq(policytext_parse(text, POLICY_TEXT_MAX, &p, &f), 0);
	ck_assert_int_eq(policytext_parse(text, POLICY_TEXT_MAX + 1, &p, &f), EINVAL);
	ck_assert_int_eq(f.kind, FAULT_BYTES);
	ck_assert_int_eq(policytext_parse("a\0b", 3, &p, &f), EINVAL);
	ck_assert_int_eq(f.kind, FAULT_BYTES);

	strcpy(text, GOOD);
	for (int i = 0; i < POLICY_CLASSES; i++)
		sprintf(text + strlen(text), "[class c%d]\nkind = permanent\n", i);
	ck_assert(!parse(text, &p, &f));
	ck_assert_int_eq(f.kind, FAULT_MANY);
	strcpy(text, GOOD "[readers]\n");
	for (int i = 0; i <= POLICY_READERS; i++)
		sprintf(text + strlen(text), "program = p%d\n", i);
	ck_assert(!parse(text, &p, &f));
	ck_assert_int_eq(f.kind, FAULT_MANY);
}
END_TEST

/* No length of a line is too much, and none is cut. */
START_TEST(long_lines)
{
	static char text[4096];
	struct policyfile p;
	struct policy_fault f;

	snprintf(text, sizeof text,
		"; %01000d\n[policy]\nlabel = %0255d\neffective = 2023-01-01 ; %0300d\n"
		"interpreter = x\n" PATROL EVIDENCE LASTING,
		1, 7, 1);
	ck_assert(parse(text, &p, &f));
	ck_assert_uint_eq(strlen(p.label), 255);
	snprintf(text, sizeof text, "[policy]\nlabel = %0256d\n", 7);
	ck_assert(!parse(text, &p, &f));
	ck_assert(f.kind == FAULT_TEXT && f.line == 2);
	/* what is shown of a long name ends between two characters */
	snprintf(text, sizeof text, "[policy]\n%063d所 = x\n", 1);
	ck_assert(!parse(text, &p, &f));
	ck_assert(f.kind == FAULT_KEY && strlen(f.key) == 63);
	snprintf(text, sizeof text, "[%062d所]\n", 1);
	ck_assert(!parse(text, &p, &f));
	ck_assert(f.kind == FAULT_SECTION && strlen(f.section) == 62);
}
END_TEST

/* What is shown can be loaded again, and says the same. */
START_TEST(shown_and_read_again)
{
	static char text[POLICY_FORMATTED], again[POLICY_FORMATTED];
	struct policyfile p, q;
	struct policy_fault f;

	policyfile_builtin(&p, 19358);
	policyfile_format(&p, text);
	ck_assert_msg(parse(text, &q, &f), "%s at %d", policy_fault_name(f.kind), f.line);
	ck_assert_uint_eq(q.class_count, class_builtin_count);
	for (size_t i = 0; i < class_builtin_count; i++)
		ck_assert(strcmp(q.classes[i].name, class_builtin[i].name) == 0 &&
			q.classes[i].kind == class_builtin[i].kind &&
			q.classes[i].months == class_builtin[i].months);
	ck_assert(
		parse(GOOD "[class odd]\nkind = recorded\nmonths = 7\n[settings]\nlate-cutoff-days "
			   "= 0\n[readers]\nprogram = a\nprogram = b\n",
			&p, &f));
	policyfile_format(&p, text);
	ck_assert(parse(text, &q, &f));
	policyfile_format(&q, again);
	ck_assert_str_eq(text, again);
}
END_TEST

/* As much as one can hold. */
START_TEST(a_full_one)
{
	static char text[POLICY_FORMATTED], again[POLICY_FORMATTED];
	struct policyfile p, q;
	struct policy_fault f;

	policyfile_builtin(&p, 19358);
	memset(p.label, 'x', 160);
	memset(p.interpreter, 'y', 160);
	for (; p.class_count < POLICY_CLASSES; p.class_count++) {
		p.classes[p.class_count] =
			(struct class_rule){ .kind = CLASS_CLOSED, .months = TERM_MONTHS_MAX - 1 };
		snprintf(p.classes[p.class_count].name, CLASS_NAME, "a%030zu", p.class_count);
	}
	for (; p.setting_count < setting_count; p.setting_count++)
		p.settings[p.setting_count] = (struct policy_value){
			&setting_rules[p.setting_count], setting_rules[p.setting_count].most
		};
	for (; p.reader_count < POLICY_READERS; p.reader_count++)
		snprintf(p.readers[p.reader_count], POLICY_READER, "%063zu", p.reader_count);
	policyfile_format(&p, text);
	ck_assert_uint_lt(strlen(text), POLICY_TEXT_MAX);
	ck_assert_msg(parse(text, &q, &f), "%s at %d", policy_fault_name(f.kind), f.line);
	policyfile_format(&q, again);
	ck_assert_str_eq(text, again);
	ck_assert_uint_eq(q.reader_count, POLICY_READERS);
}
END_TEST

/* Cut anywhere, or with a byte put in another's place, it is read to an end: good or with a
 * fault. */
START_TEST(damaged_files)
{
	static const char text[] = GOOD
		"[settings]\nlate-cutoff-days = 3\n[readers]\nprogram = tumblerd\n";
	static const char bytes[] = "[]=;#\n\r\t \0\xff\x80"
				    "9-";
	char copy[sizeof text];
	struct policyfile p;
	struct policy_fault f;

	for (size_t len = 0; len < sizeof text; len++)
		ck_assert_int_eq(
			policytext_parse(text, len, &p, &f), f.kind == FAULT_NONE ? 0 : EINVAL);
	for (size_t at = 0; at + 1 < sizeof text; at++)
		for (size_t b = 0; b + 1 < sizeof bytes; b++) {
			memcpy(copy, text, sizeof text);
			copy[at] = bytes[b];
			ck_assert_int_eq(policytext_parse(copy, sizeof text - 1, &p, &f),
				f.kind == FAULT_NONE ? 0 : EINVAL);
		}
}
END_TEST

START_TEST(names_and_settings)
{
	for (int i = 0; i < FAULT_COUNT; i++)
		ck_assert_uint_gt(strlen(policy_fault_text((enum policy_fault_kind)i)), 10);
	for (int i = 0; i < FAULT_COUNT; i++)
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(policy_fault_name((enum policy_fault_kind)i),
				policy_fault_name((enum policy_fault_kind)k));
	ck_assert_ptr_nonnull(policy_fault_text(FAULT_COUNT));
	ck_assert_ptr_nonnull(policy_fault_name(FAULT_COUNT));
	ck_assert_ptr_null(setting_find("no-such"));
	ck_assert_uint_le(setting_count, POLICY_SETTINGS);
	for (size_t i = 0; i < setting_count; i++) {
		const struct setting_rule *r = &setting_rules[i];

		ck_assert_ptr_eq(setting_find(r->key), r);
		ck_assert(strlen(r->key) < SETTING_KEY && r->least <= r->otherwise &&
			r->otherwise <= r->most && r->least >= 0 && r->help != NULL);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy files");
	TCase *c = tcase_create("policy files");
	SRunner *r;
	int failed;

	tcase_add_test(c, a_small_one);
	tcase_add_loop_test(
		c, faults_are_named_with_their_place, 0, (int)(sizeof bad / sizeof bad[0]));
	tcase_add_test(c, bounds);
	tcase_add_test(c, long_lines);
	tcase_add_test(c, shown_and_read_again);
	tcase_add_test(c, a_full_one);
	tcase_add_test(c, damaged_files);
	tcase_add_test(c, names_and_settings);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
