#include "fs/watch/finder_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/clock.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/tags.h"

#define HOUR_MS INT64_C(3600000)

int finder_found(struct finder_look *l, const struct finding *f, bool right)
{
	struct finder_found *more;

	if (l->count == l->cap) {
		more = realloc(l->found, (l->cap + 64) * sizeof *more);
		if (more == NULL)
			return ENOMEM;
		l->found = more;
		l->cap += 64;
	}
	l->found[l->count++] = (struct finder_found){ *f, right };
	return 0;
}

/* The details of an event, for those kinds where they matter. */
static int entry_of(struct finder_look *l, uint64_t seq, json_t **out)
{
	char *text;
	size_t len;
	int err = ledger_entry(l->fs->store->ledger, seq, &text, &len);

	if (err != 0)
		return err;
	err = event_decode(text, len, seq, out);
	free(text);
	return err;
}

static void key_number(struct finding *f, int64_t n)
{
	snprintf(f->key, sizeof f->key, "%lld", (long long)n);
}

/* --- what was sealed: late? its device out of service? its number a gap's end? --- */

static int out_of_service(struct finder_look *l, const struct item *item, const struct scope *at)
{
	struct finding f = FINDING_NEW(FINDING_SERVICE);
	int64_t n = 0;
	int err = sql_value(l->db, &n,
		"SELECT count(*) FROM service WHERE device=?1 AND since<=?2 AND (until IS NULL OR "
		"until>=?2)",
		"ii", at->device, (int64_t)at->day);

	if (err != 0 || n == 0)
		return err;
	key_number(&f, item->id);
	err = findings_place(l->db, item->id, &f);
	return err == 0 ? finder_found(l, &f, false) : err;
}

static int late(struct finder_look *l, const struct item *item, const struct scope *at)
{
	struct finding f = FINDING_NEW(FINDING_LATE);
	int32_t deposited = day_of_instant(item->sealed, l->now.utc_offset);
	int64_t cutoff;
	int err = policy_setting(l->db, "late-cutoff-days", &cutoff);

	if (err != 0 || !finding_late(at->day, deposited, cutoff))
		return err;
	key_number(&f, item->id);
	snprintf(f.note, sizeof f.note, "%d", deposited - at->day);
	err = findings_place(l->db, item->id, &f);
	return err == 0 ? finder_found(l, &f, false) : err;
}

static int on_seal(struct finder_look *l, const struct finder_event *e)
{
	struct item item;
	struct scope at;
	int err = catalog_item(l->db, e->item, &item);

	if (err == 0)
		err = scopes_of_item(l->db, &item, &at);
	if (err != 0 || item.state != ITEM_SEALED)
		return err;
	err = late(l, &item, &at);
	if (err == 0)
		err = out_of_service(l, &item, &at);
	return err == 0 ? finder_gaps_touch(l->memory, at.device, at.day) : err;
}

/* --- refusals: of uncertified officers' recordings, and storms --- */

/* How much of a path is its first n components. */
static size_t first_parts(const char *path, int n)
{
	size_t len = 0;

	for (int i = 0; i < n && path[len] != '\0'; i++) {
		len += path[len] == '/';
		len += strcspn(path + len, "/");
	}
	return len;
}

/* One finding for an officer's day, however many files were tried. */
static int uncertified(struct finder_look *l, const char *path)
{
	struct finding f = FINDING_NEW(FINDING_UNCERTIFIED);
	char number[64];
	struct person officer;

	if (first_parts(path, 5) >= sizeof f.key)
		return 0; /* no such folder can be: names have an end */
	snprintf(f.key, sizeof f.key, "%.*s", (int)first_parts(path, 5), path);
	snprintf(f.note, sizeof f.note, "%s", f.key);
	if (sscanf(path, "by-unit/%*[^/]/%*[^/]/%63[^/]", number) == 1 &&
		catalog_person_number(l->db, number, &officer) == 0) {
		f.officer = officer.id;
		f.unit = officer.unit;
	}
	return finder_found(l, &f, false);
}

/* The count of somebody's refusals of an hour; for a new one, one of an earlier hour makes room, or
 * the smallest. */
static struct finder_storm *storm_of(struct finder_memory *m, uint32_t uid, int64_t hour)
{
	struct finder_storm *least = &m->storm[0];

	for (struct finder_storm *s = m->storm; s < m->storm + FINDER_STORMS; s++) {
		if (s->uid == uid && s->hour == hour)
			return s;
		if (s->hour < least->hour || (s->hour == least->hour && s->count < least->count))
			least = s;
	}
	*least = (struct finder_storm){ uid, hour, 0 };
	return least;
}

static int storm(struct finder_look *l, const json_t *entry, int64_t count)
{
	const json_t *subject = json_object_get(entry, "subject");
	const char *person = jsonget_str(subject, "person"), *time = jsonget_str(entry, "time");
	uint32_t uid = (uint32_t)jsonget_int(subject, "uid", 0);
	struct finding f = FINDING_NEW(FINDING_STORM);
	struct finder_storm *s;
	int64_t at = 0, most;
	int err = policy_setting(l->db, "refusal-storm", &most);

	if (err != 0 || time == NULL || !instant_parse(time, 0, &at))
		return err;
	s = storm_of(l->memory, uid, at / HOUR_MS);
	s->count += count;
	if (s->count < most || s->count - count >= most) /* once, when it becomes one */
		return 0;
	snprintf(f.key, sizeof f.key, "%u:%lld", uid, (long long)s->hour);
	snprintf(f.note, sizeof f.note, "%s", person != NULL ? person : "");
	return finder_found(l, &f, false);
}

