/* What each kind of event does to the catalog: the register, deposits, labels, requests, readings.
 * The other parts have files of their own (apply.h). */
#include "fs/store/records/apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/catalog.h"
#include "fs/store/catalog/views.h"
#include "fs/store/records/event.h"
#include "policy/role.h"

int64_t day_field(const json_t *d, const char *key)
{
	const char *text = jsonget_str(d, key);
	int32_t day;

	return text != NULL && day_parse(text, &day) ? day : DAY_NONE;
}

int64_t instant_field(const json_t *d, const char *key)
{
	const char *text = jsonget_str(d, key);
	int64_t ms;

	return text != NULL && instant_parse(text, 0, &ms) ? ms : INSTANT_NEVER;
}

int apply_none(struct sql *db, const struct head *h)
{
	(void)db, (void)h;
	return 0;
}

static int apply_unit(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO unit(id, code, name) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET "
		"code=excluded.code, name=excluded.name",
		"iss", jsonget_int(h->d, "id", 0), jsonget_str(h->d, "code"),
		jsonget_str(h->d, "name"));
}

static int apply_device(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO device(id, serial, unit) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET "
		"serial=excluded.serial, unit=excluded.unit",
		"isi", jsonget_int(h->d, "id", 0), jsonget_str(h->d, "serial"),
		jsonget_int(h->d, "unit_id", 0));
}

static int apply_person(struct sql *db, const struct head *h)
{
	const json_t *d = h->d;
	const char *list = jsonget_str(d, "roles");
	int64_t from = day_field(d, "certified_from"), to = day_field(d, "certified_to"),
		uid = jsonget_int(d, "uid", -1);
	unsigned roles = 0;
	int err;

	if (list != NULL && *list != '\0' && !roles_parse(list, &roles))
		return EUCLEAN;
	err = sql_run(db,
		"INSERT INTO person(id, number, name, uid, unit, roles, formal, cert_from, cert_to)"
		" VALUES(?,?,?,iif(?4<0,NULL,?4),?,?,?,iif(?8<?10,NULL,?8),iif(?9<?10,NULL,?9)) ON "
		"CONFLICT(id) DO UPDATE SET"
		" number=excluded.number, name=excluded.name, uid=excluded.uid, "
		"unit=excluded.unit, roles=excluded.roles,"
		" formal=excluded.formal, cert_from=excluded.cert_from, cert_to=excluded.cert_to",
		"issiiiiiii", jsonget_int(d, "id", 0), jsonget_str(d, "number"),
		jsonget_str(d, "name"), uid, jsonget_int(d, "unit_id", 0), (int64_t)roles,
		(int64_t)json_is_true(json_object_get(d, "formal")), from, to,
		(int64_t)DAY_NONE + 1);
	return err == 0 ? apply_custodian(db, jsonget_int(d, "id", 0), jsonget_int(d, "unit_id", 0),
				  roles & ROLE_CUSTODIAN, h->wall)
			: err;
}

static int apply_folder_make(struct sql *db, const struct head *h)
{
	const json_t *d = h->d;

	return sql_run(db,
		"INSERT INTO folder(id, unit, device, officer, day, kase, made) "
		"VALUES(?,?,?,?,?,?,?)"
		" ON CONFLICT(id) DO UPDATE SET removed=0, made=excluded.made",
		"iiiiisi", jsonget_int(d, "id", 0), jsonget_int(d, "unit_id", 0),
		jsonget_int(d, "device_id", 0), jsonget_int(d, "officer_id", 0),
		day_field(d, "date"), jsonget_str(d, "case"), h->clock);
}

static int apply_folder_remove(struct sql *db, const struct head *h)
{
	return sql_run(
		db, "UPDATE folder SET removed=1 WHERE id=?", "i", jsonget_int(h->d, "id", 0));
}

static int apply_begin(struct sql *db, const struct head *h)
{
	const json_t *d = h->d;

	return sql_run(db,
		"INSERT INTO item(id, folder, name, state, depositor, uid, gid, mode, mtime, "
		"begun, important, class, retain_until, policy)"
		" VALUES(?,?,?,0,?,?,?,?,?,?,?,?,?,?)",
		"iisiiiiiiisii", h->item, jsonget_int(d, "folder", 0), jsonget_str(d, "name"),
		h->person, jsonget_int(d, "uid", 0), jsonget_int(d, "gid", 0),
		jsonget_int(d, "mode", 0), jsonget_int(d, "mtime", 0), h->clock,
		(int64_t)json_is_true(json_object_get(d, "important")), jsonget_str(d, "class"),
		instant_field(d, "retain_until"), h->policy);
}

