/* Everything about one thing. */
#include <errno.h>

#include "fs/store/query.h"

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

static int show_case(struct query *q, const char *key, json_t **answer)
{
	struct casefile k;
	int err = catalog_case(q->db, key, &k);

	if (err == 0)
		*answer = json_pack("{s:o}", "case", query_case_json(q, &k));
	return err;
}

static json_t *folder_json(struct query *q, int64_t id)
{
	struct folder f;
	char path[2048], day[DAY_TEXT];
	int64_t items = 0, bytes = 0;

	if (catalog_folder(q->db, id, &f) != 0 || catalog_folder_path(q->db, &f, path, sizeof path) != 0)
		return NULL;
	day_format(f.day, day);
	(void)sql_value(q->db, &items, "SELECT count(*) FROM item WHERE folder=? AND state=1", "i", id);
	(void)sql_value(q->db, &bytes, "SELECT coalesce(sum(size),0) FROM item WHERE folder=? AND state=1", "i", id);
	return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:I, s:I}", "path", path, "kind", f.kase[0] != '\0' ? "case" : "date", "date", day,
			 "case", f.kase[0] != '\0' ? f.kase : NULL, "made", query_instant(q, f.made), "items", (json_int_t)items, "bytes", (json_int_t)bytes);
}

/* An item of someone else that is still being received, or out of sight, is shown to those who deal with such. */
static bool sees(struct query *q, const struct item *item)
{
	return q->all || item->state == ITEM_SEALED || item->depositor == q->who->id || act_allowed(q->who, ACT_INCOMPLETE) == REASON_NONE;
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
		*answer = json_pack("{s:o, s:o}", "item", query_item_json(q, &item), "trail", trail);
	return err;
}

int query_show(struct query *q, const json_t *request, json_t **answer)
{
	static const struct { const char *field; int (*fn)(struct query *, const char *, json_t **); } kinds[] = {
		{ "unit", show_unit }, { "device", show_device }, { "person", show_person }, { "case", show_case },
	};
	int64_t item = event_int(request, "item", 0), folder = 0;
	const char *path = event_str(request, "path"), *field = path != NULL ? "path" : "item";
	int err = query_need(q, ACT_BROWSE);

	if (err != 0)
		return err;
	*answer = NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (event_str(request, kinds[i].field) != NULL) {
			err = kinds[i].fn(q, event_str(request, kinds[i].field), answer);
			return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, kinds[i].field) : err;
		}
	if (item == 0 && path != NULL)
		err = q->resolve(q->arg, path, &item, &folder);
	if (err == 0 && item != 0)
		err = show_item(q, item, answer);
	else if (err == 0 && folder != 0) {
		json_t *j = folder_json(q, folder);

		*answer = j != NULL ? json_pack("{s:o}", "folder", j) : NULL;
	}
	return err == ENOENT || (err == 0 && *answer == NULL) ? query_refuse(q, REASON_NOT_FOUND, field) : err;
}
