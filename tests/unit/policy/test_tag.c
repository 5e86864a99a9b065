/* Tags, and what a file's name says of it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/media.h"
#include "policy/role.h"
#include "policy/tag.h"

static const struct {
	enum tag tag;
	const char *value, *kept;
} values[] = {
	{ TAG_STAGE, "patrol", "patrol" },
	{ TAG_STAGE, "日常巡查", "patrol" },
	{ TAG_STAGE, "file-making", "file-making" },
	{ TAG_STAGE, "案卷制作", "file-making" },
	{ TAG_STAGE, "Patrol", NULL },
	{ TAG_STAGE, "", NULL },
	{ TAG_STAGE, "patrol ", NULL },
	{ TAG_STAGE, "yes", NULL },
	{ TAG_INFORMED, "yes", "yes" },
	{ TAG_INFORMED, "no", "no" },
	{ TAG_INFORMED, "是", "yes" },
	{ TAG_INFORMED, "否", "no" },
	{ TAG_INFORMED, "3:15", "03:15" },
	{ TAG_INFORMED, "00:00", "00:00" },
	{ TAG_INFORMED, "999:59", "999:59" },
	{ TAG_INFORMED, "003:15", "03:15" },
	{ TAG_INFORMED, "1000:00", NULL },
	{ TAG_INFORMED, "3:60", NULL },
	{ TAG_INFORMED, "3:5", NULL },
	{ TAG_INFORMED, ":15", NULL },
	{ TAG_INFORMED, "3:155", NULL },
	{ TAG_INFORMED, "3:15x", NULL },
	{ TAG_INFORMED, "3", NULL },
	{ TAG_INFORMED, "", NULL },
	{ TAG_INFORMED, "-3:15", NULL },
	{ TAG_IMPORTANT, "yes", "yes" },
	{ TAG_IMPORTANT, "no", "no" },
	{ TAG_IMPORTANT, "3:15", NULL },
	{ TAG_IMPORTANT, "1", NULL },
	{ TAG_COUNT, "yes", NULL },
};

START_TEST(each_value)
{
	char out[TAG_VALUE] = "untouched";
	bool good = tag_value(values[_i].tag, values[_i].value, out);

	ck_assert_int_eq(good, values[_i].kept != NULL);
	if (good)
		ck_assert_str_eq(out, values[_i].kept);
}
END_TEST

START_TEST(tags_by_name)
{
	size_t n = 0;

	for (int t = 0; t < TAG_COUNT; t++)
		ck_assert_int_eq(tag_parse(tag_name((enum tag)t)), t);
	ck_assert_int_eq(tag_parse("unrelated"), TAG_COUNT);
	ck_assert_str_eq(tag_name(TAG_COUNT), "unknown");
	for (; tag_stage(n) != NULL; n++)
		ck_assert_int_eq(tag_stage_find(tag_stage(n)), (int)n);
	ck_assert_uint_eq(n, 8);
	ck_assert_int_eq(tag_stage_find("x"), -1);
	for (int u = 0; u < UNRELATED_COUNT; u++)
		ck_assert_ptr_nonnull(unrelated_name((enum unrelated)u));
	ck_assert_str_eq(unrelated_name(UNRELATED_COUNT), "unknown");
}
END_TEST

#define WANG 1
#define LI 2
#define CHEN 3
#define UNIT 7

/* An item that 2 deposited and 1 recorded, of unit 7. */
static const struct tag_item item = { .depositor = LI, .officer = WANG, .unit = UNIT };

static struct person person(int64_t id, unsigned roles, int64_t unit)
{
	return (struct person){ .id = id, .roles = roles, .unit = unit };
}

/* Art. 18: these, and no other stage. */
START_TEST(stages_at_which_people_are_told)
{
	static const char *const told[] = { "penalty", "compulsion", "questioning" };
	size_t count = 0;

	for (size_t n = 0; tag_stage(n) != NULL; n++)
		count += tag_stage_informs(tag_stage(n));
	ck_assert_uint_eq(count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert(tag_stage_informs(told[i]));
		ck_assert_int_ge(tag_stage_find(told[i]), 0);
	}
	ck_assert(!tag_stage_informs(""));
	ck_assert(!tag_stage_informs("patrol"));
}
END_TEST

