/* The ledger's story: every kind of event is put in words, in both languages, with all its fields.
 */
#include <check.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/digest.h"
#include "tools/story/story.h"
#include "tools/story/story_record.h"

#define TIME "2023-03-14T09:30:12.000+08:00"
#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define FIELDS(KIND, record, text) [EVENT_##KIND] = record##_fields,
static const struct field *(*const fields_of[EVENT_KIND_COUNT])(void) = { EVENT_KINDS(FIELDS) };

/* A value such as a field of that type has on the ledger. */
static json_t *some_value(enum field_type type)
{
	switch (type) {
	case FIELD_INT:
	case FIELD_ID:
	case FIELD_UID:
	case FIELD_COUNT:
		return json_integer(7);
	case FIELD_FLAG:
	case FIELD_MARK:
		return json_true();
	case FIELD_TEXT:
	case FIELD_NOTE:
	case FIELD_MAYBE:
		return json_string("some text");
	case FIELD_DAY:
		return json_string("2023-03-14");
	case FIELD_TIME:
	case FIELD_WHEN:
		return json_string(TIME);
	case FIELD_HASH:
		return json_string(HASH);
	case FIELD_SCOPE:
	case FIELD_PLACE:
		return json_pack("{s:i}", "unit_id", 3);
	case FIELD_JSON:
		return json_pack("[[i, i]]", 0, 4096);
	}
	return NULL;
}

/* An entry of that kind, with every field. */
static json_t *full_entry(enum event_kind kind)
{
	json_t *details = json_object();
	for (const struct field *f = fields_of[kind](); f->key != NULL; f++)
		json_object_set_new(details, f->key, some_value(f->type));
	return json_pack("{s:s, s:s, s:o}", "event", event_kind_name(kind), "time", TIME, "details",
		details);
}

/* As i18n_init() does, with the catalogues that were just built. */
static void speak(const char *language)
{
	const char *build = getenv("BUILD");
	char dir[4096];
	snprintf(dir, sizeof dir, "%s/locale", build != NULL ? build : "build");
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	setenv("LANGUAGE", language, 1);
	bindtextdomain("custodyfs", dir);
	bind_textdomain_codeset("custodyfs", "UTF-8");
	textdomain("custodyfs");
}

static void check_story(const char *kind, const char *text)
{
	ck_assert_msg(*text != '\0', "%s is told by nothing", kind);
	ck_assert_msg(strcmp(text, kind) != 0, "%s is told by its name alone", kind);
	ck_assert_msg(strchr(text, '?') == NULL, "%s lacks a field: %s", kind, text);
}

START_TEST(test_kinds)
{
	json_t *entry = full_entry((enum event_kind)_i);
	const char *kind = event_kind_name((enum event_kind)_i);
	char *english, *chinese;
	speak("en");
	english = story_what(entry);
	speak("zh_CN");
	chinese = story_what(entry);
	check_story(kind, english);
	check_story(kind, chinese);
	ck_assert_msg(
		strcmp(english, chinese) != 0, "%s is not told in Chinese: %s", kind, chinese);
	free(english);
	free(chinese);
	json_decref(entry);
}
END_TEST

static const struct {
	const char *event, *details, *story;
} stories[] = {
	{ "label.rename", "{\"from\":\"a.txt\",\"name\":\"b.txt\"}", "renamed a.txt to b.txt" },
	{ "deposit.seal", "{\"settle_until\":\"2023-03-14T18:30:00.000+08:00\"}",
		"the content was sealed; name and times could be put right until 2023-03-14 "
		"18:30:00" },
	{ "deposit.seal", "null", "the content was sealed" },
	{ "retain.class", "{\"class\":\"permanent\"}", "set the class: permanent" },
	{ "retain.class", "{\"class\":\"permanent\",\"scope\":{\"unit_id\":3}}",
		"set the class of all that lies in a folder: permanent" },
	{ "case.close", "{\"number\":\"C1\",\"date\":\"2023-03-14\"}",
		"closed the case C1 on 2023-03-14" },
	{ "digest", "{\"sha256\":\"" HASH "\"}", "digests computed: SHA-256 " HASH },
	{ "read.close", "{\"ranges\":[[0,4096],[8192,12288]]}",
		"closed it after reading bytes 0-4095, 8192-12287" },
	{ "refused",
		"{\"verb\":\"command\",\"path\":\"hold.set\",\"errno\":\"EACCES\",\"count\":3}",
		"was refused (the command hold.set): EACCES, 3 times" },
	{ "policy.refuse", "{\"id\":2,\"reason\":null}", "refused policy proposal 2" },
	{ "later.kind", "{\"id\":2}", "later.kind" },
};

START_TEST(test_stories)
{
	json_t *details = json_loads(stories[_i].details, JSON_DECODE_ANY, NULL);
	json_t *entry = json_pack(
		"{s:s, s:s, s:o}", "event", stories[_i].event, "time", TIME, "details", details);
	char *text;
	speak("en");
	text = story_what(entry);
	ck_assert_str_eq(text, stories[_i].story);
	free(text);
	json_decref(entry);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("story");
	TCase *t = tcase_create("story");
	SRunner *r;
	int failed;
	tcase_add_loop_test(t, test_kinds, 0, EVENT_KIND_COUNT);
	tcase_add_loop_test(t, test_stories, 0, sizeof stories / sizeof stories[0]);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
