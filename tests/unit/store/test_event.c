/* Events: every kind is encoded, decoded and applied, and says to the catalog what it should; what
 * is not understood is refused, and changes nothing. */
#include "fs/store/base/jsonget.h"
#include "fs/store/records/apply.h"
#include "fs/store/records/schema.h"
#include "policy/grant.h"
#include "policy/role.h"
#include "tests/unit/store/store_fixture.h"

#define ROOT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ROOT2 "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define LATER "2023-03-14T18:40:00.000+08:00"

static struct sql *db;
static uint64_t seq;
static const struct event_time now = {
	.wall = START + 5, .clock = START, .utc_offset = 480, .policy = 3
};

static void setup(void)
{
	char path[PATH_SPACE];

	GIVES(0, sql_open(in_place(path, "catalog.db"), SQL_CREATE, &db));
	GIVES(0, schema_create(db));
	seq = 0;
}

static void teardown(void)
{
	sql_close(db);
}

/* The whole way: to JSON, to text, back, into the catalog. */
static int apply(const struct say *s)
{
	struct subject who = { .uid = 2017,
		.gid = 2018,
		.pid = 4711,
		.program = "/usr/bin/cp",
		.person = { .id = 1 } };
	struct event e = { .kind = s->kind,
		.item = s->item,
		.kase = s->kase,
		.who = s->person != NULL ? &who : NULL,
		.details = details_of(s) };
	json_t *entry, *again;
	char *text;
	int err;

	if (s->person != NULL)
		snprintf(who.person.number, sizeof who.person.number, "%s", s->person);
	entry = event_encode(&e, seq, &now);
	HOLDS(entry != NULL);
	text = event_text(entry);
	HOLDS(text != NULL && strchr(text, '\n') == NULL);
	err = event_decode(text, strlen(text), seq, &again);
	if (err == 0) {
		HOLDS(json_equal(entry, again));
		GIVES(0, sql_run(db, "BEGIN", ""));
		err = event_apply(db, again);
		GIVES(0, err == 0 ? sql_run(db, "COMMIT", "") : sql_run(db, "ROLLBACK", ""));
		json_decref(again);
	}
	json_decref(entry);
	json_decref(e.details);
	free(text);
	if (err == 0)
		seq++;
	return err;
}

static void must_apply(const struct say *s)
{
	int err = apply(s);

	if (err != 0)
		ck_abort_msg("%s: %s", s->kind, strerror(err));
}

/* A query's only row, its columns joined with "|". */
static void expect_row(const char *query, const char *want)
{
	char got[1024] = "", hex[80];
	struct sql_rows *rows = sql_query(db, query, "");
	size_t len;

	HOLDS(sql_next(rows) == 1);
	for (int i = 0; i < 32; i++) {
		const uint8_t *b = sql_blob(rows, i, &len);
		const char *text = sql_string(rows, i);

		if (b != NULL && len == HASH_LEN && memchr(b, 0, len) != NULL) {
			hash_hex(b, hex);
			text = hex;
		}
		if (text == NULL)
			text = sql_null(rows, i) ? "NULL" : "";
		if (i > 0)
			strcat(got, "|");
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s", text);
		if (strlen(got) >= strlen(want))
			break;
	}
	sql_done(rows);
	ck_assert_str_eq(got, want);
}

