/* The policy file: an administrator proposes one, the legal section agrees or refuses (design
 * section 5; Q1). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/records/policies.h"
#include "fs/store/records/policytext.h"

struct proposing {
	struct call *c;
	const char *text;
	struct policyfile file;
	int64_t id, version;
	const char *reason;
	enum reason why;
};

static int deny(struct proposing *p, enum reason why)
{
	p->why = why;
	return reason_errno(why);
}

/* Whether it may follow what stands; asked when it is proposed, and again when it is agreed to. */
static int check_kinds(struct sql *db, struct proposing *p)
{
	bool changes = false;
	int err = policy_changes_kind(db, &p->file, &changes);

	return err == 0 && changes ? deny(p, REASON_CLASS_CHANGED) : err;
}

static int decide_propose(struct turn *t, void *arg)
{
	struct proposing *p = arg;
	char day[DAY_TEXT];
	int err;

	p->why = REASON_NONE;
	err = check_kinds(turn_db(t), p);
	if (err == 0)
		err = sql_value(turn_db(t), &p->id,
			"SELECT coalesce(max(id), 0) + 1 FROM policy_proposal", "");
	if (err != 0)
		return err;
	day_format(p->file.effective, day);
	return turn_emit(t,
		&(struct event){ .kind = "policy.propose",
			.who = &p->c->who,
			DETAILS("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)p->id, "label",
				p->file.label, "effective", day, "interpreter", p->file.interpreter,
				"text", p->text) });
}

static int tell(struct query *q, int64_t id, json_t **answer)
{
	struct proposal p;
	int err = policy_proposal(q->db, id, &p);

	if (err == 0)
		*answer = json_pack("{s:o}", "proposal", query_proposal_json(q, &p));
	return err;
}

int command_policy_propose(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct proposing p = { .c = c, .text = jsonget_str(request, "text") };
	struct policy_fault fault;
	int err = query_need(q, ACT_POLICY);

	if (err == 0 &&
		(p.text == NULL || !policytext_parse(p.text, strlen(p.text), &p.file, &fault)))
		err = query_refuse(q, REASON_VALUE_BAD, "text");
	if (err != 0)
		return err;
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_propose, &p);
	if (p.why != REASON_NONE)
		return query_refuse(q, p.why, "text");
	return err == 0 ? tell(q, p.id, answer) : err;
}

/* What is in force from now on, as event: all that apply needs is read from the file here, once. */
static json_t *load_details(const struct proposing *p, const char *text)
{
	const struct policyfile *f = &p->file;
	json_t *classes = json_array(), *settings = json_object(), *readers = json_array();
	char day[DAY_TEXT];

	for (size_t i = 0; i < f->class_count; i++)
		json_array_append_new(classes,
			json_pack("{s:s, s:s, s:i}", "name", f->classes[i].name, "kind",
				class_kind_name(f->classes[i].kind), "months",
				f->classes[i].months));
	for (size_t i = 0; i < f->setting_count; i++)
		json_object_set_new(
			settings, f->settings[i].rule->key, json_integer(f->settings[i].value));
	for (size_t i = 0; i < f->reader_count; i++)
		json_array_append_new(readers, json_string(f->readers[i]));
	day_format(f->effective, day);
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "id", (json_int_t)p->id,
		"version", (json_int_t)p->version, "label", f->label, "effective", day,
		"interpreter", f->interpreter, "classes", classes, "settings", settings, "readers",
		readers, "text", text);
}

/* Judges who decides on what stands. */
static int check_proposal(struct sql *db, struct proposing *p, struct proposal *out)
{
	int err = policy_proposal(db, p->id, out);

	if (err != 0)
		return err == ENOENT ? deny(p, REASON_NOT_FOUND) : err;
	p->why = act_second(&p->c->who.person, ACT_POLICY_AGREE, out->proposed_by);
	if (p->why == REASON_NONE && out->state != PROPOSAL_PENDING)
		p->why = REASON_STATE;
	return reason_errno(p->why);
}

static int load(struct turn *t, struct proposing *p, const char *text)
{
	const struct event_time *now = turn_time(t);
	struct policy_fault fault;
	int err;

	if (!policytext_parse(text, strlen(text), &p->file,
		    &fault)) /* proposed to a version of this software that knew more */
		return deny(p, REASON_VALUE_BAD);
	if (p->file.effective > day_of_instant(now->clock, now->utc_offset))
		return deny(p, REASON_POLICY_EARLY);
	err = check_kinds(turn_db(t), p);
	if (err != 0)
		return err;
	p->version = now->policy + 1;
	return turn_emit(t,
		&(struct event){ .kind = event_kind_name(EVENT_POLICY_LOAD),
			.who = &p->c->who,
			.detailed = true,
			.details = load_details(p, text) });
}

static int decide_agree(struct turn *t, void *arg)
{
	struct proposing *p = arg;
	struct proposal stands;
	char *text = NULL;
	int err;

	p->why = REASON_NONE;
	err = check_proposal(turn_db(t), p, &stands);
	if (err == 0)
		err = policy_proposal_text(turn_db(t), p->id, &text);
	if (err == 0)
		err = load(t, p, text);
	free(text);
	return err;
}

static int decide_refuse(struct turn *t, void *arg)
{
	struct proposing *p = arg;
	struct proposal stands;
	int err;

	p->why = REASON_NONE;
	err = check_proposal(turn_db(t), p, &stands);
	if (err != 0)
		return err;
	return turn_emit(t,
		&(struct event){ .kind = "policy.refuse",
			.who = &p->c->who,
			DETAILS("{s:I, s:s?}", "id", (json_int_t)p->id, "reason", p->reason) });
}

static int decide_on(
	struct call *c, struct query *q, const json_t *request, decide_fn decide, json_t **answer)
{
	struct proposing p = { .c = c,
		.id = jsonget_int(request, "id", 0),
		.reason = jsonget_str(request, "reason") };
	int err;

	if (p.reason != NULL && !text_valid(p.reason, sizeof(((struct proposal *)0)->reason) - 1))
		return query_refuse(q, REASON_VALUE_BAD, "reason");
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, &p);
	if (p.why != REASON_NONE)
		return query_refuse(q, p.why, "id");
	return err == 0 ? tell(q, p.id, answer) : err;
}

int command_policy_agree(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide_on(c, q, request, decide_agree, answer);
}

int command_policy_refuse(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return decide_on(c, q, request, decide_refuse, answer);
}
