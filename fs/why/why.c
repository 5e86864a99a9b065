#include "fs/why/why.h"

#include <errno.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/store/records/grants.h"
#include "fs/tree/tree.h"
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

/* Making a file. */
static enum reason why_create(const struct node *n)
{
	if (n->kind == NODE_ROOT || n->kind == NODE_CUSTODY)
		return REASON_STRUCTURE;
	return n->kind != NODE_CASE ? REASON_PATH_SHORT : REASON_NONE;
}

/* Making a folder: what the register has is there already, so only a date or a case can be. */
static enum reason why_mkdir(const struct node *n)
{
	static const enum reason reasons[] = {
		[NODE_BY_UNIT] = REASON_UNIT_UNKNOWN,
		[NODE_UNIT] = REASON_DEVICE_UNKNOWN,
		[NODE_DEVICE] = REASON_OFFICER_UNKNOWN,
		[NODE_OFFICER] = REASON_NONE,
		[NODE_DATE] = REASON_NONE,
		[NODE_CASE] = REASON_SUBFOLDER,
	};

	return n->kind == NODE_BY_UNIT || (n->kind >= NODE_UNIT && n->kind <= NODE_CASE)
		? reasons[n->kind]
		: REASON_STRUCTURE;
}

/* Whether the subject may make and remove things there, and, for removing the folder, whether it is
 * empty. */
static int why_deposit(struct call *c, const struct node *n, bool remove, enum reason *out)
{
	struct folder f = { .unit = n->unit,
		.officer = n->officer,
		.day = day_of_instant(c->now.wall, c->now.utc_offset) };
	bool used = false;
	int err = n->kind == NODE_OFFICER ? 0 : catalog_folder(c->db, n->id, &f);

	if (err == 0)
		err = judge_deposit(c->db, &c->who, &c->now, f.unit, f.officer, f.day, out);
	if (err == 0 && *out == REASON_NONE && remove)
		err = catalog_folder_used(c->db, &f, &used);
	if (used)
		*out = REASON_NOT_EMPTY;
	return err;
}

static int why_folder(struct call *c, const struct node *n, enum verb verb, enum reason *out)
{
	bool own = n->kind == NODE_DATE || n->kind == NODE_CASE; /* people make those */

	*out = REASON_NONE;
	if (verb == VERB_STAT || verb == VERB_OPEN_READ || verb == VERB_READ)
		return 0;
	if (verb == VERB_SETXATTR || verb == VERB_REMOVEXATTR) { /* but for those of the policy */
		*out = REASON_NOT_SUPPORTED;
		return 0;
	}
	if (n->kind == NODE_VIEW) {
		*out = REASON_VIEW;
		return 0;
	}
	switch (verb) {
	case VERB_CREATE:
		*out = why_create(n);
		break;
	case VERB_MKDIR:
		*out = why_mkdir(n);
		break;
	case VERB_RMDIR:
	case VERB_UNLINK:
		*out = own ? REASON_NONE : REASON_STRUCTURE;
		break;
	case VERB_LINK:
	case VERB_SYMLINK:
	case VERB_MKNOD:
		*out = REASON_NEVER_ALLOWED;
		return 0;
	case VERB_UTIMENS:
	case VERB_CHMOD:
	case VERB_CHOWN:
		*out = own ? REASON_NONE : REASON_STRUCTURE;
		return 0;
	case VERB_STAT:
	case VERB_OPEN_WRITE:
	case VERB_OPEN_READ:
	case VERB_WRITE:
	case VERB_READ:
	case VERB_TRUNCATE:
	case VERB_FALLOCATE:
	case VERB_RENAME:
	case VERB_RENAME_OVER:
	case VERB_RENAME_AWAY:
	case VERB_SETXATTR:
	case VERB_REMOVEXATTR:
	case VERB_IOCTL:
	case VERB_COMMAND:
	case VERB_COUNT:
		*out = REASON_STRUCTURE;
		return 0;
	}
	return *out == REASON_NONE
		? why_deposit(c, n, verb == VERB_RMDIR || verb == VERB_UNLINK, out)
		: 0;
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
	out->reason = call_browses(c)
		? REASON_NONE
		: act_allowed(&c->who.person,
			  ACT_BROWSE); /* who sees nothing here is told of no more than that */
	if (out->reason != REASON_NONE)
		return 0;
	return n->kind == NODE_ITEM ? why_item(c, n, out->verb, &out->grant, &out->reason)
				    : why_folder(c, n, out->verb, &out->reason);
}
