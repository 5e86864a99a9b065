/*
 * Decisions that several parts of the mount share: may this person do this to this item, or deposit
 * in this folder?  Nothing is recorded and nothing is changed here.  In the committer the decision
 * is made on its connection; elsewhere, and for `why`, on the call's snapshot.
 */
#ifndef FS_CALL_JUDGE_H
#define FS_CALL_JUDGE_H

#include "fs/call/fs.h"

/* Whether the subject sees an item that is there: everybody sees a sealed one, and its depositor
 * the one that is being received. */
bool judge_in_sight(const struct call *c, const struct item *item);

/* Whether an item is sealed, and its label may still be corrected. */
bool judge_settling(const struct item *item, const struct event_time *now);

/* Whether the subject may do something to an item: REASON_NONE, or why not.  no_change: the item
 * has already what the verb would give it. */
enum reason judge_verb(
	const struct call *c, const struct item *item, enum verb verb, bool no_change);

/* The same for removing an item, which depends on its holds and its term too.  0, or an errno of
 * the catalog. */
int judge_unlink(const struct call *c, struct sql *db, const struct item *item, enum reason *out);

/* Whether the subject may deposit in the folder of an officer's day: deposit_allowed() with the
 * officer's entry in the register.  0, or an errno of the catalog. */
int judge_deposit(struct sql *db, const struct subject *who, const struct event_time *now,
	int64_t unit, int64_t officer, int32_t day, enum reason *why);

/* The same for removing a date or case folder, which must be empty: REASON_NOT_EMPTY. */
int judge_rmdir(struct sql *db, const struct subject *who, const struct event_time *now,
	const struct folder *f, enum reason *why);

/* What a folder's place in the tree allows, no matter who asks: REASON_NONE where the verb may be
 * tried.  Making something is asked of the folder that it would be in.  Attributes: but for those
 * of the policy (fs/attr). */
enum reason judge_folder(const struct node *n, enum verb verb);

#endif