START_TEST(who_sets_tags)
{
	static const struct {
		int64_t id;
		unsigned roles;
		int64_t unit;
		enum reason why;
	} rows[] = {
		{ 0, ROLE_ALL, UNIT, REASON_NOBODY },
		{ WANG, ROLE_OFFICER, 0, REASON_NONE },
		{ LI, ROLE_OFFICER, 0, REASON_NONE },
		{ CHEN, ROLE_OFFICER, UNIT, REASON_NOT_YOURS },
		{ CHEN, ROLE_CUSTODIAN, UNIT, REASON_NONE },
		{ CHEN, ROLE_CUSTODIAN, 8, REASON_NOT_YOURS },
		{ CHEN, ROLE_LEGAL, 0, REASON_NONE },
		{ WANG, ROLE_INSPECTOR | ROLE_ADMIN | ROLE_AUDITOR | ROLE_APPROVER, UNIT,
			REASON_NO_ROLE },
		{ WANG, 0, UNIT, REASON_NO_ROLE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct person who = person(rows[i].id, rows[i].roles, rows[i].unit);

		ck_assert_msg(tag_may_set(&who, &item) == rows[i].why, "row %zu", i);
		ck_assert_int_eq(unrelated_may_propose(&who, &item, UNRELATED_NONE),
			who.roles & ROLE_INSPECTOR && who.id != 0 ? REASON_NONE : rows[i].why);
	}
}
END_TEST

START_TEST(unrelated_takes_two)
{
	struct person li = person(LI, ROLE_CUSTODIAN | ROLE_LEGAL, UNIT),
		      chen = person(CHEN, ROLE_APPROVER, 0),
		      wang = person(WANG, ROLE_APPROVER | ROLE_LEGAL, UNIT),
		      officer = person(9, ROLE_OFFICER | ROLE_CUSTODIAN, UNIT),
		      none = person(0, ROLE_ALL, 0);

	ck_assert_int_eq(unrelated_may_propose(&li, &item, UNRELATED_NO), REASON_NONE);
	ck_assert_int_eq(unrelated_may_propose(&li, &item, UNRELATED_PROPOSED), REASON_STATE);
	ck_assert_int_eq(unrelated_may_propose(&li, &item, UNRELATED_YES), REASON_STATE);
	ck_assert_int_eq(unrelated_may_decide(&none, &item, UNRELATED_PROPOSED, LI), REASON_NOBODY);
	ck_assert_int_eq(
		unrelated_may_decide(&li, &item, UNRELATED_PROPOSED, LI), REASON_SECOND_PERSON);
	ck_assert_int_eq(
		unrelated_may_decide(&officer, &item, UNRELATED_PROPOSED, LI), REASON_NO_ROLE);
	ck_assert_int_eq(
		unrelated_may_decide(&wang, &item, UNRELATED_PROPOSED, LI), REASON_SELF_APPROVAL);
	ck_assert_int_eq(unrelated_may_decide(&chen, &item, UNRELATED_PROPOSED, LI), REASON_NONE);
	ck_assert_int_eq(unrelated_may_decide(&chen, &item, UNRELATED_NONE, 0), REASON_STATE);
	ck_assert_int_eq(unrelated_may_decide(&chen, &item, UNRELATED_YES, LI), REASON_STATE);
	ck_assert_int_eq(unrelated_may_decide(&li, &item, UNRELATED_NO, LI), REASON_STATE);
}
END_TEST

static const struct {
	const char *name;
	const char *kind, *form;
} names[] = {
	{ "a.mp4", "video", "dynamic" },
	{ "a.MP4", "video", "dynamic" },
	{ "a.b.TS", "video", "dynamic" },
	{ "WS00017_083017_20230314093012_0001IMP.mov", "video", "dynamic" },
	{ "a.wav", "audio", "dynamic" },
	{ "a.aac", "audio", "dynamic" },
	{ "a.jpg", "photo", "dynamic" },
	{ "a.png", "photo", "dynamic" },
	{ "a.jpeg", "photo", "dynamic" },
	{ "立案审批表.pdf", "document", "written" },
	{ "a.ofd", "document", "written" },
	{ "a.docx", "document", "written" },
	{ "a.xml", "document", "written" },
	{ "a.log", "log", "dynamic" },
	{ "a", NULL, NULL },
	{ ".mp4", NULL, NULL },
	{ "a.", NULL, NULL },
	{ "a.mp", NULL, NULL },
	{ "a.mp44", NULL, NULL },
	{ "a.mp4x", NULL, NULL },
	{ "", NULL, NULL },
	{ "a.p4", NULL, NULL },
	{ "a. ", NULL, NULL },
	{ "a.mp4 mo", NULL, NULL },
	{ "a.4 m", NULL, NULL },
	{ "a.longext", NULL, NULL },
};

START_TEST(sorts_by_name)
{
	enum media m = media_of_name(names[_i].name);

	ck_assert_pstr_eq(media_kind(m), names[_i].kind);
	ck_assert_pstr_eq(media_form(m), names[_i].form);
	ck_assert_ptr_null(media_kind(MEDIA_COUNT));
	ck_assert_ptr_null(media_form(MEDIA_COUNT));
}
END_TEST

static const struct {
	const char *name, *mime;
	bool agrees;
} contents[] = {
	{ "a.mp4", "video/mp4", true },
	{ "a.mp4", "image/jpeg", false },
	{ "a.mp4", "application/mxf", true },
	{ "a.mp4", "application/pdf", false },
	{ "a.mp4", "text/plain", false },
	{ "a.mp4", "application/vnd.rn-realmedia", true },
	{ "a.mp3", "audio/mpeg", true },
	{ "a.m4a", "video/mp4", true },
	{ "a.wma", "video/x-ms-asf", true },
	{ "a.mp3", "video/quicktime", false },
	{ "a.jpg", "image/jpeg", true },
	{ "a.jpg", "image/png", true },
	{ "a.jpg", "video/mp4", false },
	{ "a.jpg", "", false },
	{ "a.pdf", "application/pdf", true },
	{ "a.docx", "application/zip", true },
	{ "a.txt", "text/plain", true },
	{ "a.txt", "message/rfc822", true },
	{ "a.pdf", "image/png", false },
	{ "a.log", "text/plain", true },
	{ "a.log", "application/json", true },
	{ "a.log", "application/x-executable", false },
	/* what cannot be told is not held against anybody */
	{ "a.mp4", "application/octet-stream", true },
	{ "a.jpg", "inode/x-empty", true },
	{ "a", "image/png", true },
	{ "a.xyz", "application/pdf", true },
};

START_TEST(content_and_name)
{
	ck_assert_msg(media_agrees(media_of_name(contents[_i].name), contents[_i].mime) ==
			contents[_i].agrees,
		"%s as %s", contents[_i].name, contents[_i].mime);
	ck_assert(media_agrees(MEDIA_COUNT, contents[_i].mime));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tags");
	TCase *c = tcase_create("tags");
	SRunner *r;
	int failed;

	tcase_add_loop_test(c, each_value, 0, (int)(sizeof values / sizeof values[0]));
	tcase_add_test(c, tags_by_name);
	tcase_add_test(c, stages_at_which_people_are_told);
	tcase_add_test(c, who_sets_tags);
	tcase_add_test(c, unrelated_takes_two);
	tcase_add_loop_test(c, content_and_name, 0, (int)(sizeof contents / sizeof contents[0]));
	tcase_add_loop_test(c, sorts_by_name, 0, (int)(sizeof names / sizeof names[0]));
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
