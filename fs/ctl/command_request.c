/* custody request, approve, deny, revoke: asking to read, and deciding on it (Art. 15, Q14). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/request.h"
#include "fs/act/target.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

/* What the request names: by path first, then by number. */
struct named {
	struct node *at;
	size_t count, paths;
};

static int find_named(struct call *c, struct query *q, const json_t *request, struct named *out)
{
	const json_t *paths = json_object_get(request, "paths"),
		     *items = json_object_get(request, "items"), *one;
	size_t i;
	int err = 0;

	if (json_array_size(paths) + json_array_size(items) > REQUEST_TARGETS_MOST)
		return query_refuse(q, REASON_VALUE_BAD, "items");
	out->paths = json_array_size(paths);
	out->at = calloc(out->paths + json_array_size(items) + 1, sizeof *out->at);
	if (out->at == NULL)
		return ENOMEM;
	json_array_foreach(paths, i, one) {
		err = target_find(c, json_string_value(one), 0, &out->at[out->count++]);
		if (err != 0)
			return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "paths") : err;
	}
	json_array_foreach(items, i, one) {
		err = target_find(c, NULL, json_integer_value(one), &out->at[out->count++]);
		if (err != 0)
			return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "items") : err;
	}
	return 0;
}

static int read_instant(struct query *q, const json_t *request, const char *key, int64_t *out)
{
	const char *text = jsonget_str(request, key);

	if (text != NULL && !instant_parse(text, q->now.utc_offset, out))
		return query_refuse(q, REASON_VALUE_BAD, key);
	return 0;
}

static int read_terms(struct query *q, const json_t *request, struct request_act *a)
{
	int err;

	a->number = jsonget_str(request, "case");
	a->purpose = jsonget_str(request, "purpose");
	a->opens = jsonget_int(request, "opens", 0);
	a->from = q->now.wall;
	err = read_instant(q, request, "from", &a->from);
	a->to = a->from + REQUEST_LASTS;
	return err == 0 ? read_instant(q, request, "to", &a->to) : err;
}

/* Translates the act's name of the bad field into the request's. */
static const char *field_at_fault(const struct request_act *a, const struct named *named)
{
	if (a->at_fault == NULL)
		return NULL;
	if (strcmp(a->at_fault, "at") == 0)
		return a->at_index < named->paths || a->at_index == named->count ? "paths"
										 : "items";
	return strcmp(a->at_fault, "number") == 0 ? "case" : a->at_fault;
}

static int command_request_ask(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct request_act a = { .why = REASON_NONE };
	struct named named = { .at = NULL };
	int err = query_need(q, ACT_REQUEST);

	if (err == 0)
		err = find_named(c, q, request, &named);
	if (err == 0)
		err = read_terms(q, request, &a);
	if (err == 0) {
		a.at = named.at;
		a.count = named.count;
		err = request_ask(c, &a);
		if (a.why != REASON_NONE)
			err = query_refuse(q, a.why, field_at_fault(&a, &named));
	}
	if (err == 0)
		*answer = json_pack("{s:o}", "request", query_request_json(q, &a.request));
	free(named.at);
	return err;
}

typedef int (*request_fn)(struct call *c, struct request_act *a);

static int run_decision(
	struct call *c, struct query *q, const json_t *request, request_fn act, json_t **answer)
{
	struct request_act a = { .id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err = act(c, &a);

	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	if (err == 0)
		*answer = json_pack("{s:o}", "request", query_request_json(q, &a.request));
	return err;
}

static int command_approve(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_decision(c, q, request, request_approve, answer);
}

static int command_deny(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_decision(c, q, request, request_deny, answer);
}

static int command_revoke(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_decision(c, q, request, request_revoke, answer);
}

const struct command command_request[] = {
	{ "request", command_request_ask,
		FIELDS(TEXTS("paths"), NUMBERS("items"), TEXT("case"), TEXT("purpose"),
			TEXT("from"), TEXT("to"), NUMBER("opens")) },
	{ "approve", command_approve, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "deny", command_deny, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "revoke", command_revoke, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ NULL, NULL, NULL },
};
