/* Views in the catalog: what each event does to the names in a case, and how folders are found,
 * numbered and listed. */
#include "tests/unit/store/views_fixture.h"

START_TEST(sealed_shows)
{
	begin(1, 3, "a.mp4");
	LISTS("by-case/" KASE, "");
	LISTS("by-officer", "");
	seal(1);
	LISTS("by-case/" KASE, "a.mp4=1");
	LISTS("by-case/" ALIAS, "a.mp4=1");
	LISTS("by-case/by-party/刘记/" KASE, "a.mp4=1");
	LISTS("by-case/by-cause/过期／无证．/" KASE, "a.mp4=1");
	LISTS("by-officer/083017/2023-03-14/中都所/WS00017/" KASE, "a.mp4=1");
	LISTS("by-device/WS00017/2023-03-14/中都所/083017/" KASE, "a.mp4=1");
	LISTS("by-date/2023-03-14/中都所/WS00017/083017/" KASE, "a.mp4=1");
	LISTS("by-date", "2023-03-14");
	LISTS("by-device", "WS00017");
	ck_assert_int_eq(links(1), 1 + 3 + 4);
	put(2, 2, "b.mp4");
	ck_assert_int_eq(links(2), 1 + 3);
	put(3, 6, "c.mp4");
	ck_assert_int_eq(links(3), 1 + 3 + 2);
}
END_TEST

START_TEST(same_names)
{
	put(1, 3, "a.mp4");
	put(2, 5, "a.mp4");
	put(3, 5, "a (2).mp4");
	put(4, 2, "a (3).mp4");
	link_to("case.link", 4, 1);
	LISTS("by-case/" KASE, "a (2) (3).mp4=3 a (2).mp4=2 a (3).mp4=4 a.mp4=1");
	/* the first goes, and the others keep their names; who comes later has the free one */
	GIVES(0, apply("deposit.withdraw", 1, NULL));
	put(5, 3, "a.mp4");
	LISTS("by-case/" ALIAS, "a (2) (3).mp4=3 a (2).mp4=2 a (3).mp4=4 a.mp4=5");
	put(6, 3, "noext");
	put(7, 5, "noext");
	put(8, 3, ".hidden");
	put(9, 5, ".hidden");
	LISTS("by-case/" KASE,
		".hidden=8 .hidden (9)=9 a (2) (3).mp4=3 a (2).mp4=2 a (3).mp4=4 a.mp4=5 noext=6 "
		"noext (7)=7");
}
END_TEST

START_TEST(one_other_name_taken)
{
	put(1, 3, "a.mp4");
	put(2, 3, "a (3).mp4");
	put(3, 5, "a.mp4");
	LISTS("by-case/" KASE, "a (3).mp4=2 a (3-2).mp4=3 a.mp4=1");
}
END_TEST

START_TEST(long_names)
{
	char name[NAME_BUFFER] = "", want[1024];
	int64_t id;
	struct view_at at;

	for (int i = 0; i < 83; i++)
		strcat(name, "长");
	strcat(name, ".mp4");
	put(1, 3, name);
	put(2, 5, name);
	snprintf(want, sizeof want, "by-case/" KASE "/%.*s (2).mp4", 82 * 3, name);
	GIVES(0, find(want, &at, &id));
	ck_assert_int_eq(id, 2);
}
END_TEST

START_TEST(relabelled)
{
	put(1, 3, "a.mp4");
	rename_to(1, 3, "b.mp4");
	LISTS("by-case/" KASE, "b.mp4=1");
	rename_to(1, 2, "b.mp4");
	LISTS("by-case/" KASE, "");
	link_to("case.link", 1, 2);
	rename_to(1, 3, "c.mp4");
	LISTS("by-case/" KASE, "c.mp4=1");
	LISTS("by-case/二", "c.mp4=1");
	ck_assert_int_eq(links(1), 1 + 3 + 4 + 2);
	begin(2, 3, "x");
	rename_to(2, 3, "y"); /* not sealed yet */
	LISTS("by-case/" KASE, "c.mp4=1");
	seal(2);
	LISTS("by-case/" KASE, "c.mp4=1 y=2");
}
END_TEST