/* In this order they tell one story; after each, what the catalog must say. */
static const struct {
	struct say say;
	const char *query, *want;
} story[] = {
	{ { .kind = "store.make", .details = "{\"format\":1}" },
		"SELECT count(*), max(seq), max(kind) FROM event", "1|0|store.make" },
	{ { .kind = "store.mount" }, "SELECT value FROM meta WHERE key='applied'", "2" },
	{ { .kind = "store.recovered", .details = "{\"torn_bytes\":17}" },
		"SELECT value FROM meta WHERE key='applied'", "3" },
	{ { .kind = "register.unit",
		  .details = "{\"id\":1,\"code\":\"370830001003\",\"name\":\"中都所\"}" },
		"SELECT id, code, name FROM unit", "1|370830001003|中都所" },
	{ { .kind = "register.unit",
		  .details = "{\"id\":1,\"code\":\"370830001003\",\"name\":\"中都市场监管所\"}" },
		"SELECT id, code, name FROM unit", "1|370830001003|中都市场监管所" },
	{ { .kind = "register.device",
		  .details = "{\"id\":1,\"serial\":\"WS00017\",\"unit_id\":1}" },
		"SELECT id, serial, unit FROM device", "1|WS00017|1" },
	{ { .kind = "register.device",
		  .details = "{\"id\":1,\"serial\":\"WS00017\",\"unit_id\":2}" },
		"SELECT id, serial, unit FROM device", "1|WS00017|2" },
	{ { .kind = "register.person",
		  .details = "{\"id\":1,\"number\":\"083017\",\"name\":\"王建国\",\"uid\":2017,"
			     "\"unit_id\":1,\"roles\":\"officer\","
			     "\"formal\":true,\"certified_from\":\"2020-01-01\",\"certified_to\":"
			     "null}" },
		"SELECT number, name, uid, unit, roles, formal, cert_from, cert_to FROM person",
		"083017|王建国|2017|1|1|1|18262|NULL" },
	{ { .kind = "register.person",
		  .details = "{\"id\":1,\"number\":\"083017\",\"name\":\"王建国\",\"uid\":null,"
			     "\"unit_id\":1,\"roles\":"
			     "\"officer,custodian\",\"formal\":false,\"certified_from\":null,"
			     "\"certified_to\":\"2020-01-02\"}" },
		"SELECT number, name, uid, unit, roles, formal, cert_from, cert_to FROM person",
		"083017|王建国|NULL|1|3|0|NULL|18263" },
	{ { .kind = "register.person",
		  .details = "{\"id\":2,\"number\":\"P041\",\"name\":\"陈志强\",\"uid\":2041,"
			     "\"unit_id\":0,\"roles\":\"\",\"formal\":true,"
			     "\"certified_from\":null,\"certified_to\":null}" },
		"SELECT roles, uid, cert_from FROM person WHERE id=2", "0|2041|NULL" },
	{ { .kind = "register.case",
		  .kase = "N1",
		  .person = "083017",
		  .details = "{\"id\":1,\"number\":\"N1\",\"party\":\"刘记\",\"cause\":\"过期\","
			     "\"class\":\"evidence-30\"}" },
		"SELECT number, party, cause, class, opened FROM casefile",
		"N1|刘记|过期|evidence-30|1678789800000" },
	{ { .kind = "register.case",
		  .kase = "N1",
		  .details = "{\"id\":1,\"number\":\"N1\",\"party\":\"刘\",\"cause\":\"过\","
			     "\"class\":\"permanent\"}" },
		"SELECT number, party, cause, class, opened FROM casefile",
		"N1|刘|过|permanent|1678789800000" },
	{ { .kind = "folder.make",
		  .details = "{\"id\":1,\"unit_id\":1,\"device_id\":1,\"officer_id\":1,\"date\":"
			     "\"2023-03-14\",\"case\":\"\"}" },
		"SELECT unit, device, officer, day, kase, made, removed FROM folder",
		"1|1|1|19430||1678789800000|0" },
	{ { .kind = "folder.remove", .details = "{\"id\":1}" }, "SELECT removed FROM folder", "1" },
	{ { .kind = "folder.make",
		  .details = "{\"id\":1,\"unit_id\":1,\"device_id\":1,\"officer_id\":1,\"date\":"
			     "\"2023-03-14\",\"case\":\"\"}" },
		"SELECT removed FROM folder", "0" },
	{ { .kind = "folder.make",
		  .details = "{\"id\":2,\"unit_id\":1,\"device_id\":1,\"officer_id\":1,\"date\":"
			     "\"2023-03-14\",\"case\":\"N1\"}" },
		"SELECT kase, day FROM folder WHERE id=2", "N1|19430" },
	{ { .kind = "deposit.begin",
		  .item = 1,
		  .person = "083017",
		  .details =
			  "{\"folder\":2,\"name\":\"a.mp4\",\"mode\":420,\"uid\":2017,\"gid\":2018,"
			  "\"mtime\":1678789800123456789,\"important\":true,\"class\":\"patrol\","
			  "\"retain_until\":\"" LATER "\"}" },
		"SELECT folder, name, state, depositor, uid, gid, mode, size, closed, root, mtime, "
		"begun, sealed, settle_until, important, class, retain_until"
		" FROM item",
		"2|a.mp4|0|1|2017|2018|420|0|0|NULL|1678789800123456789|1678789800000|0|0|1|patrol|"
		"1678790400000" },
	{ { .kind = "deposit.close",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"size\":99,\"root\":\"" ROOT "\",\"mtime\":5}" },
		"SELECT state, size, closed, mtime, root FROM item", "0|99|1|5|" ROOT },
	{ { .kind = "label.attr",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"mtime\":6,\"mode\":384,\"settle_until\":\"" LATER "\"}" },
		"SELECT mtime, mode, settle_until FROM item", "6|384|0" },
	{ { .kind = "label.rename",
		  .item = 1,
		  .person = "083017",
		  .details =
			  "{\"folder\":2,\"from\":\"a.mp4\",\"name\":\"b.mp4\",\"important\":false,"
			  "\"settle_until\":\"" LATER "\"}" },
		"SELECT name, folder, important, settle_until FROM item", "b.mp4|2|0|0" },
	{ { .kind = "deposit.seal",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"settle_until\":\"2023-03-14T18:30:05.000+08:00\"}" },
		"SELECT state, sealed, settle_until FROM item", "1|1678789800000|1678789805000" },
	{ { .kind = "digest",
		  .item = 1,
		  .details = "{\"sha256\":\"" ROOT "\",\"sm3\":\"" ROOT2 "\"}" },
		"SELECT sha256, sm3 FROM item", ROOT "|" ROOT2 },
	{ { .kind = "label.attr",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"mtime\":7,\"mode\":256,\"settle_until\":\"" LATER "\"}" },
		"SELECT mtime, mode, settle_until FROM item", "7|256|1678790400000" },
	{ { .kind = "label.rename",
		  .item = 1,
		  .person = "083017",
		  .details =
			  "{\"folder\":2,\"from\":\"b.mp4\",\"name\":\"c.mp4\",\"important\":true,"
			  "\"settle_until\":\"2023-03-14T18:30:09.000+08:00\"}" },
		"SELECT name, important, settle_until FROM item", "c.mp4|1|1678789809000" },
	{ { .kind = "label.xattr",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"name\":\"user.DOSATTRIB\",\"value\":\"YWIA\",\"settle_until\":"
			     "\"" LATER "\"}" },
		"SELECT xattr.name, hex(value), settle_until FROM xattr JOIN item ON "
		"item.id=xattr.item",
		"user.DOSATTRIB|616200|1678790400000" },
	{ { .kind = "label.xattr",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"name\":\"user.DOSATTRIB\",\"value\":\"\",\"settle_until\":\"" LATER
			     "\"}" },
		"SELECT name, length(value) FROM xattr", "user.DOSATTRIB|0" },
	{ { .kind = "label.xattr",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"name\":\"user.DOSATTRIB\",\"value\":null,\"settle_until\":\"" LATER
			     "\"}" },
		"SELECT count(*) FROM xattr", "0" },
	{ { .kind = "deposit.reopen", .item = 1, .person = "083017" },
		"SELECT state, closed, sealed, settle_until, sha256, sm3 FROM item",
		"0|0|1678789800000|0|NULL|NULL" },
	{ { .kind = "deposit.incomplete",
		  .item = 1,
		  .person = "083017",
		  .details = "{\"reason\":\"killed\",\"size\":42}" },
		"SELECT state, reason, size FROM item", "2|killed|42" },
	{ { .kind = "deposit.begin",
		  .item = 2,
		  .person = "083017",
		  .details = "{\"folder\":2,\"name\":\"c.mp4\",\"mode\":420,\"uid\":1,\"gid\":1,"
			     "\"mtime\":1,\"important\":false,\"class\":\"patrol\",\"retain_"
			     "until\":\"" LATER "\"}" },
		"SELECT state, name FROM item WHERE id=2", "0|c.mp4" },
	{ { .kind = "deposit.withdraw", .item = 2, .person = "083017" },
		"SELECT state FROM item WHERE id=2", "3" },
	{ { .kind = "deposit.begin",
		  .item = 3,
		  .person = "083017",
		  .details = "{\"folder\":2,\"name\":\"c.mp4\",\"mode\":420,\"uid\":1,\"gid\":1,"
			     "\"mtime\":1,\"important\":false,\"class\":\"patrol\",\"retain_"
			     "until\":\"never\"}" },
		"SELECT retain_until FROM item WHERE id=3", "9223372036854775807" },
	{ { .kind = "request",
		  .person = "P041",
		  .details =
			  "{\"id\":1,\"items\":[1,3],\"case\":null,\"purpose\":\"核对\",\"from\":"
			  "\"2023-03-14T18:30:00.000+08:00\",\"to\":\"" LATER "\",\"opens\":2}" },
		"SELECT applicant, kase, purpose, starts, ends, opens, used, state, asked, "
		"decided_by FROM request",
		"2||核对|1678789800000|1678790400000|2|0|0|1678789800005|NULL" },
	{ { .kind = "grant.approve", .person = "083017", .details = "{\"id\":1}" },
		"SELECT state, decided_by, decided_at, reason FROM request",
		"1|1|1678789800005|NULL" },
	{ { .kind = "read.open",
		  .item = 3,
		  .person = "P041",
		  .details = "{\"grant\":1,\"own\":false}" },
		"SELECT used FROM request", "1" },
	{ { .kind = "read.open",
		  .item = 3,
		  .person = "083017",
		  .details = "{\"grant\":null,\"own\":true}" },
		"SELECT used FROM request", "1" },
	{ { .kind = "read.ranges",
		  .item = 3,
		  .person = "P041",
		  .details = "{\"ranges\":[[0,5]],\"bytes\":5,\"grant\":1}" },
		"SELECT used FROM request", "1" },
	{ { .kind = "read.close",
		  .item = 3,
		  .person = "P041",
		  .details = "{\"ranges\":[],\"bytes\":5,\"grant\":1}" },
		"SELECT used FROM request", "1" },
	{ { .kind = "read.damaged", .item = 3, .details = "{\"at\":65536}" },
		"SELECT count(*) FROM event WHERE item=3", "6" },
	{ { .kind = "grant.revoke",
		  .person = "083017",
		  .details = "{\"id\":1,\"reason\":\"误批\"}" },
		"SELECT state, reason FROM request", "3|误批" },
	{ { .kind = "request",
		  .person = "P041",
		  .kase = "N1",
		  .details = "{\"id\":2,\"items\":[],\"case\":\"N1\",\"purpose\":\"x\",\"from\":"
			     "\"" LATER "\","
			     "\"to\":\"" LATER "\",\"opens\":0}" },
		"SELECT kase, opens FROM request WHERE id=2", "N1|0" },
	{ { .kind = "grant.deny", .person = "083017", .details = "{\"id\":2,\"reason\":\"无关\"}" },
		"SELECT state, reason FROM request WHERE id=2", "2|无关" },
	{ { .kind = "refused",
		  .item = 3,
		  .person = "P041",
		  .details = "{\"verb\":\"unlink\",\"errno\":\"EPERM\",\"reason\":\"retained\","
			     "\"path\":\"x\","
			     "\"count\":1}" },
		"SELECT item, person, kase FROM event ORDER BY seq DESC LIMIT 1", "3|2|NULL" },
	{ { .kind = "clock.set",
		  .person = "083017",
		  .details = "{\"from\":\"" LATER "\",\"to\":\"" LATER "\"}" },
		"SELECT at, item, person FROM event ORDER BY seq DESC LIMIT 1",
		"1678789800005|NULL|1" },
	{ { .kind = "clock.gap", .details = "{\"gap_ms\":5,\"refused_ms\":2}" },
		"SELECT kind FROM event ORDER BY seq DESC LIMIT 1", "clock.gap" },
	{ { .kind = "store.mount",
		  .details =
			  "{\"gap_ms\":5,\"refused_ms\":2,\"week_start\":1000,\"week_used\":77}" },
		"SELECT (SELECT value FROM meta WHERE key='week_start'), (SELECT value FROM meta "
		"WHERE key='week_used')",
		"1000|77" },
	{ { .kind = "store.mount",
		  .details =
			  "{\"gap_ms\":5,\"refused_ms\":2,\"week_start\":2000,\"week_used\":78}" },
		"SELECT (SELECT value FROM meta WHERE key='week_start'), (SELECT value FROM meta "
		"WHERE key='week_used')",
		"2000|78" },
	{ { .kind = "store.unmount" }, "SELECT group_concat(items) FROM tally", "1,0,1,1,0" },
};