static int apply_close(struct sql *db, const struct head *h)
{
	uint8_t root[HASH_LEN];
	const char *hex = jsonget_str(h->d, "root");

	if (hex == NULL || !hash_unhex(hex, root))
		return EUCLEAN;
	return sql_run(db, "UPDATE item SET closed=1, size=?, root=?, mtime=? WHERE id=?", "ibii",
		jsonget_int(h->d, "size", 0), (const void *)root, (size_t)HASH_LEN,
		jsonget_int(h->d, "mtime", 0), h->item);
}

/* One that was opened again and is still empty stays sealed since when it was: else its settle
 * window could be renewed for ever. */
static int apply_seal(struct sql *db, const struct head *h)
{
	int err = sql_run(db,
		"UPDATE item SET state=1, sealed=iif(size=0 AND sealed<>0, sealed, ?), "
		"settle_until=? WHERE id=?",
		"iii", h->clock, instant_field(h->d, "settle_until"), h->item);

	return err == 0 ? views_enter(db, h->item) : err;
}

/* A still empty file is opened for writing again: receiving once more, and what was computed of its
 * emptiness is void. */
static int apply_reopen(struct sql *db, const struct head *h)
{
	int err = sql_run(db,
		"UPDATE item SET state=0, closed=0, settle_until=0, sha256=NULL, sm3=NULL WHERE "
		"id=?",
		"i", h->item);

	return err == 0 ? views_leave(db, h->item, 0) : err;
}

static int apply_incomplete(struct sql *db, const struct head *h)
{
	int err = sql_run(db, "UPDATE item SET state=2, reason=?, size=? WHERE id=?", "sii",
		jsonget_str(h->d, "reason"), jsonget_int(h->d, "size", 0), h->item);

	return err == 0 ? views_leave(db, h->item, 0) : err;
}

/* Bytes whose beginning a power cut took off the ledger: an item of its own, whose name and place
 * nobody knows any more. */
static int apply_orphan(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"INSERT INTO item(id, folder, name, state, depositor, uid, gid, mode, size, mtime, "
		"begun, important, class, retain_until, reason, policy)"
		" VALUES(?1,0,?2,2,0,0,0,0,?3,0,?4,0,'patrol',?5,?6,?7)",
		"isiiisi", h->item, jsonget_str(h->d, "name"), jsonget_int(h->d, "size", 0),
		h->clock, INSTANT_NEVER, jsonget_str(h->d, "reason"), h->policy);
}

static int apply_withdraw(struct sql *db, const struct head *h)
{
	int err = sql_run(db, "UPDATE item SET state=3 WHERE id=?", "i", h->item);

	return err == 0 ? views_leave(db, h->item, 0) : err;
}

static int apply_rename(struct sql *db, const struct head *h)
{
	int err = sql_run(db,
		"UPDATE item SET folder=?, name=?, important=?, settle_until=iif(state=1, ?, 0) "
		"WHERE id=?",
		"isiii", jsonget_int(h->d, "folder", 0), jsonget_str(h->d, "name"),
		(int64_t)json_is_true(json_object_get(h->d, "important")),
		instant_field(h->d, "settle_until"), h->item);

	if (err == 0)
		err = views_leave(db, h->item, 0);
	return err == 0 ? views_enter(db, h->item) : err;
}

static int apply_attr(struct sql *db, const struct head *h)
{
	return sql_run(db,
		"UPDATE item SET mtime=?, mode=?, settle_until=iif(state=1, ?, 0) WHERE id=?",
		"iiii", jsonget_int(h->d, "mtime", 0), jsonget_int(h->d, "mode", 0),
		instant_field(h->d, "settle_until"), h->item);
}

static int apply_xattr(struct sql *db, const struct head *h)
{
	const char *name = jsonget_str(h->d, "name"), *value = jsonget_str(h->d, "value");
	size_t cap = value != NULL ? strlen(value) + 1 : 1, len = 0;
	uint8_t *bytes;
	int err = 0;

	if (value == NULL)
		err = sql_run(db, "DELETE FROM xattr WHERE item=? AND name=?", "is", h->item, name);
	else {
		bytes = malloc(cap);
		if (bytes == NULL)
			return ENOMEM;
		err = base64_decode(value, strlen(value), bytes, cap, &len)
			? sql_run(db,
				  "INSERT INTO xattr(item, name, value) VALUES(?,?,?) ON "
				  "CONFLICT(item, name) DO UPDATE SET value=excluded.value",
				  "isb", h->item, name, (const void *)bytes, len)
			: EUCLEAN;
		free(bytes);
	}
	if (err == 0)
		err = sql_run(db, "UPDATE item SET settle_until=iif(state=1, ?, 0) WHERE id=?",
			"ii", instant_field(h->d, "settle_until"), h->item);
	return err;
}

static int apply_digest(struct sql *db, const struct head *h)
{
	uint8_t sha[HASH_LEN], sm3[HASH_LEN];
	const char *a = jsonget_str(h->d, "sha256"), *b = jsonget_str(h->d, "sm3");

	if (a == NULL || b == NULL || !hash_unhex(a, sha) || !hash_unhex(b, sm3))
		return EUCLEAN;
	return sql_run(db, "UPDATE item SET sha256=?, sm3=? WHERE id=?", "bbi", (const void *)sha,
		(size_t)HASH_LEN, (const void *)sm3, (size_t)HASH_LEN, h->item);
}