START_TEST(linked_and_unlinked)
{
	put(1, 2, "a.mp4");
	link_to("case.link", 1, 1);
	link_to("case.link", 1, 1);
	LISTS("by-case/" KASE, "a.mp4=1");
	link_to("case.unlink", 1, 1);
	LISTS("by-case/" KASE, "");
	ck_assert_int_eq(links(1), 4);
	link_to("case.link", 1, 1);
	rename_to(1, 3, "a.mp4"); /* linked, and in the case's own folder */
	link_to("case.unlink", 1, 1);
	LISTS("by-case/" KASE, "a.mp4=1");
}
END_TEST

START_TEST(opened_again)
{
	put(1, 3, "a.mp4");
	link_to("case.link", 1, 2);
	GIVES(0, apply("deposit.reopen", 1, NULL));
	LISTS("by-case/" KASE, "");
	LISTS("by-date", "");
	seal(1);
	LISTS("by-case/" KASE, "a.mp4=1");
	LISTS("by-case/二", "a.mp4=1");
	GIVES(0, apply("deposit.reopen", 1, NULL));
	GIVES(0,
		apply("deposit.incomplete", 1,
			json_pack("{s:s, s:i}", "reason", "killed", "size", 0)));
	LISTS("by-case/二", "");
	put(2, 3, "a.mp4");
	LISTS("by-case/" KASE, "a.mp4=2");
}
END_TEST

START_TEST(parties)
{
	struct view_at at;
	int64_t item, first;

	LISTS("by-case", "by-cause by-party 二 汶市监处罚〔2023〕12号 汶市监立〔2023〕47号");
	LISTS("by-case/by-party", "刘记");
	LISTS("by-case/by-party/刘记", "二 " KASE);
	GIVES(0, find("by-case/by-party/刘记", &at, &item));
	first = at.id;
	kase(1, KASE, "张记", "过期");
	LISTS("by-case/by-party", "刘记 张记");
	LISTS("by-case/by-party/刘记", "二");
	kase(2, "二", "张记", "");
	LISTS("by-case/by-party", "张记");
	GIVES(ENOENT, find("by-case/by-party/刘记", &at, &item));
	kase(3, "三", "刘记", "过期");
	GIVES(0, find("by-case/by-party/刘记", &at, &item));
	ck_assert_int_eq(at.id, first); /* the same folder as before */
	LISTS("by-case/by-cause/过期", "三 " KASE);
	/* two texts of one name share a folder */
	kase(4, "四", "甲/乙", "");
	kase(5, "五", "甲／乙", "");
	LISTS("by-case/by-party/甲／乙", "五 四");
}
END_TEST

START_TEST(numbers_and_scopes)
{
	struct view_at at, again;
	struct scope s;
	int64_t item;
	char text[1024];

	put(1, 5, "a.mp4");
	GIVES(0, find("by-officer/083017/2023-03-15/中都所", &at, &item));
	HOLDS(at.view == VIEW_OFFICER && at.level == 3 &&
		at.id == 4); /* the smallest folder in it */
	put(2, 6, "b.mp4");
	GIVES(0, find("by-officer/083017/2023-03-15/中都所", &again, &item));
	HOLDS(again.id == at.id);
	GIVES(0, views_scope(db, &at, &s));
	HOLDS(s.officer == 1 && s.unit == 1 && s.device == 0 && s.day != DAY_NONE && s.kase == 0 &&
		s.folder[0] == '\0');
	GIVES(0, views_path(db, &at, text, sizeof text));
	ck_assert_str_eq(text, "by-officer/083017/2023-03-15/中都所");
	GIVES(0, find("by-device/WS00017/2023-03-15/中都所/083017/二", &at, &item));
	GIVES(0, views_scope(db, &at, &s));
	HOLDS(s.officer == 1 && s.unit == 1 && s.device == 1 && s.day != DAY_NONE &&
		view_is_leaf(&at));
	ck_assert_str_eq(s.folder, "二");
}
END_TEST

