/* Lookups in the catalog: found, not found, and nothing of someone else's. */
#include <pthread.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/records/grants.h"
#include "fs/store/records/schema.h"
#include "policy/role.h"
#include "tests/unit/store/store_fixture.h"

static char path[PATH_SPACE];
static struct sql *db;

static void setup(void)
{
	GIVES(0, sql_open(in_place(path, "catalog.db"), SQL_CREATE, &db));
	GIVES(0, schema_create(db));
	GIVES(0,
		sql_script(db,
			"INSERT INTO unit "
			"VALUES(1,'370830001003','中都所'),(2,'370830001001','稽查大队'),(3,'"
			"中都所3','370830001009');"
			"INSERT INTO device VALUES(1,'WS00017',1),(2,'WS00023',2),(3,'WS00031',2);"
			"INSERT INTO person "
			"VALUES(1,'083017','王建国',2017,1,1,1,18262,NULL),(2,'083022','李秀英',"
			"2022,1,3,1,NULL,NULL),"
			"  "
			"(3,'P041','陈志强',NULL,NULL,4,0,1,2),(4,'083031','张明远',2031,2,1,1,0,"
			"NULL);"
			"INSERT INTO casefile(id, number, party, cause, class, opened) "
			"VALUES(1,'汶市监立〔2023〕47号','刘记','过期','evidence-30',5),(2,'K','','"
			"','permanent',6);"
			/* device 3 and officer 4 were in unit 1 once: they have a folder there */
			"INSERT INTO folder "
			"VALUES(1,1,1,1,19430,'',100,0),(2,1,1,1,19430,'未立案',101,0),(3,1,3,4,"
			"19430,'',102,0),(4,1,1,1,19431,'',103,0),"
			"  (5,1,1,1,19432,'',104,1),(6,1,1,1,19430,'K',105,0);"
			"INSERT INTO item(id, folder, name, state, depositor, uid, gid, mode, "
			"mtime, begun, important, class, retain_until) VALUES"
			"  "
			"(1,2,'a.mp4',1,1,2017,2017,420,9,8,1,'patrol',77),(2,2,'b.mp4',0,1,1,1,1,"
			"1,1,0,'patrol',1),(3,2,'c.mp4',2,1,1,1,1,1,1,0,'patrol',1),"
			"  "
			"(4,2,'c.mp4',3,1,1,1,1,1,1,0,'patrol',1),(5,2,'c.mp4',4,1,1,1,1,1,1,0,'"
			"patrol',1),(6,6,'d.mp4',2,1,1,1,1,1,1,0,'patrol',1),"
			"  (7,2,'x',1,1,1,1,1,1,1,0,'patrol',1);"
			"UPDATE item SET size=100, closed=1 WHERE id=1; UPDATE item SET "
			"reason='killed', size=7 WHERE id=3;"));
}

static void teardown(void)
{
	sql_close(db);
}

START_TEST(units)
{
	struct unit u;

	GIVES(0, catalog_unit(db, 1, &u));
	ck_assert_str_eq(u.name, "中都所");
	GIVES(0, catalog_unit_named(db, "稽查大队", &u));
	ck_assert_int_eq(u.id, 2);
	GIVES(ENOENT, catalog_unit_named(db, "370830001001", &u));
	GIVES(0, catalog_unit_find(db, "370830001001", &u));
	ck_assert_int_eq(u.id, 2);
	GIVES(0, catalog_unit_find(db, "中都所", &u));
	ck_assert_int_eq(u.id, 1);
	GIVES(ENOENT, catalog_unit_find(db, "", &u));
	GIVES(ENOENT, catalog_unit(db, 9, &u));
	GIVES(ENOENT, catalog_unit_named(db, "' OR 1=1 --", &u));
}
END_TEST

START_TEST(devices)
{
	struct device d;

	GIVES(0, catalog_device(db, 2, &d));
	ck_assert_str_eq(d.serial, "WS00023");
	GIVES(0, catalog_device_serial(db, "WS00017", &d));
	HOLDS(d.id == 1 && d.unit == 1);
	GIVES(ENOENT, catalog_device_serial(db, "ws00017", &d));
	GIVES(0, catalog_device_in(db, 1, "WS00017", &d));
	GIVES(0, catalog_device_in(db, 1, "WS00031", &d)); /* moved on, its folder stayed */
	HOLDS(d.id == 3 && d.unit == 2);
	GIVES(0, catalog_device_in(db, 2, "WS00031", &d));
	GIVES(ENOENT, catalog_device_in(db, 1, "WS00023", &d));
	GIVES(ENOENT, catalog_device_in(db, 9, "WS00017", &d));
	GIVES(ENOENT, catalog_device(db, 0, &d));
}
END_TEST