/* The clock's account of gaps, for the next mount. */
static int apply_mount(struct sql *db, const struct head *h)
{
	int err = sql_run(db,
		"INSERT INTO meta VALUES('week_start', ?) ON CONFLICT DO UPDATE SET "
		"value=excluded.value",
		"i", jsonget_int(h->d, "week_start", 0));

	if (err == 0)
		err = sql_run(db,
			"INSERT INTO meta VALUES('week_used', ?) ON CONFLICT DO UPDATE SET "
			"value=excluded.value",
			"i", jsonget_int(h->d, "week_used", 0));
	return err;
}

static const struct apply table[] = {
	{ "read.close", apply_none },
	{ "read.ranges", apply_none },
	{ "read.damaged", apply_none },
	{ "refused", apply_none },
	{ "deposit.begin", apply_begin },
	{ "deposit.close", apply_close },
	{ "deposit.seal", apply_seal },
	{ "deposit.reopen", apply_reopen },
	{ "deposit.incomplete", apply_incomplete },
	{ "deposit.orphan", apply_orphan },
	{ "deposit.withdraw", apply_withdraw },
	{ "digest", apply_digest },
	{ "label.rename", apply_rename },
	{ "label.attr", apply_attr },
	{ "label.xattr", apply_xattr },
	{ "folder.make", apply_folder_make },
	{ "folder.remove", apply_folder_remove },
	{ "register.unit", apply_unit },
	{ "register.device", apply_device },
	{ "register.person", apply_person },
	{ "store.make", apply_none },
	{ "store.mount", apply_mount },
	{ "store.unmount", apply_none },
	{ "store.recovered", apply_none },
};

static const struct catalog_part *const parts[] = { &catalog_grants, &catalog_cases,
	&catalog_retention, &catalog_holds, &catalog_clock, &catalog_findings, &catalog_tags,
	&catalog_copies, &catalog_disposals, &catalog_views };
#define PARTS (sizeof parts / sizeof parts[0])

const char *catalog_part_schema(size_t part)
{
	return part < PARTS ? parts[part]->schema : NULL;
}

static apply_fn find(const struct apply *events, size_t count, const char *kind)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(events[i].kind, kind) == 0)
			return events[i].apply;
	return NULL;
}

static apply_fn find_any(const char *kind)
{
	apply_fn fn = find(table, sizeof table / sizeof table[0], kind);

	for (size_t i = 0; i < PARTS && fn == NULL; i++)
		fn = find(parts[i]->events, parts[i]->count, kind);
	return fn;
}

/* Fills the head from the entry.  The person is found by number: ids stay the catalog's own
 * affair. */
static int read_head(struct sql *db, json_t *entry, struct head *h)
{
	const char *time = jsonget_str(entry, "time"), *clock = jsonget_str(entry, "clock");
	const char *number = jsonget_str(json_object_get(entry, "subject"), "person");
	int err;

	h->seq = jsonget_int(entry, "seq", -1);
	h->item = jsonget_int(entry, "item", 0);
	h->kase = jsonget_str(entry, "case");
	h->d = json_object_get(entry, "details");
	h->policy = jsonget_int(entry, "policy", 1);
	h->person = 0;
	if (h->seq < 0 || time == NULL || clock == NULL || !instant_parse(time, 0, &h->wall) ||
		!instant_parse(clock, 0, &h->clock))
		return EUCLEAN;
	if (number == NULL)
		return 0;
	err = sql_value(db, &h->person, "SELECT id FROM person WHERE number=?", "s", number);
	return err == ENOENT ? EUCLEAN : err;
}

int event_apply(struct sql *db, json_t *entry)
{
	const char *kind = jsonget_str(entry, "event");
	apply_fn apply = kind != NULL ? find_any(kind) : NULL;
	struct head h;
	int err;

	if (apply == NULL)
		return EUCLEAN;
	err = read_head(db, entry, &h);
	if (err == 0)
		err = apply(db, &h);
	if (err == EEXIST) /* the committer checks before it emits, so a clash is a ledger that
			      contradicts itself */
		err = EUCLEAN;
	if (err == 0)
		err = sql_run(db,
			"INSERT INTO event(seq, at, kind, item, person, kase) "
			"VALUES(?1,?2,?3,iif(?4=0,NULL,?4),iif(?5=0,NULL,?5),?6)",
			"iisiis", h.seq, h.wall, kind, h.item, h.person, h.kase);
	if (err == 0)
		err = sql_run(db, "UPDATE meta SET value=?1+1 WHERE key='applied'", "i", h.seq);
	return err == EEXIST ? EUCLEAN : err;
}
