/* Everything about one thing. */
#include <errno.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/query/query.h"
#include "fs/store/query/query_case.h"

static int show_unit(struct query *q, const char *key, json_t **answer)
{
	struct unit u;
	int err = catalog_unit_find(q->db, key, &u);

	if (err == 0)
		*answer = json_pack("{s:o}", "unit", query_unit_json(&u));
	return err;
}

static int show_device(struct query *q, const char *key, json_t **answer)
{
	struct device d;
	int err = catalog_device_serial(q->db, key, &d);

	if (err == 0)
		*answer = json_pack("{s:o}", "device", query_device_json(q, &d));
	return err;
}

static int show_person(struct query *q, const char *key, json_t **answer)
{
	struct person p;
	int err = catalog_person_number(q->db, key, &p);

	if (err == 0)
		*answer = json_pack("{s:o}", "person", query_person_json(q, &p));
	return err;
}

static const char *kind_of(const struct query_place *p)
{
	return p->casefile != 0      ? "case"
		: p->group != 0      ? "group"
		: p->kase[0] != '\0' ? "case"
		: p->day != DAY_NONE ? "date"
		: p->officer != 0    ? "officer"
		: p->device != 0     ? "device"
		: p->unit != 0       ? "unit"
				     : "top";
}

/* A case's folder: whose it is, and how much is in it. */
static int count_case(struct query *q, int64_t kase, json_t *j)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT casefile.number, count(item.id), coalesce(sum(item.size),0) FROM casefile "
		"LEFT JOIN case_entry"
		" ON case_entry.kase=casefile.id LEFT JOIN item ON item.id=case_entry.item AND "
		"item.state=" SQL_SEALED " WHERE casefile.id=?",
		"i", kase);
	int rc = sql_next(rows);

	if (rc == 1) {
		json_object_set_new(j, "case", json_string(sql_string(rows, 0)));
		json_object_set_new(j, "items", json_integer(sql_int(rows, 1)));
		json_object_set_new(j, "bytes", json_integer(sql_int(rows, 2)));
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

/* How much is in a folder. */
static int count_folder(struct query *q, int64_t folder, json_t *j)
{
	int64_t items, bytes;
	int err = sql_value(q->db, &items,
		"SELECT count(*) FROM item WHERE folder=? AND state=" SQL_SEALED, "i", folder);

	if (err == 0)
		err = sql_value(q->db, &bytes,
			"SELECT coalesce(sum(size),0) FROM item WHERE folder=? AND "
			"state=" SQL_SEALED,
			"i", folder);
	if (err != 0)
		return err;
	json_object_set_new(j, "items", json_integer(items));
	json_object_set_new(j, "bytes", json_integer(bytes));
	return 0;
}

static int show_folder(
	struct query *q, const struct query_place *p, const char *path, json_t **answer)
{
	struct folder f = { .made = 0 };
	char day[DAY_TEXT] = "";
	json_t *j;
	int err = p->folder != 0 ? catalog_folder(q->db, p->folder, &f) : 0;

	if (err != 0)
		return err;
	if (p->day != DAY_NONE)
		day_format(p->day, day);
	j = json_pack("{s:s, s:s, s:s?, s:s?, s:o}", "path", path, "kind", kind_of(p), "date",
		day[0] != '\0' ? day : NULL, "case", p->kase[0] != '\0' ? p->kase : NULL, "made",
		query_instant(q, f.made));
	if (j == NULL)
		return ENOMEM;
	if (p->casefile != 0)
		err = count_case(q, p->casefile, j);
	else if (p->folder != 0) /* below a unit, counting costs the more the more there is */
		err = count_folder(q, p->folder, j);
	if (err == 0)
		*answer = json_pack("{s:o}", "folder", j);
	else
		json_decref(j);
	return err;
}

/* An item of someone else that is still being received, or out of sight, is shown to those who deal
 * with such.  The record of what was disposed of stays for all. */
static bool sees(struct query *q, const struct item *item)
{
	return q->all || item->state == ITEM_SEALED || item->state == ITEM_DISPOSED ||
		item->depositor == q->who->id || act_allowed(q->who, ACT_INCOMPLETE) == REASON_NONE;
}

static int show_item(struct query *q, int64_t id, json_t **answer)
{
	struct item item;
	json_t *trail;
	int err = catalog_item(q->db, id, &item);

	if (err == 0 && !sees(q, &item))
		err = ENOENT;
	if (err == 0)
		err = query_trail(q, id, &trail);
	if (err == 0)
		*answer = json_pack(
			"{s:o, s:o}", "item", query_item_json(q, &item), "trail", trail);
	return err;
}

static int query_show(struct query *q, const json_t *request, json_t **answer)
{
	static const struct {
		const char *field;
		int (*fn)(struct query *, const char *, json_t **);
	} kinds[] = {
		{ "unit", show_unit },
		{ "device", show_device },
		{ "person", show_person },
		{ "case", query_show_case },
	};
	struct query_place place = { .item = jsonget_int(request, "item", 0) };
	const char *path = jsonget_str(request, "path"), *field = path != NULL ? "path" : "item";
	int err = query_need(q, ACT_BROWSE);

	if (err != 0)
		return err;
	*answer = NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (jsonget_str(request, kinds[i].field) != NULL) {
			err = kinds[i].fn(q, jsonget_str(request, kinds[i].field), answer);
			return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, kinds[i].field)
					     : err;
		}
	if (place.item == 0 && path != NULL)
		err = q->resolve(q->arg, path, &place);
	if (err == 0 && place.item != 0)
		err = show_item(q, place.item, answer);
	else if (err == 0 && path != NULL)
		err = show_folder(q, &place, path, answer);
	return err == ENOENT || (err == 0 && *answer == NULL)
		? query_refuse(q, REASON_NOT_FOUND, field)
		: err;
}

const struct query_row query_shows[] = {
	{ "show", query_show,
		FIELDS(TEXT("path"), NUMBER("item"), TEXT("unit"), TEXT("device"), TEXT("person"),
			TEXT("case")) },
	{ NULL, NULL, NULL },
};