START_TEST(every_kind)
{
	char all[16];

	for (size_t i = 0; i < N(story); i++) {
		must_apply(&story[i].say);
		expect_row(story[i].query, story[i].want);
	}
	snprintf(all, sizeof all, "%zu", N(story));
	expect_row("SELECT count(*) FROM event", all);
	expect_row("SELECT max(seq)+1 FROM event", all);
	expect_row("SELECT value FROM meta WHERE key='applied'", all);
}
END_TEST

/* What cannot be applied after the whole story; nothing of it may stay. */
static const struct {
	const char *why;
	struct say say;
} refused[] = {
	{ "no such kind", { .kind = "deposit.vanish", .item = 1 } },
	{ "no kind", { .kind = "" } },
	{ "a kind in capitals",
		{ .kind = "Digest",
			.item = 1,
			.details = "{\"sha256\":\"" ROOT "\",\"sm3\":\"" ROOT "\"}" } },
	{ "no such person", { .kind = "refused", .person = "X999" } },
	{ "no such role",
		{ .kind = "register.person",
			.details = "{\"id\":9,\"number\":\"9\",\"name\":\"9\",\"roles\":"
				   "\"emperor\",\"formal\":true}" } },
	{ "a number twice",
		{ .kind = "register.person",
			.details = "{\"id\":9,\"number\":\"P041\",\"name\":\"9\",\"uid\":9,"
				   "\"roles\":\"\",\"formal\":true}" } },
	{ "a uid twice",
		{ .kind = "register.person",
			.details = "{\"id\":9,\"number\":\"9\",\"name\":\"9\",\"uid\":2041,"
				   "\"roles\":\"\",\"formal\":true}" } },
	{ "a code twice",
		{ .kind = "register.unit",
			.details = "{\"id\":2,\"code\":\"370830001003\",\"name\":\"other\"}" } },
	{ "a unit without a name",
		{ .kind = "register.unit", .details = "{\"id\":2,\"code\":\"1\"}" } },
	{ "an item twice",
		{ .kind = "deposit.begin",
			.item = 3,
			.person = "083017",
			.details = "{\"folder\":2,\"name\":\"z\",\"class\":\"patrol\"}" } },
	{ "a name twice",
		{ .kind = "deposit.begin",
			.item = 9,
			.person = "083017",
			.details = "{\"folder\":2,\"name\":\"c.mp4\",\"class\":\"patrol\"}" } },
	{ "a root that is none",
		{ .kind = "deposit.close",
			.item = 3,
			.details = "{\"size\":1,\"root\":\"abc\",\"mtime\":1}" } },
	{ "no root",
		{ .kind = "deposit.close", .item = 3, .details = "{\"size\":1,\"mtime\":1}" } },
	{ "half a digest",
		{ .kind = "digest", .item = 3, .details = "{\"sha256\":\"" ROOT "\"}" } },
	{ "a value that is not base64",
		{ .kind = "label.xattr",
			.item = 3,
			.details = "{\"name\":\"user.a\",\"value\":\"!\"}" } },
	{ "a request twice",
		{ .kind = "request",
			.person = "P041",
			.details = "{\"id\":1,\"items\":[],\"purpose\":\"x\"}" } },
};

