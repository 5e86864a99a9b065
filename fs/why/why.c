#include "fs/why/why.h"

#include <errno.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/store/records/grants.h"
#include "policy/act.h"

static int why_item(
	struct call *c, const struct node *n, enum verb verb, struct grant *grant, enum reason *out)
{
	struct item item;
	int err = catalog_item(c->db, n->id, &item);

	if (err != 0)
		return err;
	if (verb == VERB_UNLINK)
		return judge_unlink(c, c->db, &item, out);
	*out = judge_verb(c, &item, verb, false);
	if (*out == REASON_NO_GRANT && (verb == VERB_OPEN_READ || verb == VERB_READ))
		err = grants_for_item(
			c->db, &item, c->who.person.id, c->now.wall, c->now.clock, grant, out);
	return err;
}

/* What making something in a folder, or removing it, meets: its place, then the person. */
static int why_folder(struct call *c, const struct node *n, enum verb verb, enum reason *out)
{
	bool remove = verb == VERB_RMDIR || verb == VERB_UNLINK;
	struct folder f = { .unit = n->unit,
		.officer = n->officer,
		.day = day_of_instant(c->now.wall, c->now.utc_offset) };
	int err = 0;

	*out = judge_folder(n, verb);
	if (*out != REASON_NONE || (verb != VERB_CREATE && verb != VERB_MKDIR && !remove))
		return 0;
	if (n->kind != NODE_OFFICER)
		err = catalog_folder(c->db, n->id, &f);
	if (err != 0)
		return err;
	return remove ? judge_rmdir(c->db, &c->who, &c->now, &f, out)
		      : judge_deposit(c->db, &c->who, &c->now, f.unit, f.officer, f.day, out);
}

int why_ask(struct call *c, const struct node *n, enum verb verb, struct why *out)
{
	*out = (struct why){ .verb = verb };
	if (verb == VERB_COUNT &&
		refusal_last(c->fs->refusals, c->who.uid, node_ino(n), &out->verb, &out->reason,
			&out->when)) {
		enum reason now;

		out->recent = true;
		if (n->kind != NODE_ITEM || (out->verb != VERB_OPEN_READ && out->verb != VERB_READ))
			return 0;
		return why_item(c, n, out->verb, &out->grant, &now); /* for the request alone */
	}
	if (verb == VERB_COUNT)
		out->verb = n->kind == NODE_ITEM ? VERB_OPEN_READ : VERB_CREATE;
	/* A person who sees nothing here learns no more than that. */
	out->reason = act_allowed(&c->who.person, ACT_BROWSE);
	if (out->reason != REASON_NONE)
		return 0;
	return n->kind == NODE_ITEM ? why_item(c, n, out->verb, &out->grant, &out->reason)
				    : why_folder(c, n, out->verb, &out->reason);
}
