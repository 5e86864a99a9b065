#include "fs/watch/finder_refusals.h"

#include <stdio.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/readings.h"

#define HOUR_MS INT64_C(3600000)

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
static int find_uncertified(struct finder_look *l, const char *path)
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

static int count_storm(struct finder_look *l, const json_t *entry, int64_t count)
{
	const json_t *subject = json_object_get(entry, "subject");
	const char *person = jsonget_str(subject, "person"), *time = jsonget_str(entry, "time");
	uint32_t uid = (uint32_t)jsonget_int(subject, "uid", 0);
	struct finding f = FINDING_NEW(FINDING_STORM);
	struct finder_storm *s;
	int64_t at = 0, most;
	int err = policies_setting(l->db, "refusal-storm", &most);

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

int finder_refused(struct finder_look *l, const struct finder_event *e)
{
	struct refused r;
	json_t *entry;
	int err = finder_entry(l, e->seq, &entry);

	if (err != 0)
		return err;
	refused_read(json_object_get(entry, "details"), &r);
	if (r.reason != NULL && r.path != NULL &&
		(strcmp(r.reason, reason_name(REASON_NOT_CERTIFIED)) == 0 ||
			strcmp(r.reason, reason_name(REASON_NOT_FORMAL)) == 0))
		err = find_uncertified(l, r.path);
	if (err == 0)
		err = count_storm(l, entry, r.count > 0 ? r.count : 1); /* 0: it says none */
	json_decref(entry);
	return err;
}
