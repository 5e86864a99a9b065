#include "fs/act/finding.h"

#include <errno.h>
#include <stdio.h>

#include "policy/act.h"

struct settling {
	struct call *c;
	struct finding_act *a;
};

static int refuse_finding(struct finding_act *a, enum reason why, const char *at_fault)
{
	a->why = why;
	a->at_fault = at_fault;
	return reason_errno(why);
}

static int decide_finding_settle(struct turn *t, void *arg)
{
	const struct settling *x = arg;
	const struct person *who = &x->c->who.person;
	struct finding_act *a = x->a;
	struct finding *f = &a->finding;
	int err = findings_get(turn_db(t), a->id, f);

	a->why = REASON_NONE;
	if (err != 0)
		return err == ENOENT ? refuse_finding(a, REASON_NOT_FOUND, "id") : err;
	a->why = finding_may_settle(who);
	if (a->why == REASON_NONE && f->officer != 0 && f->officer == who->id)
		a->why = REASON_SELF_APPROVAL;
	if (a->why == REASON_NONE && f->settled != 0)
		a->why = REASON_STATE;
	if (a->why != REASON_NONE)
		return refuse_finding(a, a->why, "id");
	err = record_finding_settle(t, &(struct about){ .who = &x->c->who, .item = f->item },
		&(struct finding_settle){
			.id = f->id, .rule = finding_rule_name(f->rule), .reason = a->reason });
	return err == 0 ? findings_get(turn_db(t), a->id, f) : err;
}

int finding_settle(struct call *c, struct finding_act *a)
{
	struct settling x = { .c = c, .a = a };

	a->why = REASON_NONE;
	if (a->reason == NULL || !text_valid(a->reason, FINDING_NOTE - 1))
		return refuse_finding(a, REASON_VALUE_BAD, "reason");
	return committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_finding_settle, &x);
}

static int decide_finding_report(struct turn *t, void *arg)
{
	const struct settling *x = arg;
	struct finding_act *a = x->a;
	struct finding f = FINDING_NEW(a->rule);
	int err;

	snprintf(f.key, sizeof f.key, "%lld", (long long)a->item);
	snprintf(f.note, sizeof f.note, "%s", a->note);
	err = findings_place(turn_db(t), a->item, &f);
	if (err == 0)
		err = findings_raise(t, &x->c->who, &f);
	/* without a number it was known already */
	if (err == 0)
		err = f.id != 0 ? findings_get(turn_db(t), f.id, &a->finding)
				: findings_latest(turn_db(t), a->rule, f.key, &a->finding);
	return err;
}

static int judge_report(const struct call *c, struct finding_act *a)
{
	a->why = act_allowed(&c->who.person, ACT_BROWSE);
	if (a->why != REASON_NONE)
		return refuse_finding(a, a->why, NULL);
	if (!finding_reported(a->rule))
		return refuse_finding(a, REASON_VALUE_BAD, "rule");
	if (a->note == NULL || !text_valid(a->note, FINDING_NOTE - 1))
		return refuse_finding(a, REASON_VALUE_BAD, "note");
	return 0;
}

int finding_report(struct call *c, struct finding_act *a)
{
	struct settling x = { .c = c, .a = a };
	int err = judge_report(c, a);

	return err == 0
		? committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_finding_report, &x)
		: err;
}
