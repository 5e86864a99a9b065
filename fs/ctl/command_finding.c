/* Findings: the register, settling, reporting what a depositor saw; and when devices were out of
 * service. */
#include <errno.h>

#include "fs/act/finding.h"
#include "fs/act/service.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/watch/finder.h"

/* First finds what there is by now, so that the answer is complete. */
static int command_findings(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = finder_catch_up(c->fs);
	return err == 0 ? query_findings(q, request, answer) : err;
}

static int answer_finding(struct query *q, const struct finding_act *a, int err, json_t **answer)
{
	if (a->why != REASON_NONE)
		return query_refuse(q, a->why, a->at_fault);
	if (err == 0)
		*answer = json_pack("{s:o}", "finding", query_finding_json(q, &a->finding));
	return err;
}

static int command_finding_settle(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct finding_act a = { .id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };

	return answer_finding(q, &a, finding_settle(c, &a), answer);
}

static int command_finding_report(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *rule = jsonget_str(request, "rule");
	struct finding_act a = { .rule = finding_rule_parse(rule != NULL ? rule : ""),
		.note = jsonget_str(request, "note") };
	struct node at = { .id = 0 };
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = command_target(c, q, request, &at);
	if (err == 0 && at.kind != NODE_ITEM)
		err = query_refuse(q, REASON_NOT_FOUND, "path");
	a.item = at.id;
	if (err == 0)
		err = finding_report(c, &a);
	return answer_finding(q, &a, err, answer);
}

static int command_register_service(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *from = jsonget_str(request, "from"), *to = jsonget_str(request, "to");
	struct service_act a = { .device = jsonget_str(request, "device"),
		.note = jsonget_str(request, "note"),
		.to = DAY_NONE };
	int err;

	if (from == NULL || !day_parse(from, &a.from))
		a.from = DAY_NONE;
	a.to_bad = to != NULL && !day_parse(to, &a.to);
	err = service_register(c, &a);
	if (a.why != REASON_NONE)
		return query_refuse(q, a.why, a.at_fault);
	if (err == 0)
		*answer = json_pack("{s:{s:I, s:s, s:s, s:s?, s:s}}", "service", "id",
			(json_int_t)a.id, "device", a.device, "from", from, "to", to, "note",
			a.note);
	return err;
}

const struct command command_finding[] = {
	{ "findings", command_findings, FIELDS(FLAG("open"), TEXT("unit"), TEXT("rule"), PAGE) },
	{ "finding.settle", command_finding_settle, FIELDS(NUMBER("id"), TEXT("reason")) },
	{ "finding.report", command_finding_report,
		FIELDS(TEXT("rule"), TEXT("path"), NUMBER("item"), TEXT("note")) },
	{ "register.service", command_register_service,
		FIELDS(TEXT("device"), TEXT("from"), TEXT("to"), TEXT("note")) },
	{ NULL, NULL, NULL },
};
