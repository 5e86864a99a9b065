/* custody copy: registering what is on an offline medium, and how a reading of it ended (Art. 12,
 * Q11). */
#include <errno.h>
#include <stdlib.h>

#include "fs/act/copy.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

static json_t *items_json(struct query *q, const struct copy_act *a)
{
	json_t *rows = json_array();
	struct item item;

	for (size_t i = 0; i < a->count; i++)
		if (catalog_item(q->db, a->items[i], &item) == 0)
			json_array_append_new(rows, query_copied_json(q, &item));
	return rows;
}

static int command_copy_register(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *type = jsonget_str(request, "type");
	struct copy_act a = { .medium = jsonget_str(request, "medium"),
		.type = copy_type_parse(type != NULL ? type : "") };
	int64_t *items;
	int err = command_numbers(json_object_get(request, "items"), &items, &a.count);

	a.items = items;
	if (err == 0)
		err = copy_register(c, &a);
	if (a.why != REASON_NONE)
		err = query_refuse(q, a.why, a.at_fault);
	else if (err == 0)
		*answer = json_pack("{s:o, s:o}", "copy", query_copy_json(q, &a.copy), "rows",
			items_json(q, &a));
	free(items);
	return err;
}

static int command_copy_verified(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct copy_act a = { .medium = jsonget_str(request, "medium"),
		.reading = { .files = jsonget_int(request, "files", -1),
			.extra = jsonget_int(request, "extra", -1),
			.missing_count = jsonget_int(request, "missing_count", -1),
			.damaged_count = jsonget_int(request, "damaged_count", -1) } };
	struct copy_reading *r = &a.reading;
	int64_t *missing, *damaged = NULL;
	int err = command_numbers(
		json_object_get(request, "missing"), &missing, &r->missing_listed);

	if (err == 0)
		err = command_numbers(
			json_object_get(request, "damaged"), &damaged, &r->damaged_listed);
	r->missing = missing;
	r->damaged = damaged;
	if (err == 0)
		err = copy_report(c, &a);
	if (a.why != REASON_NONE)
		err = query_refuse(q, a.why, a.at_fault);
	else if (err == 0)
		*answer = json_pack("{s:o}", "copy", query_copy_json(q, &a.copy));
	free(missing);
	free(damaged);
	return err;
}

const struct command command_copy[] = {
	{ "copy.register", command_copy_register,
		FIELDS(TEXT("medium"), TEXT("type"), NUMBERS("items")) },
	{ "copy.verified", command_copy_verified,
		FIELDS(TEXT("medium"), NUMBER("files"), NUMBER("extra"), NUMBERS("missing"),
			NUMBERS("damaged"), NUMBER("missing_count"), NUMBER("damaged_count")) },
	{ NULL, NULL, NULL },
};