START_TEST(people)
{
	struct person p;

	GIVES(0, catalog_person(db, 1, &p));
	HOLDS(p.id == 1 && p.uid == 2017 && p.unit == 1 && p.roles == ROLE_OFFICER && p.formal &&
		p.certified_from == 18262 && p.certified_to == DAY_NONE);
	ck_assert_str_eq(p.number, "083017");
	ck_assert_str_eq(p.name, "王建国");
	GIVES(0, catalog_person_number(db, "P041", &p));
	HOLDS(p.uid == UID_NONE && p.unit == 0 && p.roles == ROLE_APPROVER && !p.formal &&
		p.certified_from == 1 && p.certified_to == 2);
	GIVES(0, catalog_person_uid(db, 2031, &p));
	HOLDS(p.id == 4 && p.certified_from == 0);
	GIVES(ENOENT, catalog_person_uid(db, 0, &p));
	GIVES(ENOENT, catalog_person_uid(db, UID_NONE, &p));
	GIVES(ENOENT, catalog_person_number(db, "83017", &p));
	GIVES(ENOENT, catalog_person(db, 99, &p));
	GIVES(0, catalog_officer_in(db, 1, 1, "083017", &p));
	GIVES(0, catalog_officer_in(db, 1, 3, "083031", &p)); /* has a folder there */
	GIVES(ENOENT, catalog_officer_in(db, 1, 1, "083031", &p));
	GIVES(0, catalog_officer_in(db, 2, 1, "083031", &p));
	GIVES(ENOENT, catalog_officer_in(db, 1, 1, "P041", &p));
}
END_TEST

START_TEST(cases)
{
	struct casefile k;

	GIVES(0, catalog_case(db, "汶市监立〔2023〕47号", &k));
	ck_assert_str_eq(k.party, "刘记");
	ck_assert_str_eq(k.cause, "过期");
	ck_assert_str_eq(k.class, "evidence-30");
	ck_assert_int_eq(k.opened, 5);
	GIVES(ENOENT, catalog_case(db, "汶市监立〔2023〕48号", &k));
}
END_TEST

START_TEST(folders)
{
	struct folder f;
	char text[256];
	size_t len;
	bool used;

	GIVES(0, catalog_folder(db, 2, &f));
	HOLDS(f.unit == 1 && f.device == 1 && f.officer == 1 && f.day == 19430 && f.made == 101);
	ck_assert_str_eq(f.kase, "未立案");
	GIVES(0, catalog_folder_used(db, &f, &used));
	HOLDS(used);
	GIVES(0, catalog_folder_path(db, &f, text, sizeof text));
	ck_assert_str_eq(text, "by-unit/中都所/WS00017/083017/2023-03-14/未立案");
	len = strlen(text);
	GIVES(ENAMETOOLONG, catalog_folder_path(db, &f, text, len));
	GIVES(0, catalog_folder_path(db, &f, text, len + 1));
	GIVES(0, catalog_folder_at(db, 1, 1, 1, 19430, "", &f));
	ck_assert_int_eq(f.id, 1);
	GIVES(0, catalog_folder_used(db, &f, &used));
	HOLDS(used);
	GIVES(0, catalog_folder_path(db, &f, text, sizeof text));
	ck_assert_str_eq(text, "by-unit/中都所/WS00017/083017/2023-03-14");
	GIVES(0, catalog_folder_at(db, 1, 1, 1, 19431, "", &f));
	GIVES(0, catalog_folder_used(db, &f, &used));
	HOLDS(!used);
	GIVES(0, catalog_folder(db, 6, &f)); /* only what is out of sight */
	GIVES(0, catalog_folder_used(db, &f, &used));
	HOLDS(!used);
	GIVES(ENOENT, catalog_folder(db, 5, &f)); /* removed */
	GIVES(ENOENT, catalog_folder_at(db, 1, 1, 1, 19432, "", &f));
	GIVES(ENOENT, catalog_folder_at(db, 1, 1, 1, 19430, "x", &f));
}
END_TEST

