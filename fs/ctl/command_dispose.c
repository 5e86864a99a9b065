/* custody dispose: proposing what is to be disposed of, deciding on it, and carrying it out
 * (Art. 11, 12). */
#include <errno.h>
#include <stdlib.h>

#include "fs/act/disposing.h"
#include "fs/act/proposing.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

static int read_proposal(
	const json_t *request, struct proposing *p, const char ***paths, int64_t **items)
{
	const char *state = jsonget_str(request, "state");
	const json_t *list = json_object_get(request, "paths");

	p->by_state = state != NULL;
	p->state = item_state_parse(state != NULL ? state : "");
	p->path_count = json_array_size(list);
	*paths = malloc((p->path_count + 1) * sizeof **paths);
	if (*paths == NULL)
		return ENOMEM;
	for (size_t i = 0; i < p->path_count; i++)
		(*paths)[i] = json_string_value(json_array_get(list, i));
	return command_numbers(json_object_get(request, "items"), items, &p->item_count);
}

static int answer_proposal(struct query *q, const struct proposing *p, int err, json_t **answer)
{
	q->item = p->item;
	if (p->why != REASON_NONE) /* of a named item the act has recorded it */
		return p->item != 0 ? command_refuse(q, p->why, p->at_fault)
				    : query_refuse(q, p->why, p->at_fault);
	if (err == 0)
		*answer = json_pack("{s:o, s:o}", "proposal",
			p->now.id != 0 ? query_disposal_json(q, &p->now) : json_null(), "cursor",
			query_text(p->next));
	return err;
}

static int command_dispose_propose(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct proposing p = { .expired = json_is_true(json_object_get(request, "expired")),
		.unit = jsonget_str(request, "unit"),
		.reason = jsonget_str(request, "reason"),
		.cursor = jsonget_str(request, "cursor") };
	const char **paths = NULL;
	int64_t *items = NULL;
	int err = read_proposal(request, &p, &paths, &items);

	p.paths = paths;
	p.items = items;
	if (err == 0)
		err = proposing_run(c, &p);
	err = answer_proposal(q, &p, err, answer);
	free(paths);
	free(items);
	return err;
}

static int run_decision(struct call *c, struct query *q, const json_t *request,
	enum disposal_act act, json_t **answer)
{
	struct disposing d = { .id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = disposing_decide(c, &d, act);
	if (d.why != REASON_NONE) {
		q->item = d.item;
		return query_refuse(q, d.why, d.why == REASON_VALUE_BAD ? "reason" : "id");
	}
	if (err == 0)
		*answer = json_pack("{s:o}", "proposal", query_disposal_json(q, &d.now));
	return err;
}

static int command_dispose_approve(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_decision(c, q, request, DISPOSAL_APPROVE, answer);
}

static int command_dispose_refuse(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_decision(c, q, request, DISPOSAL_REFUSE, answer);
}

static int command_dispose_withdraw(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_decision(c, q, request, DISPOSAL_WITHDRAW, answer);
}

static int command_dispose_execute(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct disposing d = { .id = jsonget_int(request, "id", 0) };
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = disposing_execute(c, &d);
	if (d.why != REASON_NONE)
		return query_refuse(q, d.why, "id");
	if (err == 0)
		*answer = json_pack("{s:o, s:b, s:I}", "proposal", query_disposal_json(q, &d.now),
			"more", d.now.state == DISPOSAL_APPROVED, "left", (json_int_t)d.left);
	return err;
}

const struct command command_dispose[] = {
	{ "dispose.propose", command_dispose_propose,
		FIELDS(TEXTS("paths"), NUMBERS("items"), TEXT("state"), FLAG("expired"),
			TEXT("unit"), TEXT("reason"), TEXT("cursor")) },
	{ "dispose.approve", command_dispose_approve, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "dispose.refuse", command_dispose_refuse, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "dispose.withdraw", command_dispose_withdraw, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "dispose.execute", command_dispose_execute, FIELDS(NUMBER("id")) },
	{ NULL, NULL, NULL },
};