static int on_refused(struct finder_look *l, const struct finder_event *e)
{
	json_t *entry;
	const json_t *d;
	const char *reason, *path;
	int err = entry_of(l, e->seq, &entry);

	if (err != 0)
		return err;
	d = json_object_get(entry, "details");
	reason = jsonget_str(d, "reason");
	path = jsonget_str(d, "path");
	if (reason != NULL && path != NULL &&
		(strcmp(reason, reason_name(REASON_NOT_CERTIFIED)) == 0 ||
			strcmp(reason, reason_name(REASON_NOT_FORMAL)) == 0))
		err = uncertified(l, path);
	if (err == 0)
		err = storm(l, entry, jsonget_int(d, "count", 1));
	json_decref(entry);
	return err;
}

/* --- the clock --- */

static int clock_moved(struct finder_look *l, const struct finder_event *e, const char *field)
{
	struct finding f = FINDING_NEW(FINDING_CLOCK);
	json_t *entry;
	int err = entry_of(l, e->seq, &entry);

	if (err != 0)
		return err;
	key_number(&f, (int64_t)e->seq);
	snprintf(f.note, sizeof f.note, "%lld",
		(long long)jsonget_int(json_object_get(entry, "details"), field, 0));
	json_decref(entry);
	return finder_found(l, &f, false);
}

static int on_gap(struct finder_look *l, const struct finder_event *e)
{
	return clock_moved(l, e, "gap_ms");
}

static int on_jump(struct finder_look *l, const struct finder_event *e)
{
	return clock_moved(l, e, "jump_ms");
}

/* --- the register --- */

/* Every unit: there are few, and one person's entry may concern two of them. */
static int on_register(struct finder_look *l, const struct finder_event *e)
{
	struct sql_rows *rows = sql_query(l->db,
		"SELECT unit.id, (SELECT count(*) FROM custodian WHERE unit=unit.id AND until IS "
		"NULL),"
		" (SELECT count(*) FROM custodian WHERE unit=unit.id AND until IS NOT NULL) FROM "
		"unit ORDER BY unit.id",
		"");
	int rc, err = 0;

	(void)e;
	while (err == 0 && (rc = sql_next(rows)) == 1) {
		struct finding f = FINDING_NEW(FINDING_CUSTODIAN);

		f.unit = sql_int(rows, 0);
		/* a new one each time that the last custodian left */
		snprintf(f.key, sizeof f.key, "%lld:%lld", (long long)f.unit,
			(long long)sql_int(rows, 2));
		err = finder_found(l, &f, sql_int(rows, 1) > 0);
	}
	sql_done(rows);
	return err != 0 ? err : -rc;
}

/* A window was registered after the recordings came. */
static int on_service(struct finder_look *l, const struct finder_event *e)
{
	json_t *entry;
	int64_t device, items[256], after = 0;
	size_t n;
	int rc, err = entry_of(l, e->seq, &entry);

	if (err != 0)
		return err;
	device = jsonget_int(json_object_get(entry, "details"), "device_id", 0);
	json_decref(entry);
	do {
		struct sql_rows *rows = sql_query(l->db,
			"SELECT item.id FROM service JOIN folder ON folder.device=service.device "
			"AND folder.day>=service.since"
			" AND (service.until IS NULL OR folder.day<=service.until) JOIN item ON "
			"item.folder=folder.id"
			" WHERE service.device=? AND item.state=1 AND item.id>? ORDER BY item.id "
			"LIMIT 256",
			"ii", device, after);

		for (n = 0; (rc = sql_next(rows)) == 1; n++)
			after = items[n] = sql_int(rows, 0);
		for (size_t i = 0; i < n && rc == 0 && err == 0; i++) {
			struct finding f = FINDING_NEW(FINDING_SERVICE);

			key_number(&f, items[i]);
			err = findings_place(l->db, items[i], &f);
			if (err == 0)
				err = finder_found(l, &f, false);
		}
	} while (rc == 0 && err == 0 && n == 256);
	return err != 0 ? err : -rc;
}

/* Penalties, compulsion and questioning are recorded with the other side's knowledge (Art. 18). */
static int on_tag(struct finder_look *l, const struct finder_event *e)
{
	struct finding f = FINDING_NEW(FINDING_INFORMED);
	char stage[TAG_VALUE], informed[TAG_VALUE] = "";
	struct item item;
	int err = catalog_item(l->db, e->item, &item);

	if (err == 0)
		err = tags_get(l->db, &item, TAG_STAGE, stage);
	if (err == 0)
		err = tags_get(l->db, &item, TAG_INFORMED, informed);
	if (err == 0)
		err = findings_place(l->db, item.id, &f);
	if (err != 0)
		return err;
	key_number(&f, item.id);
	snprintf(f.note, sizeof f.note, "%s", stage);
	return finder_found(l, &f, !tag_stage_informs(stage) || informed[0] != '\0');
}

static const struct {
	const char *kind;
	int (*judge)(struct finder_look *, const struct finder_event *);
} table[] = {
	{ "deposit.seal", on_seal },
	{ "refused", on_refused },
	{ "clock.gap", on_gap },
	{ "clock.jump", on_jump },
	{ "register.unit", on_register },
	{ "register.person", on_register },
	{ "register.service", on_service },
	{ "tag.set", on_tag },
};

int finder_judge(struct finder_look *l, const struct finder_event *e)
{
	int err = finder_copies_see(l, e);

	if (err != 0)
		return err;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].kind, e->kind) == 0) {
			err = table[i].judge(l, e);
			return err == ENOENT ? 0 : err; /* what it was about is no more */
		}
	return 0;
}
