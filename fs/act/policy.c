#include "fs/act/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/records/policytext.h"
#include "policy/act.h"

struct deciding {
	struct call *c;
	struct policy_act *a;
	struct policyfile file;
};

static int refuse_policy(struct policy_act *a, enum reason why, const char *at_fault)
{
	a->why = why;
	a->at_fault = at_fault;
	return reason_errno(why);
}

static int read_file(struct deciding *x, const char *text)
{
	struct policy_fault fault;

	return text != NULL ? policytext_parse(text, strlen(text), &x->file, &fault) : EINVAL;
}

/* Whether the file may follow the earlier policies: checked when it is proposed, and again when it
 * is agreed to. */
static int check_kinds(struct sql *db, const struct deciding *x, const char *at_fault)
{
	bool changes = false;
	int err = policies_changes_kind(db, &x->file, &changes);

	return err == 0 && changes ? refuse_policy(x->a, REASON_CLASS_CHANGED, at_fault) : err;
}

static int decide_policy_propose(struct turn *t, void *arg)
{
	struct deciding *x = arg;
	struct policy_act *a = x->a;
	struct policy_propose e = {
		.label = x->file.label, .interpreter = x->file.interpreter, .text = a->text
	};
	char day[DAY_TEXT];
	int err;

	a->why = REASON_NONE;
	err = check_kinds(turn_db(t), x, "text");
	if (err == 0)
		err = policies_next_proposal(turn_db(t), &a->id);
	if (err != 0)
		return err;
	day_format(x->file.effective, day);
	e.id = a->id;
	e.effective = day;
	err = record_policy_propose(t, &(struct about){ .who = &x->c->who }, &e);
	return err == 0 ? policies_proposal(turn_db(t), a->id, &a->now) : err;
}

int policy_propose(struct call *c, struct policy_act *a)
{
	struct deciding x = { .c = c, .a = a };
	int err;

	a->why = act_allowed(&c->who.person, ACT_POLICY);
	if (a->why != REASON_NONE)
		return refuse_policy(a, a->why, NULL);
	err = read_file(&x, a->text);
	if (err != 0)
		return err == EINVAL ? refuse_policy(a, REASON_VALUE_BAD, "text") : err;
	return committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_policy_propose, &x);
}

/* Judges who decides on the proposal as it is now. */
static int check_proposal(struct sql *db, const struct deciding *x)
{
	struct policy_act *a = x->a;
	int err = policies_proposal(db, a->id, &a->now);

	a->why = REASON_NONE;
	if (err != 0)
		return err == ENOENT ? refuse_policy(a, REASON_NOT_FOUND, "id") : err;
	a->why = act_second(&x->c->who.person, ACT_POLICY_AGREE, a->now.proposed_by);
	if (a->why == REASON_NONE && a->now.state != PROPOSAL_PENDING)
		a->why = REASON_STATE;
	return a->why != REASON_NONE ? refuse_policy(a, a->why, "id") : 0;
}

static int load_policy(struct turn *t, struct deciding *x, const char *text)
{
	const struct event_time *now = turn_time(t);
	int err = read_file(x, text);

	/* EINVAL: proposed in a version of this software that took what this one does not */
	if (err != 0)
		return err == EINVAL ? refuse_policy(x->a, REASON_VALUE_BAD, "id") : err;
	if (x->file.effective > day_of_instant(now->clock, now->utc_offset))
		return refuse_policy(x->a, REASON_POLICY_EARLY, "id");
	err = check_kinds(turn_db(t), x, "id");
	return err == 0 ? policies_record_load(t, &(struct about){ .who = &x->c->who }, x->a->id,
				  now->policy + 1, &x->file, text)
			: err;
}

static int decide_policy_agree(struct turn *t, void *arg)
{
	struct deciding *x = arg;
	struct policy_act *a = x->a;
	char *text = NULL;
	int err = check_proposal(turn_db(t), x);

	if (err == 0)
		err = policies_proposal_text(turn_db(t), a->id, &text);
	if (err == 0)
		err = load_policy(t, x, text);
	free(text);
	return err == 0 ? policies_proposal(turn_db(t), a->id, &a->now) : err;
}

static int decide_policy_refuse(struct turn *t, void *arg)
{
	struct deciding *x = arg;
	struct policy_act *a = x->a;
	int err = check_proposal(turn_db(t), x);

	if (err == 0)
		err = record_policy_refuse(t, &(struct about){ .who = &x->c->who },
			&(struct policy_refuse){ .id = a->id, .reason = a->reason });
	return err == 0 ? policies_proposal(turn_db(t), a->id, &a->now) : err;
}

static int run_policy(struct call *c, struct policy_act *a, decide_fn decide)
{
	struct deciding x = { .c = c, .a = a };

	a->why = REASON_NONE;
	if (a->reason != NULL && !text_valid(a->reason, sizeof a->now.reason - 1))
		return refuse_policy(a, REASON_VALUE_BAD, "reason");
	return committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, &x);
}

int policy_agree(struct call *c, struct policy_act *a)
{
	return run_policy(c, a, decide_policy_agree);
}

int policy_refuse(struct call *c, struct policy_act *a)
{
	return run_policy(c, a, decide_policy_refuse);
}
