/* Views in the catalog: what each event does to the names in a case, and how folders are found,
 * numbered and listed. */
#include "fs/store/catalog/scopes.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/event.h"
#include "fs/store/records/schema.h"
#include "tests/unit/store/store_fixture.h"

#define KASE "汶市监立〔2023〕47号"
#define ALIAS "汶市监处罚〔2023〕12号"
#define LISTED 4096

static char path[PATH_SPACE];
static struct sql *db;
static int64_t seq;

/* Applies an event as it is on a ledger; details are taken. */
static int apply(const char *kind, int64_t item, json_t *details)
{
	json_t *entry = json_pack("{s:I, s:s, s:s, s:s, s:n, s:o}", "seq", (json_int_t)seq++,
		"time", "2023-03-14T18:30:00.000+08:00", "clock", "2023-03-14T18:30:00.000+08:00",
		"event", kind, "subject", "details", details != NULL ? details : json_object());
	int err;

	if (item != 0)
		json_object_set_new(entry, "item", json_integer(item));
	err = event_apply(db, entry);
	json_decref(entry);
	return err;
}

static void folder(int64_t id, const char *day, const char *kase)
{
	GIVES(0,
		apply("folder.make", 0,
			json_pack("{s:I, s:I, s:I, s:I, s:s, s:s}", "id", (json_int_t)id, "unit_id",
				(json_int_t)1, "device_id", (json_int_t)1, "officer_id",
				(json_int_t)1, "date", day, "case", kase)));
}

static void begin(int64_t item, int64_t in, const char *name)
{
	GIVES(0,
		apply("deposit.begin", item,
			json_pack("{s:I, s:s, s:s, s:s}", "folder", (json_int_t)in, "name", name,
				"class", "patrol", "retain_until", "2023-09-15T00:00:00+08:00")));
}

static void seal(int64_t item)
{
	GIVES(0,
		apply("deposit.seal", item,
			json_pack("{s:s}", "settle_until", "2023-03-14T18:31:00+08:00")));
}

static void put(int64_t item, int64_t in, const char *name)
{
	begin(item, in, name);
	seal(item);
}

static void rename_to(int64_t item, int64_t in, const char *name)
{
	GIVES(0,
		apply("label.rename", item,
			json_pack("{s:I, s:s, s:s}", "folder", (json_int_t)in, "name", name,
				"settle_until", "2023-03-14T18:31:00+08:00")));
}

static void kase(int64_t id, const char *number, const char *party, const char *cause)
{
	GIVES(0,
		apply("register.case", 0,
			json_pack("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)id, "number",
				number, "party", party, "cause", cause, "class", "evidence-30")));
}

static void alias(int64_t of, int64_t id, const char *name)
{
	GIVES(0,
		apply("case.alias", 0,
			json_pack("{s:I, s:I, s:s}", "case_id", (json_int_t)of, "alias_id",
				(json_int_t)id, "alias", name)));
}

static void link_to(const char *kind, int64_t item, int64_t to)
{
	GIVES(0, apply(kind, item, json_pack("{s:I}", "case_id", (json_int_t)to)));
}

static void setup(void)
{
	seq = 0;
	GIVES(0, sql_open(in_place(path, "catalog.db"), SQL_CREATE, &db));
	GIVES(0, schema_create(db));
	GIVES(0,
		sql_script(db,
			"INSERT INTO unit VALUES(1,'370830001003','中都所'); INSERT INTO device "
			"VALUES(1,'WS00017',1),(2,'WS00023',1);"
			"INSERT INTO person "
			"VALUES(1,'083017','王建国',2017,1,1,1,18262,NULL),(2,'083031','张明远',"
			"2031,1,1,1,0,NULL);"));
	kase(1, KASE, "刘记", "过期/无证.");
	kase(2, "二", "刘记", "");
	alias(1, 1, ALIAS);
	folder(1, "2023-03-14", "");
	folder(2, "2023-03-14", "未立案");
	folder(3, "2023-03-14", KASE);
	folder(4, "2023-03-15", "");
	folder(5, "2023-03-15", ALIAS);
	folder(6, "2023-03-15", "二");
	folder(7, "2023-03-16", "");
}

static void teardown(void)
{
	sql_close(db);
}

/* The folder of a path, found name by name. */
static int find(const char *where, struct view_at *at, int64_t *item)
{
	char copy[1024], *rest = NULL, *name;
	int err = 0;

	snprintf(copy, sizeof copy, "%s", where);
	name = strtok_r(copy, "/", &rest);
	HOLDS(view_top(name, at));
	*item = 0;
	while (err == 0 && (name = strtok_r(NULL, "/", &rest)) != NULL) {
		struct view_at parent = *at;

		err = views_lookup(db, &parent, name, at, item);
	}
	return err;
}

struct listed {
	const char *where;
	char text[LISTED];
};

static bool add_listed(
	void *arg, const char *name, const struct view_at *child, const struct item *item)
{
	struct listed *l = arg;
	size_t used = strlen(l->text);
	struct view_at found;
	char below[2048];
	int64_t id;

	snprintf(l->text + used, sizeof l->text - used, item != NULL ? "%s%s=%lld" : "%s%s",
		used > 0 ? " " : "", name, item != NULL ? (long long)item->id : 0);
	if (item != NULL)
		return true;
	snprintf(below, sizeof below, "%s/%s", l->where, name);
	GIVES(0, find(below, &found, &id));
	HOLDS(found.view == child->view && found.level == child->level && found.id == child->id);
	return true;
}

/* "name=ID name=ID …" of items, or names of folders, of which each has to be found by name as
 * well. */
static const char *listed(const char *where)
{
	static struct listed l;
	struct view_at at;
	int64_t id;

	l = (struct listed){ .where = where };
	GIVES(0, find(where, &at, &id));
	GIVES(0, views_list(db, &at, "", 0, add_listed, &l));
	return l.text;
}

static int64_t links(int64_t item)
{
	int64_t n = 0;

	GIVES(0, views_links(db, item, &n));
	return n;
}

#define LISTS(where, want) ck_assert_str_eq(listed(where), want)

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