START_TEST(not_understood)
{
	char path[PATH_SPACE], *before, *after;
	int err;

	for (size_t i = 0; i < N(story); i++)
		must_apply(&story[i].say);
	in_place(path, "catalog.db");
	before = dump(path);
	err = apply(&refused[_i].say);
	if (err != EUCLEAN)
		ck_abort_msg("%s: gives %d (%s)", refused[_i].why, err, strerror(err));
	after = dump(path);
	same_dump(before, after);
	free(before);
	free(after);
}
END_TEST

/* Texts that are no entry. */
static const struct {
	const char *why, *text;
} texts[] = {
	{ "nothing", "" },
	{ "blank", " " },
	{ "no object", "[]" },
	{ "a string", "\"x\"" },
	{ "cut off", "{\"seq\":7,\"event\":\"refused\"" },
	{ "more behind it", "{\"seq\":7,\"event\":\"refused\"} {}" },
	{ "another number", "{\"seq\":8,\"event\":\"refused\"}" },
	{ "no number", "{\"event\":\"refused\"}" },
	{ "a number in quotes", "{\"seq\":\"7\",\"event\":\"refused\"}" },
	{ "no kind", "{\"seq\":7}" },
	{ "a kind that is no text", "{\"seq\":7,\"event\":5}" },
	{ "a key twice", "{\"seq\":7,\"seq\":7,\"event\":\"refused\"}" },
	{ "not UTF-8", "{\"seq\":7,\"event\":\"\xff\"}" },
};

