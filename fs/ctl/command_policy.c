/* The policy file: proposing one, agreeing to it, refusing it (Q1). */
#include "fs/act/policy.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"

typedef int (*policy_fn)(struct call *c, struct policy_act *a);

static int run_policy_command(
	struct call *c, struct query *q, const json_t *request, policy_fn act, json_t **answer)
{
	struct policy_act a = { .text = jsonget_str(request, "text"),
		.id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err = act(c, &a);

	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	if (err == 0)
		*answer = json_pack("{s:o}", "proposal", query_proposal_json(q, &a.now));
	return err;
}

static int command_policy_propose(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_policy_command(c, q, request, policy_propose, answer);
}

static int command_policy_agree(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_policy_command(c, q, request, policy_agree, answer);
}

static int command_policy_refuse(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return run_policy_command(c, q, request, policy_refuse, answer);
}

const struct command command_policy[] = {
	{ "policy.propose", command_policy_propose, FIELDS(TEXT("text")) },
	{ "policy.agree", command_policy_agree, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "policy.refuse", command_policy_refuse, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ NULL, NULL, NULL },
};