/* By day, by case and its other names, and of a whole view. */
START_TEST(scopes_of_days_and_cases)
{
	struct view_at at;
	struct scope s;
	int64_t item;
	char text[1024];

	put(1, 5, "a.mp4");
	put(2, 6, "b.mp4");
	GIVES(0, find("by-date/2023-03-15", &at, &item));
	GIVES(0, views_scope(db, &at, &s));
	HOLDS(s.officer == 0 && s.unit == 0 && s.day != DAY_NONE);
	GIVES(0, find("by-case/" ALIAS, &at, &item));
	HOLDS(at.view == VIEW_ALIAS);
	GIVES(0, views_scope(db, &at, &s));
	HOLDS(s.kase == 1 && s.unit == 0 && s.day == DAY_NONE);
	GIVES(0, find("by-case/by-cause/过期／无证．/" KASE, &at, &item));
	GIVES(0, views_scope(db, &at, &s));
	HOLDS(s.kase == 1);
	GIVES(0, views_path(db, &at, text, sizeof text));
	ck_assert_str_eq(text, "by-case/by-cause/过期／无证．/" KASE);
	GIVES(0, find("by-case/by-party/刘记", &at, &item));
	GIVES(ENOTSUP, views_scope(db, &at, &s));
	GIVES(0, find("by-officer", &at, &item));
	GIVES(0, views_scope(db, &at, &s));
	HOLDS(scope_whole(&s));
}
END_TEST

START_TEST(set_aside_and_not_there)
{
	struct view_at at, again;
	struct scope s;
	int64_t item;
	char text[1024];

	put(1, 5, "a.mp4");
	put(2, 6, "b.mp4");
	at = (struct view_at){ VIEW_ASIDE, VIEW_LEAF, 5 };
	HOLDS(view_level_valid(&at) && view_is_leaf(&at));
	GIVES(0, views_lookup(db, &at, "a.mp4", &again, &item));
	HOLDS(item == 1);
	GIVES(0, views_path(db, &at, text, sizeof text));
	ck_assert_str_eq(text, "by-unit/中都所/WS00017/083017/2023-03-15/" ALIAS);
	GIVES(ENOENT, find("by-officer/083031", &at, &item));
	GIVES(ENOENT, find("by-officer/083017/2023-03-16", &at, &item));
	GIVES(ENOENT, find("by-date/2023-03-15/中都所/WS00017/083017/二/a.mp4", &at, &item));
	GIVES(ENOENT, views_scope(db, &(struct view_at){ VIEW_OFFICER, 3, 99 }, &s));
	GIVES(ENOENT, views_scope(db, &(struct view_at){ VIEW_ALIAS, 1, 99 }, &s));
	HOLDS(!view_level_valid(&(struct view_at){ VIEW_ALIAS, 0, 0 }) &&
		!view_level_valid(&(struct view_at){ VIEW_CASE, 2, 1 }) &&
		!view_level_valid(&(struct view_at){ VIEW_DATE, 6, 1 }) &&
		!view_level_valid(&(struct view_at){ VIEW_ASIDE, 4, 5 }));
}
END_TEST

/* The first name, and how many there were of those that were asked for. */
struct resumed {
	char name[NAME_BUFFER];
	int count, most;
};

static bool take_resumed(
	void *arg, const char *name, const struct view_at *child, const struct item *item)
{
	struct resumed *r = arg;

	HOLDS((child == NULL) != (item == NULL));
	if (r->count++ == 0)
		snprintf(r->name, sizeof r->name, "%s", name);
	return r->count < r->most;
}

static void resumes(const struct view_at *at, const char *after, int64_t skip, int most, int count,
	const char *first)
{
	struct resumed r = { .most = most };

	GIVES(0, views_list(db, at, after, skip, take_resumed, &r));
	ck_assert_int_eq(r.count, count);
	ck_assert_str_eq(r.name, first);
}

START_TEST(resumed)
{
	struct view_at at;
	int64_t none;

	put(1, 3, "a");
	put(2, 3, "b");
	put(3, 3, "c");
	GIVES(0, find("by-case/" KASE, &at, &none));
	resumes(&at, "a", 0, 1, 1, "b"); /* left before its end */
	resumes(&at, "", 2, 9, 1, "c");
	put(4, 5, "x");
	HOLDS(view_top("by-date", &at));
	resumes(&at, "2023-03-14", 0, 1, 1, "2023-03-15");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("views");
	TCase *t = tcase_create("views");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sealed_shows);
	tcase_add_test(t, same_names);
	tcase_add_test(t, one_other_name_taken);
	tcase_add_test(t, long_names);
	tcase_add_test(t, relabelled);
	tcase_add_test(t, linked_and_unlinked);
	tcase_add_test(t, opened_again);
	tcase_add_test(t, parties);
	tcase_add_test(t, numbers_and_scopes);
	tcase_add_test(t, scopes_of_days_and_cases);
	tcase_add_test(t, set_aside_and_not_there);
	tcase_add_test(t, resumed);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