START_TEST(not_an_entry)
{
	json_t *j = NULL;
	int err = event_decode(texts[_i].text, strlen(texts[_i].text), 7, &j);

	if (err != EUCLEAN || j != NULL)
		ck_abort_msg("%s: gives %d", texts[_i].why, err);
	GIVES(0, event_decode("{\"seq\":7,\"event\":\"refused\"}", 27, 7, &j));
	json_decref(j);
}
END_TEST

/* Instants that make no head. */
START_TEST(without_a_time)
{
	static const char *const entries[] = {
		"{\"seq\":0,\"event\":\"refused\",\"clock\":\"" LATER "\"}",
		"{\"seq\":0,\"event\":\"refused\",\"time\":\"" LATER "\"}",
		"{\"seq\":0,\"event\":\"refused\",\"time\":\"yesterday\",\"clock\":\"" LATER "\"}",
	};
	json_t *j;

	for (size_t i = 0; i < N(entries); i++) {
		GIVES(0, event_decode(entries[i], strlen(entries[i]), 0, &j));
		GIVES(EUCLEAN, event_apply(db, j));
		json_decref(j);
	}
}
END_TEST

START_TEST(as_it_stands)
{
	struct subject who = {
		.uid = 4000000000u, .gid = 3, .pid = -1, .person = { .id = 5, .number = "083017" }
	};
	struct event e = { .kind = "refused",
		.who = &who,
		.item = 9,
		.kase = "汶市监立〔2023〕47号",
		.details = json_pack("{s:i}", "a", 1) };
	json_t *j;
	char *text;

	strcpy(who.program, "/opt/\xff\xfe/播放");
	j = event_encode(&e, 12, &now);
	text = event_text(j);
	HOLDS(strstr(text,
		      "\"program\":\"/opt/?"
		      "?/") != NULL);
	json_decref(j);
	free(text);
	strcpy(who.program, "/opt/\"播放\n");
	j = event_encode(&e, 12, &now);
	text = event_text(j);
	ck_assert_str_eq(text,
		"{\"seq\":12,\"time\":\"2023-03-14T18:30:00.005+08:00\",\"clock\":\"2023-03-14T18:"
		"30:00.000+08:00\",\"subject\":{\"person\":"
		"\"083017\",\"uid\":4000000000,\"gid\":3,\"pid\":-1,\"program\":\"/opt/"
		"\\\"播放\\n\"},\"event\":\"refused\",\"item\":9,\"case\":"
		"\"汶市监立〔2023〕47号\",\"details\":{\"a\":1},\"policy\":3}");
	json_decref(j);
	json_decref(e.details);
	free(text);
	who.person.id = 0;
	e = (struct event){ .kind = "refused", .who = &who };
	who.program[0] = '\0';
	j = event_encode(&e, 0, &now);
	text = event_text(j);
	HOLDS(strstr(text, "\"person\":null,") && strstr(text, "\"program\":\"\"") &&
		strstr(text, "\"item\":null,\"case\":null,\"details\":null"));
	json_decref(j);
	free(text);
}
END_TEST

