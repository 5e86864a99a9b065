/* Places: where a path leads, for questions about all that lies there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/catalog/views.h"
#include "fs/store/query/query.h"

int query_place_of(struct sql *db, int64_t folder, struct query_place *out)
{
	struct folder f;
	int err = catalog_folder(db, folder, &f);

	if (err != 0)
		return err;
	*out = (struct query_place){ .unit = f.unit,
		.device = f.device,
		.officer = f.officer,
		.day = f.day,
		.folder = f.id };
	snprintf(out->kase, sizeof out->kase, "%s", f.kase);
	return 0;
}

int query_place_of_view(struct sql *db, const struct view_at *at, struct query_place *out)
{
	struct scope s;
	int err = views_scope(db, at, &s);

	*out = (struct query_place){ .day = DAY_NONE, .view = true };
	if (err == ENOTSUP) { /* a party's or a cause's folder, or the folder of them all */
		out->group = at->id;
		return views_there(db, at, &(int64_t){ 0 });
	}
	if (err != 0)
		return err;
	out->unit = s.unit;
	out->device = s.device;
	out->officer = s.officer;
	out->day = s.day;
	out->casefile = s.kase;
	snprintf(out->kase, sizeof out->kase, "%s", s.folder);
	out->folder = s.folder[0] != '\0' ? at->id : 0;
	return 0;
}

int query_scope(struct query *q, const char *path, struct scope *out)
{
	struct query_place p;
	struct item item;
	int err = q->resolve(q->arg, path, &p);

	if (err == 0 && p.item != 0) {
		err = catalog_item(q->db, p.item, &item);
		return err == 0 ? scopes_of_item(q->db, &item, out) : err;
	}
	if (err != 0 || p.group != 0)
		return err != 0 ? err : ENOTSUP;
	*out = (struct scope){ .kase = p.casefile,
		.unit = p.unit,
		.device = p.device,
		.officer = p.officer,
		.day = p.day };
	snprintf(out->folder, sizeof out->folder, "%s", p.kase);
	return 0;
}

bool query_place_whole(const struct query_place *p)
{
	return p->item == 0 && p->unit == 0 && p->device == 0 && p->officer == 0 &&
		p->day == DAY_NONE && p->casefile == 0 && p->group == 0;
}

bool query_component(const char **path, char out[NAME_BUFFER])
{
	char raw[1024];
	size_t len;

	while (**path == '/')
		(*path)++;
	len = strcspn(*path, "/");
	if (len == 0 || len >= sizeof raw)
		return false;
	memcpy(raw, *path, len);
	raw[len] = '\0';
	*path += len;
	return name_normalise(raw, out) == REASON_NONE;
}

int query_resolve_view(struct sql *db, const char *path, struct query_place *out)
{
	char name[NAME_BUFFER];
	struct view_at at, below;
	int64_t item = 0;
	int err = query_component(&path, name) && view_top(name, &at) ? 0 : ENOENT;

	while (err == 0 && path[strspn(path, "/")] != '\0') {
		if (item != 0 || !query_component(&path, name))
			return ENOENT;
		err = views_lookup(db, &at, name, &below, &item);
		if (err == 0 && item == 0)
			at = below;
	}
	if (err == 0)
		err = query_place_of_view(db, &at, out);
	if (err == 0)
		out->item = item;
	return err;
}

struct sql_rows *query_place_items(
	struct sql *db, const struct query_place *p, int64_t after, int64_t limit)
{
	if (p->item != 0)
		return sql_query(db,
			"SELECT " ITEM_COLUMNS
			" FROM item WHERE id=?1 AND id>?2 AND state=" SQL_SEALED " LIMIT ?3",
			"iii", p->item, after, limit);
	if (p->casefile != 0)
		return sql_query(db,
			"SELECT " ITEM_COLUMNS
			" FROM case_entry JOIN item ON item.id=case_entry.item WHERE "
			"case_entry.kase=?1 AND item.state=" SQL_SEALED " AND item.id>?2"
			" ORDER BY item.id LIMIT ?3",
			"iii", p->casefile, after, limit);
	if (p->group != 0)
		return sql_query(db,
			"SELECT " ITEM_COLUMNS
			" FROM item WHERE item.id IN (SELECT case_entry.item FROM casefile JOIN "
			"case_entry ON case_entry.kase=casefile.id"
			" WHERE casefile.party_group=?1 OR casefile.cause_group=?1) AND "
			"item.state=" SQL_SEALED " AND item.id>?2 ORDER BY item.id LIMIT ?3",
			"iii", p->group, after, limit);
	return sql_query(db,
		"SELECT " ITEM_COLUMNS
		" FROM item JOIN folder ON folder.id=item.folder WHERE item.state=" SQL_SEALED
		" AND item.id>?1"
		" AND (?2=0 OR unit=?2) AND (?3=0 OR device=?3) AND (?4=0 OR officer=?4) AND "
		"(?5=?6 OR day=?5) AND (?7='' OR kase=?7)"
		" ORDER BY item.id LIMIT ?8",
		"iiiiiisi", after, p->unit, p->device, p->officer, (int64_t)p->day,
		(int64_t)DAY_NONE, p->kase, limit);
}

int query_resolve(void *arg, const char *path, struct query_place *out)
{
	struct sql *db = arg;
	char name[7][NAME_BUFFER];
	struct unit u = { .id = 0 };
	struct device d = { .id = 0 };
	struct person p = { .id = 0 };
	struct folder f;
	struct item i = { .id = 0 };
	int32_t day = DAY_NONE;
	const char *whole = path;
	size_t n = 0;
	int err = 0;

	while (n < 7 && query_component(&path, name[n]))
		n++;
	while (*path == '/')
		path++;
	if (n > 0 && strcmp(name[0], "by-unit") != 0)
		return query_resolve_view(db, whole, out);
	if (*path != '\0')
		return ENOENT;
	if (n > 1)
		err = catalog_unit_named(db, name[1], &u);
	if (err == 0 && n > 2)
		err = catalog_device_in(db, u.id, name[2], &d);
	if (err == 0 && n > 3)
		err = catalog_officer_in(db, u.id, d.id, name[3], &p);
	if (err != 0 || (n > 4 && !day_parse(name[4], &day)))
		return err != 0 ? err : ENOENT;
	*out = (struct query_place){
		.unit = u.id, .device = d.id, .officer = p.id, .day = DAY_NONE
	};
	if (n < 5)
		return 0;
	err = catalog_folder_at(db, u.id, d.id, p.id, day, n > 5 ? name[5] : "", &f);
	if (err == 0)
		err = query_place_of(db, f.id, out);
	if (err != 0 || n < 7)
		return err;
	err = catalog_item_named(db, f.id, name[6], &i);
	out->item = i.id;
	return err;
}

int query_place_numbers(struct sql *db, const struct query_place *p, int64_t after, int64_t *ids,
	size_t most, size_t *count)
{
	struct sql_rows *rows = query_place_items(db, p, after, (int64_t)most);
	int rc = 0;

	*count = 0;
	while (*count < most && (rc = sql_next(rows)) == 1)
		ids[(*count)++] = sql_int(rows, 0);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
