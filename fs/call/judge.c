#include "fs/call/judge.h"

#include <errno.h>

#include "fs/store/records/holds.h"
#include "fs/store/records/retention.h"
#include "policy/act.h"
#include "policy/deposit.h"
#include "policy/disposal.h"

bool judge_settling(const struct item *item, const struct event_time *now)
{
	return item->state == ITEM_SEALED && now->clock < item->settle_until;
}

bool judge_in_sight(const struct call *c, const struct item *item)
{
	return item->state == ITEM_SEALED ||
		(item->state == ITEM_RECEIVING && item->depositor == c->who.person.id);
}

enum reason judge_verb(
	const struct call *c, const struct item *item, enum verb verb, bool no_change)
{
	/* The kernel may keep names for a day, and descriptors reach an item without a name: a
	 * person who lost the role reads nothing, even with a grant. */
	if ((verb == VERB_OPEN_READ || verb == VERB_READ) && !call_browses(c))
		return act_allowed(&c->who.person, ACT_BROWSE);
	return verb_allowed(&(struct verb_case){ .verb = verb,
		.state = item->state,
		.settling = judge_settling(item, &c->now),
		.empty = item->size == 0,
		.no_change = no_change,
		.depositor = c->who.person.id != 0 && item->depositor == c->who.person.id });
}

/*
 * A depositor cannot withdraw an item that is still settling when somebody has set a hold or a term
 * on it.  (An empty one may go: clients make it and take it away again.)
 */
static int judge_withdrawal(struct sql *db, const struct item *item, enum reason *out)
{
	struct held hold;
	bool set = false;
	int err = holds_first(db, item, &hold);

	if (err == 0)
		*out = REASON_HELD;
	if (err == ENOENT)
		err = retention_was_set(db, item, &set);
	if (set)
		*out = REASON_RETAINED;
	return err;
}

int judge_unlink(const struct call *c, struct sql *db, const struct item *item, enum reason *out)
{
	struct retention r;
	int err = 0;

	*out = judge_verb(c, item, VERB_UNLINK, false);
	if (*out == REASON_NONE && item->state == ITEM_SEALED && item->size > 0)
		err = judge_withdrawal(db, item, out);
	if (err != 0 || *out != REASON_RETAINED)
		return err;
	err = retention_state(db, item, c->now.utc_offset, &r);
	if (err == 0)
		*out = disposal_alone(&r.term, r.held, c->now.clock);
	return err;
}

int judge_deposit(struct sql *db, const struct subject *who, const struct event_time *now,
	int64_t unit, int64_t officer, int32_t day, enum reason *why)
{
	struct person p;
	int err = catalog_person(db, officer, &p);

	if (err == 0)
		*why = deposit_allowed(
			&who->person, &p, unit, day, day_of_instant(now->wall, now->utc_offset));
	return err;
}

int judge_rmdir(struct sql *db, const struct subject *who, const struct event_time *now,
	const struct folder *f, enum reason *why)
{
	bool used = false;
	int err = judge_deposit(db, who, now, f->unit, f->officer, f->day, why);

	if (err == 0 && *why == REASON_NONE)
		err = catalog_folder_used(db, f, &used);
	if (used)
		*why = REASON_NOT_EMPTY;
	return err;
}

static enum reason judge_create(enum node_kind folder)
{
	if (folder == NODE_ROOT || folder == NODE_CUSTODY)
		return REASON_STRUCTURE;
	return folder != NODE_CASE ? REASON_PATH_SHORT : REASON_NONE;
}

/* What the register has is there already, so only a date or a case can be made. */
static enum reason judge_mkdir(enum node_kind parent)
{
	static const enum reason reasons[] = {
		[NODE_BY_UNIT] = REASON_UNIT_UNKNOWN,
		[NODE_UNIT] = REASON_DEVICE_UNKNOWN,
		[NODE_DEVICE] = REASON_OFFICER_UNKNOWN,
		[NODE_OFFICER] = REASON_NONE,
		[NODE_DATE] = REASON_NONE,
		[NODE_CASE] = REASON_SUBFOLDER,
	};

	return parent == NODE_BY_UNIT || (parent >= NODE_UNIT && parent <= NODE_CASE)
		? reasons[parent]
		: REASON_STRUCTURE;
}

enum reason judge_folder(const struct node *n, enum verb verb)
{
	bool made = n->kind == NODE_DATE || n->kind == NODE_CASE; /* by people */

	if (verb == VERB_STAT || verb == VERB_OPEN_READ || verb == VERB_READ)
		return REASON_NONE;
	if (verb == VERB_SETXATTR || verb == VERB_REMOVEXATTR)
		return REASON_NOT_SUPPORTED;
	if (n->kind == NODE_VIEW)
		return REASON_VIEW;
	if (verb == VERB_CREATE)
		return judge_create(n->kind);
	if (verb == VERB_MKDIR)
		return judge_mkdir(n->kind);
	if (verb == VERB_LINK || verb == VERB_SYMLINK || verb == VERB_MKNOD)
		return REASON_NEVER_ALLOWED;
	return made &&
			(verb == VERB_RMDIR || verb == VERB_UNLINK || verb == VERB_UTIMENS ||
				verb == VERB_CHMOD || verb == VERB_CHOWN)
		? REASON_NONE
		: REASON_STRUCTURE;
}