START_TEST(fields)
{
	json_t *j = json_pack(
		"{s:i, s:s, s:n, s:f, s:b}", "i", 5, "s", "text", "n", "f", 1.5, "b", 1);

	ck_assert_int_eq(jsonget_int(j, "i", 9), 5);
	ck_assert_int_eq(jsonget_int(j, "s", 9), 9);
	ck_assert_int_eq(jsonget_int(j, "n", 9), 9);
	ck_assert_int_eq(jsonget_int(j, "f", 9), 9);
	ck_assert_int_eq(jsonget_int(j, "b", 9), 9);
	ck_assert_int_eq(jsonget_int(j, "absent", -9), -9);
	ck_assert_int_eq(jsonget_int(NULL, "i", 9), 9);
	ck_assert_str_eq(jsonget_str(j, "s"), "text");
	HOLDS(jsonget_str(j, "i") == NULL && jsonget_str(j, "n") == NULL &&
		jsonget_str(j, "absent") == NULL && jsonget_str(NULL, "s") == NULL);
	json_decref(j);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("events");
	TCase *t = tcase_create("kinds");

	if (digest_init() != 0)
		return EXIT_FAILURE;
	ready(t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_kind);
	tcase_add_loop_test(t, not_understood, 0, (int)N(refused));
	tcase_add_loop_test(t, not_an_entry, 0, (int)N(texts));
	tcase_add_test(t, without_a_time);
	tcase_add_test(t, as_it_stands);
	tcase_add_test(t, fields);
	suite_add_tcase(s, t);
	return fixture_run(s);
}
