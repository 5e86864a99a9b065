#include "fs/ctl/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/reading.h"
#include "fs/act/target.h"
#include "fs/deposit/deposit.h"
#include "fs/store/base/jsonget.h"
#include "fs/tree/tree.h"
#include "fs/why/why.h"

void command_status(struct call *c, json_t *status)
{
	json_object_set_new(
		status, "open_deposits", json_integer((json_int_t)deposits_count(c->fs->deposits)));
	json_object_set_new(
		status, "open_reads", json_integer((json_int_t)readings_count(c->fs->readings)));
	json_object_set_new(status, "mounted_since",
		query_instant(&(struct query){ .now = c->now }, c->fs->mounted));
}

/* What a path leads to, or, where it is not there, the nearest folder above it that is: what was
 * refused does not exist. */
static int nearest(struct call *c, const char *path, struct node *out, bool *there)
{
	char *copy = strdup(path), *slash;
	int err;

	if (copy == NULL)
		return ENOMEM;
	*there = true;
	while ((err = tree_resolve(c, copy, out)) == ENOENT &&
		(slash = strrchr(copy, '/')) != NULL) {
		*slash = '\0';
		*there = false;
	}
	free(copy);
	return err == ENOTDIR ? ENOENT : err;
}

/* Whether an answer of the folder above can be one for what is not in it: of making it, of what was
 * refused, or who asks is nobody here. */
static bool tells_of_nothing(const struct why *w)
{
	return w->recent || w->verb == VERB_CREATE || w->verb == VERB_MKDIR ||
		w->verb == VERB_SYMLINK || w->verb == VERB_MKNOD || w->reason == REASON_NOBODY ||
		w->reason == REASON_NO_ROLE;
}

/* In a view, what would be removed or renamed is refused as the view's, whatever its state. */
static int judge_place(struct call *c, const char *path, struct why *w)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash != NULL ? strndup(path, (size_t)(slash - path)) : NULL;
	struct node n;
	int err = 0;

	if (folder != NULL && !w->recent &&
		(w->verb == VERB_UNLINK || w->verb == VERB_RENAME || w->verb == VERB_RENAME_OVER ||
			w->verb == VERB_RENAME_AWAY)) {
		err = tree_resolve(c, folder, &n);
		if (err == 0 && n.kind == NODE_VIEW && w->reason == REASON_NONE)
			w->reason = REASON_VIEW;
	}
	free(folder);
	return err;
}

static int command_why(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *path = jsonget_str(request, "path"), *name = jsonget_str(request, "verb");
	enum verb verb = name != NULL ? verb_parse_word(name) : VERB_COUNT;
	struct node n;
	json_t *facts;
	struct why w;
	bool there;
	int err;

	if (path == NULL || (name != NULL && verb == VERB_COUNT))
		return query_refuse(q, REASON_VALUE_BAD, path == NULL ? "path" : "verb");
	err = nearest(c, path, &n, &there);
	if (err == 0)
		err = why_ask(c, &n, verb, &w);
	if (err == 0 && there)
		err = judge_place(c, path, &w);
	/* of what is not there, nothing is known but why it could not be made */
	if (err == ENOENT ||
		(err == 0 && !there && (w.reason == REASON_NONE || !tells_of_nothing(&w))))
		return query_refuse(q, REASON_NOT_FOUND, "path");
	if (err == 0)
		err = why_facts(c, &n, &w, &facts);
	if (err != 0)
		return err;
	*answer = json_pack("{s:s, s:s, s:b, s:s?, s:s, s:s, s:b, s:o, s:o}", "path", path, "verb",
		verb_name(w.verb), "allowed", w.reason == REASON_NONE, "errno",
		w.reason != REASON_NONE ? strerrorname_np(reason_errno(w.reason)) : NULL, "reason",
		reason_name(w.reason), "text", reason_text(w.reason), "recent", w.recent, "when",
		query_instant(q, w.recent ? w.when : 0), "facts", facts);
	return 0;
}

static const struct command command_rest[] = {
	{ "register.unit", command_register_unit, NULL },
	{ "register.device", command_register_device, NULL },
	{ "register.person", command_register_person, NULL },
	{ "register.case", command_register_case, NULL },
	{ "case.link", command_case_link, NULL },
	{ "case.unlink", command_case_unlink, NULL },
	{ "case.alias", command_case_alias, NULL },
	{ "case.close", command_case_close, NULL },
	{ "why", command_why, NULL },
	{ NULL, NULL, NULL },
};

static const struct command *const tables[] = { command_clock, command_copy, command_dispose,
	command_finding, command_hold, command_policy, command_request, command_tag, command_rest };

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