START_TEST(items)
{
	struct item i;
	char text[256];

	GIVES(0, catalog_item(db, 1, &i));
	HOLDS(i.folder == 2 && i.state == ITEM_SEALED && i.depositor == 1 && i.uid == 2017 &&
		i.mode == 0644 && i.size == 100 && i.closed && i.mtime == 9);
	HOLDS(i.begun == 8 && i.sealed == 0 && i.settle_until == 0 && i.important &&
		i.retain_until == 77 && !i.digested && i.reason[0] == '\0');
	ck_assert_str_eq(i.class, "patrol");
	GIVES(0, catalog_item_path(db, &i, text, sizeof text));
	ck_assert_str_eq(text, "by-unit/中都所/WS00017/083017/2023-03-14/未立案/a.mp4");
	GIVES(ENAMETOOLONG, catalog_item_path(db, &i, text, strlen(text)));
	GIVES(0, catalog_item(db, 3, &i));
	HOLDS(i.state == ITEM_INCOMPLETE && i.size == 7);
	ck_assert_str_eq(i.reason, "killed");
	GIVES(ENOENT, catalog_item(db, 99, &i));
	GIVES(0, catalog_item_named(db, 2, "a.mp4", &i));
	GIVES(0, catalog_item_named(db, 2, "b.mp4", &i));
	ck_assert_int_eq(i.state, ITEM_RECEIVING);
	GIVES(ENOENT, catalog_item_named(db, 2, "c.mp4", &i)); /* incomplete, withdrawn, disposed */
	GIVES(ENOENT, catalog_item_named(db, 1, "a.mp4", &i));
}
END_TEST

/* Two in sight may not have a name in common; out of sight, any number. */
START_TEST(names_are_taken)
{
	GIVES(EEXIST, sql_run(db, "UPDATE item SET name='a.mp4' WHERE id=2", ""));
	GIVES(0, sql_run(db, "UPDATE item SET state=" SQL_SEALED " WHERE id=3", ""));
	GIVES(EEXIST, sql_run(db, "UPDATE item SET state=" SQL_RECEIVING " WHERE id=4", ""));
}
END_TEST

START_TEST(tallies)
{
	static const char query[] = "SELECT items * 1000 + bytes FROM tally WHERE state=?";
	static const int64_t want[] = { 1000, 2100, 2007, 1000, 1000 };
	int64_t n;

	for (int64_t state = 0; state < 5; state++) {
		GIVES(0, sql_value(db, &n, query, "i", state));
		ck_assert_int_eq(n, want[state]);
	}
	GIVES(0, sql_run(db, "UPDATE item SET state=" SQL_INCOMPLETE ", size=50 WHERE id=2", ""));
	GIVES(0, sql_value(db, &n, query, "i", (int64_t)0));
	ck_assert_int_eq(n, 0);
	GIVES(0, sql_value(db, &n, query, "i", (int64_t)2));
	ck_assert_int_eq(n, 3057);
}
END_TEST

/* Requests 1, 2, … of person 1: state, from, to, opens, used; each for item 1, or for the case K
 * (id 2), or for a folder. */
static void ask(int64_t id, enum grant_state state, int64_t from, int64_t to, int64_t opens,
	int64_t used, const char *kase)
{
	GIVES(0,
		sql_run(db,
			"INSERT INTO request(id, applicant, kase, purpose, starts, ends, opens, "
			"used, state, asked) VALUES(?,1,?,'p',?,?,?,?,?,3)",
			"isiiiii", id, kase, from, to, opens, used, (int64_t)state));
	if (kase[0] == '\0')
		GIVES(0, sql_run(db, "INSERT INTO request_item VALUES(1, 1, ?)", "i", id));
	else
		GIVES(0,
			sql_run(db,
				"INSERT INTO request_scope(request, applicant, item, kase, unit, "
				"device, officer, day, folder) VALUES(?,1,0,2,0,0,0,?,'')",
				"ii", id, (int64_t)DAY_NONE));
}

static void expect_grant(
	int64_t item_id, int64_t person, int64_t now, enum reason want, int64_t want_id)
{
	struct grant g = { .id = 0 };
	struct item item;
	enum reason why;

	GIVES(0, catalog_item(db, item_id, &item));
	GIVES(0, grants_for_item(db, &item, person, now, now, &g, &why));
	if (why != want || (want == REASON_NONE && g.id != want_id))
		ck_abort_msg("item %lld at %lld: %s, by request %lld", (long long)item_id,
			(long long)now, reason_name(why), (long long)g.id);
}

