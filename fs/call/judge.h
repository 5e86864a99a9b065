/*
 * Decisions that several parts of the mount share: may this person do this to this item, or deposit
 * in this folder?  Nothing is recorded and nothing is changed here.  In the committer the decision
 * is made on its connection; elsewhere, and for `why`, on the call's snapshot.
 */
#ifndef FS_CALL_JUDGE_H
#define FS_CALL_JUDGE_H

#include "fs/call/fs.h"

/* Whether an item is in sight of the subject. */
bool tree_sees(const struct call *c, const struct item *item);
bool item_settles(const struct item *item, const struct event_time *now);

/* Judges a verb on an item, as it stands in db, for the subject. */
enum reason label_judge(
	const struct call *c, const struct item *item, enum verb verb, bool no_change);

/* The same for removing it, which its retention has a say in: what unlink(2) meets, and what `why`
 * tells.  0, or an errno of the catalog. */
int label_judge_unlink(
	const struct call *c, struct sql *db, const struct item *item, enum reason *out);

/* Whether the subject may deposit in the folder of that day: deposit_allowed() with the register's
 * officer.  Nothing is recorded. */
int tree_may_deposit(struct sql *db, const struct subject *who, const struct event_time *now,
	int64_t unit, int64_t officer, int32_t day, enum reason *why);

#endif
