#include "fs/store/catalog/scopes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/base/jsonget.h"

int scopes_of_item(struct sql *db, const struct item *item, struct scope *out)
{
	struct folder f;
	int err = item->folder != 0 ? catalog_folder_any(db, item->folder, &f) : 0;

	*out = (struct scope){ .item = item->id, .day = DAY_NONE };
	if (err != 0 || item->folder == 0)
		return err;
	out->unit = f.unit;
	out->device = f.device;
	out->officer = f.officer;
	out->day = f.day;
	snprintf(out->folder, sizeof out->folder, "%s", f.kase);
	return 0;
}

static const struct {
	const char *key;
	size_t at;
} ids[] = {
	{ "item", offsetof(struct scope, item) },
	{ "case_id", offsetof(struct scope, kase) },
	{ "unit_id", offsetof(struct scope, unit) },
	{ "device_id", offsetof(struct scope, device) },
	{ "officer_id", offsetof(struct scope, officer) },
};
#define IDS (sizeof ids / sizeof ids[0])

int scopes_cases(struct sql *db, const struct item *item, catalog_each each, void *arg)
{
	struct folder f = { .kase = "" };
	struct sql_rows *rows;
	bool more = true;
	int rc = 0, err = catalog_folder_any(db, item->folder, &f);

	if (err != 0)
		return err;
	rows = sql_query(db, CASES_OF_ITEM("?1", "?2"), "is", item->id, f.kase);
	while (more && (rc = sql_next(rows)) == 1)
		more = each(arg, sql_int(rows, 0));
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

json_t *scopes_json(const struct scope *s)
{
	json_t *j = json_object();
	char day[DAY_TEXT];
	int failed = j == NULL;

	for (size_t i = 0; i < IDS; i++) {
		int64_t id;

		memcpy(&id, (const char *)s + ids[i].at, sizeof id);
		if (id != 0)
			failed |= json_object_set_new(j, ids[i].key, json_integer(id)) != 0;
	}
	if (s->day != DAY_NONE) {
		day_format(s->day, day);
		failed |= json_object_set_new(j, "date", json_string(day)) != 0;
	}
	if (s->folder[0] != '\0')
		failed |= json_object_set_new(j, "folder", json_string(s->folder)) != 0;
	if (failed) {
		json_decref(j);
		return NULL;
	}
	return j;
}

void scopes_parse(const json_t *j, struct scope *out)
{
	const char *day = jsonget_str(j, "date"), *folder = jsonget_str(j, "folder");

	*out = (struct scope)SCOPE_ANY;
	for (size_t i = 0; i < IDS; i++) {
		int64_t id = jsonget_int(j, ids[i].key, 0);

		memcpy((char *)out + ids[i].at, &id, sizeof id);
	}
	if (day != NULL && !day_parse(day, &out->day))
		out->day = DAY_NONE;
	if (folder != NULL)
		snprintf(out->folder, sizeof out->folder, "%s", folder);
}

void scopes_read(struct sql_rows *rows, int column, struct scope *out)
{
	out->item = sql_int(rows, column);
	out->kase = sql_int(rows, column + 1);
	out->unit = sql_int(rows, column + 2);
	out->device = sql_int(rows, column + 3);
	out->officer = sql_int(rows, column + 4);
	out->day = (int32_t)sql_int(rows, column + 5);
	sql_copy(rows, column + 6, out->folder, sizeof out->folder);
}

/* Each arrangement of the tree, as the order of its levels: Unit, Device, Officer, dAy, Folder. */
static const struct {
	const char *view, *levels;
} views[] = {
	{ "by-unit", "udoaf" },
	{ "by-date", "audof" },
	{ "by-officer", "oaudf" },
	{ "by-device", "dauof" },
};

static int level_name(struct sql *db, const struct scope *s, char level, char *out, size_t cap)
{
	struct unit unit = { .name = "" };
	struct device device = { .serial = "" };
	struct person officer = { .number = "" };
	char day[DAY_TEXT];
	int err = 0;

	switch (level) {
	case 'u':
		err = catalog_unit(db, s->unit, &unit);
		snprintf(out, cap, "%s", unit.name);
		break;
	case 'd':
		err = catalog_device(db, s->device, &device);
		snprintf(out, cap, "%s", device.serial);
		break;
	case 'o':
		err = catalog_person(db, s->officer, &officer);
		snprintf(out, cap, "%s", officer.number);
		break;
	case 'a':
		day_format(s->day, day);
		snprintf(out, cap, "%s", day);
		break;
	default:
		snprintf(out, cap, "%s", s->folder);
		break;
	}
	return err;
}

static bool level_set(const struct scope *s, char level)
{
	switch (level) {
	case 'u':
		return s->unit != 0;
	case 'd':
		return s->device != 0;
	case 'o':
		return s->officer != 0;
	case 'a':
		return s->day != DAY_NONE;
	default:
		return s->folder[0] != '\0';
	}
}

/* How many levels of that arrangement the scope sets, where they are its first ones and no others
 * are set; else -1. */
static int depth_in(const struct scope *s, const char *levels)
{
	int depth = 0;

	while (levels[depth] != '\0' && level_set(s, levels[depth]))
		depth++;
	for (int i = depth; levels[i] != '\0'; i++)
		if (level_set(s, levels[i]))
			return -1;
	return depth;
}

int scopes_path_in(struct sql *db, const struct scope *s, const char *top, const char *levels,
	int depth, char *out, size_t cap)
{
	char name[NAME_BUFFER];
	size_t len = (size_t)snprintf(out, cap, "%s", top);
	int err = 0;

	for (int i = 0; i < depth && err == 0 && len < cap; i++) {
		err = level_name(db, s, levels[i], name, sizeof name);
		len += (size_t)snprintf(out + len, cap - len, "/%s", name);
	}
	return err != 0 ? err : len >= cap ? ENAMETOOLONG : 0;
}

int scopes_path(struct sql *db, const struct scope *s, char *out, size_t cap)
{
	struct item item;
	size_t v = 0;
	int err = 0;

	out[0] = '\0';
	if (s->item != 0) {
		err = catalog_item(db, s->item, &item);
		return err == 0 ? catalog_item_path(db, &item, out, cap) : err;
	}
	if (s->kase != 0) {
		struct sql_rows *rows = sql_query(
			db, "SELECT number FROM casefile WHERE id=?", "i", s->kase);
		int rc = sql_next(rows);

		if (rc <= 0)
			return rc == 0 ? ENOENT : -rc;
		err = (size_t)snprintf(out, cap, "by-case/%s", sql_string(rows, 0)) >= cap
			? ENAMETOOLONG
			: 0;
		sql_done(rows);
		return err;
	}
	while (v < sizeof views / sizeof views[0] && depth_in(s, views[v].levels) <= 0)
		v++;
	if (v == sizeof views / sizeof views[0])
		return ENOENT;
	return scopes_path_in(
		db, s, views[v].view, views[v].levels, depth_in(s, views[v].levels), out, cap);
}
