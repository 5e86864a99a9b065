/* Findings: the register, settling, reporting what a depositor saw; and when devices were out of
 * service. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/records/findings.h"
#include "fs/watch/finder.h"

/* All that is to be found by now is in the answer. */
int command_findings(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	int err = query_need(q, ACT_BROWSE);

	if (err == 0)
		err = finder_catch_up(c->fs);
	return err == 0 ? query_findings(q, request, answer) : err;
}

struct settling {
	struct call *c;
	int64_t id;
	const char *reason;
	enum reason why;
	const char *field;
	struct finding finding;
	const struct item *item;
	const char *note;
};

static int deny(struct settling *s, enum reason why, const char *field)
{
	s->why = why;
	s->field = field;
	return reason_errno(why);
}

static int run(
	struct call *c, struct query *q, struct settling *s, decide_fn decide, json_t **answer)
{
	int err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, s);

	if (s->why != REASON_NONE)
		return query_refuse(q, s->why, s->field);
	if (err == 0)
		err = findings_get(q->db, s->id, &s->finding);
	if (err == 0)
		*answer = json_pack("{s:o}", "finding", query_finding_json(q, &s->finding));
	return err;
}

static int decide_settle(struct turn *t, void *arg)
{
	struct settling *s = arg;
	struct finding f;
	int err = findings_get(turn_db(t), s->id, &f);

	s->why = REASON_NONE;
	if (err == ENOENT)
		return deny(s, REASON_NOT_FOUND, "id");
	if (err != 0)
		return err;
	s->why = finding_may_settle(&s->c->who.person);
	if (s->why == REASON_NONE && f.officer != 0 && f.officer == s->c->who.person.id)
		s->why = REASON_SELF_APPROVAL; /* one's own recordings' */
	if (s->why == REASON_NONE && f.settled != 0)
		s->why = REASON_STATE;
	if (s->why != REASON_NONE)
		return deny(s, s->why, "id");
	return turn_emit(t,
		&(struct event){ .kind = "finding.settle",
			.who = &s->c->who,
			.item = f.item,
			DETAILS("{s:I, s:s, s:s}", "id", (json_int_t)f.id, "rule",
				finding_rule_name(f.rule), "reason", s->reason) });
}

int command_finding_settle(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct settling s = { .c = c,
		.id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };

	if (s.reason == NULL || !text_valid(s.reason, FINDING_NOTE - 1))
		return query_refuse(q, REASON_VALUE_BAD, "reason");
	return run(c, q, &s, decide_settle, answer);
}

static int decide_report(struct turn *t, void *arg)
{
	struct settling *s = arg;
	struct finding f = s->finding;
	int err = findings_place(turn_db(t), s->item->id, &f);

	if (err == 0)
		err = findings_raise(t, &s->c->who, &f);
	if (err == 0 && f.id == 0) /* it is known already */
		err = sql_value(turn_db(t), &f.id,
			"SELECT max(id) FROM finding WHERE rule=? AND key=?", "ss",
			finding_rule_name(f.rule), f.key);
	s->id = f.id;
	return err;
}

/* {rule, path|item, note}: what somebody saw who deposited; one a file and rule. */
int command_finding_report(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct settling s = { .c = c, .finding = FINDING_NEW(FINDING_KIND) };
	const char *rule = jsonget_str(request, "rule"), *note = jsonget_str(request, "note");
	struct item item;
	int err = query_need(q, ACT_BROWSE);

	if (err == 0 && (rule == NULL || !finding_reported(finding_rule_parse(rule))))
		err = query_refuse(q, REASON_VALUE_BAD, "rule");
	if (err == 0 && (note == NULL || !text_valid(note, FINDING_NOTE - 1)))
		err = query_refuse(q, REASON_VALUE_BAD, "note");
	if (err == 0)
		err = query_item(q, request, &item);
	if (err != 0)
		return err;
	s.item = &item;
	s.finding.rule = finding_rule_parse(rule);
	snprintf(s.finding.key, sizeof s.finding.key, "%lld", (long long)item.id);
	snprintf(s.finding.note, sizeof s.finding.note, "%s", note);
	return run(c, q, &s, decide_report, answer);
}

struct servicing {
	struct call *c;
	const char *device, *note;
	int32_t from, to;
	int64_t id;
	enum reason why;
	const char *field;
};

/* The window of that device that begins on that day, or a new one. */
static int decide_service(struct turn *t, void *arg)
{
	struct servicing *s = arg;
	struct sql *db = turn_db(t);
	struct device device;
	char from[DAY_TEXT], to[DAY_TEXT];
	int err = catalog_device_serial(db, s->device, &device);

	s->why = err == ENOENT ? REASON_NOT_FOUND : REASON_NONE;
	s->field = "device";
	if (err == 0)
		err = sql_value(db, &s->id, "SELECT id FROM service WHERE device=? AND since=?",
			"ii", device.id, (int64_t)s->from);
	if (err == ENOENT && s->why == REASON_NONE)
		err = sql_value(db, &s->id, "SELECT coalesce(max(id), 0) + 1 FROM service", "");
	if (err != 0)
		return err;
	day_format(s->from, from);
	if (s->to != DAY_NONE)
		day_format(s->to, to);
	return turn_emit(t,
		&(struct event){ .kind = "register.service",
			.who = &s->c->who,
			DETAILS("{s:I, s:I, s:s, s:s, s:s?, s:s}", "id", (json_int_t)s->id,
				"device_id", (json_int_t)device.id, "device", device.serial, "from",
				from, "to", s->to != DAY_NONE ? to : NULL, "note", s->note) });
}

/* {device, from, to|null, note}: out of service from a day to a day, both included; naming the same
 * first day again amends it. */
int command_register_service(
	struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct servicing s = { .c = c,
		.device = jsonget_str(request, "device"),
		.note = jsonget_str(request, "note"),
		.to = DAY_NONE };
	const char *from = jsonget_str(request, "from"), *to = jsonget_str(request, "to");
	int err = query_need(q, ACT_SERVICE);

	if (err == 0 && s.device == NULL)
		err = query_refuse(q, REASON_VALUE_BAD, "device");
	if (err == 0 && (from == NULL || !day_parse(from, &s.from)))
		err = query_refuse(q, REASON_VALUE_BAD, "from");
	if (err == 0 && to != NULL && (!day_parse(to, &s.to) || s.to < s.from))
		err = query_refuse(q, REASON_VALUE_BAD, "to");
	if (err == 0 && (s.note == NULL || !text_valid(s.note, FINDING_NOTE - 1)))
		err = query_refuse(q, REASON_VALUE_BAD, "note");
	if (err != 0)
		return err;
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_service, &s);
	if (s.why != REASON_NONE)
		return query_refuse(q, s.why, s.field);
	if (err == 0)
		*answer = json_pack("{s:{s:I, s:s, s:s, s:s?, s:s}}", "service", "id",
			(json_int_t)s.id, "device", s.device, "from", from, "to", to, "note",
			s.note);
	return err;
}