START_TEST(grants)
{
	struct request q;

	expect_grant(1, 1, 500, REASON_NO_GRANT, 0);
	ask(1, GRANT_PENDING, 100, 1000, 0, 0, "");
	expect_grant(1, 1, 500, REASON_GRANT_PENDING, 0);
	ask(2, GRANT_DENIED, 100, 1000, 0, 0, "");
	expect_grant(1, 1, 500, REASON_GRANT_PENDING, 0);
	ask(3, GRANT_APPROVED, 100, 1000, 2, 2, "");
	ask(4, GRANT_APPROVED, 100, 900, 0, 0, "");
	expect_grant(1, 1, 500, REASON_NONE, 4);
	ask(5, GRANT_APPROVED, 100, 800, 0, 0, ""); /* the one that ends first */
	expect_grant(1, 1, 500, REASON_NONE, 5);
	expect_grant(1, 1, 850, REASON_NONE, 4);
	expect_grant(1, 1, 50, REASON_GRANT_EARLY, 0);
	expect_grant(1, 2, 500, REASON_NO_GRANT, 0); /* someone else's */
	expect_grant(7, 1, 500, REASON_NO_GRANT, 0); /* another item */
	ask(6, GRANT_APPROVED, 100, 1000, 0, 0, "K");
	expect_grant(6, 1, 500, REASON_NONE, 6); /* in the case's folder */
	expect_grant(7, 1, 500, REASON_NO_GRANT, 0);
	expect_grant(6, 2, 500, REASON_NO_GRANT, 0);
	/* linked to the case, from elsewhere; and what its approver deposited takes another */
	GIVES(0, sql_run(db, "INSERT INTO case_item(item, kase, since) VALUES(7, 2, 5)", ""));
	expect_grant(7, 1, 500, REASON_NONE, 6);
	GIVES(0, sql_run(db, "UPDATE request SET decided_by=1 WHERE id=6", ""));
	expect_grant(7, 1, 500, REASON_SELF_APPROVAL, 0);
	/* a folder: what that officer recorded on that day, by any device */
	ask(7, GRANT_APPROVED, 100, 1000, 0, 0, "");
	GIVES(0, sql_run(db, "DELETE FROM request_item WHERE request=7", ""));
	GIVES(0,
		sql_run(db,
			"INSERT INTO request_scope(request, applicant, item, kase, unit, device, "
			"officer, day, folder) VALUES(7,1,0,0,1,0,1,19430,'')",
			""));
	expect_grant(7, 1, 500, REASON_NONE, 7);
	GIVES(0, sql_run(db, "UPDATE request_scope SET day=19431 WHERE request=7", ""));
	expect_grant(7, 1, 500, REASON_SELF_APPROVAL, 0);
	GIVES(0, grants_get(db, 3, &q));
	HOLDS(q.grant.id == 3 && q.grant.applicant == 1 && q.grant.opens == 2 &&
		q.grant.used == 2 && q.asked == 3 && q.grant.from == 100);
	GIVES(ENOENT, grants_get(db, 99, &q));
}
END_TEST

/* A case of no name is no case: it lets nobody in. */
START_TEST(grant_for_no_case)
{
	GIVES(0, sql_run(db, "UPDATE item SET folder=1 WHERE id=7", ""));
	ask(1, GRANT_APPROVED, 100, 1000, 0, 0, "");
	GIVES(0, sql_run(db, "DELETE FROM request_item", ""));
	expect_grant(7, 1, 500, REASON_NO_GRANT, 0);
}
END_TEST

static void *look_up(void *arg)
{
	struct catalog_pool *pool = arg;
	struct item item;
	struct sql *own;

	for (int n = 0; n < 300; n++) {
		GIVES(0, catalog_take(pool, &own));
		GIVES(0, catalog_item(own, 1 + n % 7, &item));
		ck_assert_int_eq(item.id, 1 + n % 7);
		catalog_give(pool, own);
	}
	return NULL;
}

START_TEST(readers)
{
	struct catalog_pool *pool;
	pthread_t thread[6];
	struct sql *one, *two;
	int64_t n;

	GIVES(0, catalog_pool_new(path, SQL_READ, &pool));
	for (int i = 0; i < 6; i++)
		GIVES(0, pthread_create(&thread[i], NULL, look_up, pool));
	for (int i = 0; i < 50; i++)
		GIVES(0, sql_run(db, "UPDATE item SET mtime=mtime+1", ""));
	for (int i = 0; i < 6; i++)
		pthread_join(thread[i], NULL);
	GIVES(0, catalog_take(pool, &one));
	GIVES(0, catalog_take(pool, &two));
	HOLDS(one != two);
	HOLDS(sql_run(one, "DELETE FROM item", "") != 0); /* readers only read */
	GIVES(0, sql_value(two, &n, "SELECT count(*) FROM item", ""));
	ck_assert_int_eq(n, 7);
	catalog_give(pool, one);
	catalog_give(pool, two);
	catalog_pool_free(pool);
	catalog_pool_free(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("catalog");
	TCase *t = tcase_create("lookups");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, units);
	tcase_add_test(t, devices);
	tcase_add_test(t, people);
	tcase_add_test(t, cases);
	tcase_add_test(t, folders);
	tcase_add_test(t, items);
	tcase_add_test(t, names_are_taken);
	tcase_add_test(t, tallies);
	tcase_add_test(t, grants);
	tcase_add_test(t, grant_for_no_case);
	tcase_add_test(t, readers);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
