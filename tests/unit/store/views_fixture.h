/* A catalog with a few folders and cases, events applied to it, and its views found and listed by
 * path. */
#ifndef TESTS_UNIT_STORE_VIEWS_FIXTURE_H
#define TESTS_UNIT_STORE_VIEWS_FIXTURE_H

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

#endif
