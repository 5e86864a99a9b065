#include "fs/ctl/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/reading.h"
#include "fs/act/target.h"
#include "fs/deposit/deposit.h"
#include "fs/store/base/jsonget.h"

void command_status(struct call *c, json_t *status)
{
	json_object_set_new(
		status, "open_deposits", json_integer((json_int_t)deposits_count(c->fs->deposits)));
	json_object_set_new(
		status, "open_reads", json_integer((json_int_t)readings_count(c->fs->readings)));
	json_object_set_new(status, "mounted_since",
		query_instant(&(struct query){ .now = c->now }, c->fs->mounted));
}

static const struct command *const tables[] = { command_case, command_clock, command_copy,
	command_dispose, command_finding, command_hold, command_policy, command_register,
	command_request, command_tag, command_why };

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		for (const struct command *row = tables[i]; row->name != NULL; row++)
			if (strcmp(row->name, name) == 0)
				return row;
	return NULL;
}

int command_target(struct call *c, struct query *q, const json_t *request, struct node *out)
{
	const char *path = jsonget_str(request, "path");
	int err = target_find(c, path, jsonget_int(request, "item", 0), out);

	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "item")
			     : err;
}

int command_refuse(struct query *q, enum reason why, const char *field)
{
	q->recorded = true;
	return query_refuse(q, why, field);
}

int command_numbers(const json_t *list, int64_t **out, size_t *count)
{
	*count = json_array_size(list);
	*out = json_is_array(list) ? malloc((*count + 1) * sizeof **out) : NULL;
	if (*out == NULL)
		return json_is_array(list) ? ENOMEM : 0;
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = json_integer_value(json_array_get(list, i));
	return 0;
}
