#include "fs/why.h"

#include <errno.h>

#include "fs/label.h"
#include "fs/refusal.h"
#include "fs/store/grants.h"
#include "fs/tree.h"
#include "policy/act.h"

static int why_item(struct call *c, const struct node *n, enum verb verb, struct grant *grant, enum reason *out)
{
	struct item item;
	int err = catalog_item(c->db, n->id, &item);

	if (err != 0)
		return err;
	if (verb == VERB_UNLINK)
		return label_judge_unlink(c, c->db, &item, out);
	*out = label_judge(c, &item, verb, false);
	if (*out == REASON_NO_GRANT && (verb == VERB_OPEN_READ || verb == VERB_READ))
		err = grants_for_item(c->db, &item, c->who.person.id, c->now.wall, c->now.clock, grant, out);
	return err;
}

/* What making something in a folder would meet. */
static int why_folder(struct call *c, const struct node *n, enum verb verb, enum reason *out)
{
	struct folder f;
	int err;

	*out = n->kind == NODE_VIEW && verb != VERB_STAT ? REASON_VIEW : REASON_NONE;
	if (n->kind == NODE_VIEW)
		return 0;
	if (verb != VERB_CREATE && verb != VERB_MKDIR) {
		*out = n->kind == NODE_DATE || n->kind == NODE_CASE || verb == VERB_STAT ? REASON_NONE : REASON_STRUCTURE;
		return 0;
	}
	if (n->kind != NODE_DATE && n->kind != NODE_CASE) {
		*out = verb == VERB_CREATE ? REASON_PATH_SHORT : REASON_NONE;
		return 0;
	}
	err = catalog_folder(c->db, n->id, &f);
	if (err == 0)
		err = tree_may_deposit(c->db, &c->who, &c->now, f.unit, f.officer, f.day, out);
	if (err == 0 && *out == REASON_NONE && verb == VERB_CREATE && n->kind == NODE_DATE)
		*out = REASON_PATH_SHORT;
	return err;
}

int why_ask(struct call *c, const struct node *n, enum verb verb, struct why *out)
{
	*out = (struct why){ .verb = verb };
	if (verb == VERB_COUNT && refusal_last(c->fs->refusals, c->who.uid, node_ino(n), &out->verb, &out->reason, &out->when)) {
		enum reason now;

		out->recent = true;
		if (n->kind != NODE_ITEM || (out->verb != VERB_OPEN_READ && out->verb != VERB_READ))
			return 0;
		return why_item(c, n, out->verb, &out->grant, &now);    /* for the request alone */
	}
	if (verb == VERB_COUNT)
		out->verb = n->kind == NODE_ITEM ? VERB_OPEN_READ : VERB_CREATE;
	out->reason = call_browses(c) ? REASON_NONE : act_allowed(&c->who.person, ACT_BROWSE);  /* who sees nothing here is told of no more than that */
	if (out->reason != REASON_NONE)
		return 0;
	return n->kind == NODE_ITEM ? why_item(c, n, out->verb, &out->grant, &out->reason) : why_folder(c, n, out->verb, &out->reason);
}
