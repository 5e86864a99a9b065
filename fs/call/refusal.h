/*
 * Refusals: each on the ledger, coalesced, so that a storm of them cannot flood it; and remembered
 * a while, so that `why` can answer.  The first of a kind (who, verb, where, reason) is recorded at
 * once; more of it are counted, and the count is recorded when the window closes.
 *
 * What programs do by habit (REASON_UNINVITED, REASON_DESKTOP_FILE) they do to whole folders: it
 * counts by person, program and folder, in a longer window, and the record says which folder, how
 * often ("count") and how many different files ("files"; "more": or more than that).
 */
#ifndef FS_CALL_REFUSAL_H
#define FS_CALL_REFUSAL_H

#include "fs/call/fs.h"

#define REFUSAL_WINDOW_MS 60000
#define HABIT_WINDOW_MS 600000

int refusals_new(struct refusals **out);
void refusals_free(struct refusals *r); /* NULL is fine; nothing is recorded any more */

/*
 * Refuses: records it with a path below `node` (name NULL: the node itself) and returns the
 * reason's errno.  REASON_NONE: 0, and nothing is recorded.  REASON_HIDDEN is not recorded either:
 * the asker does not see what is there; perhaps the kernel kept its name a moment too long.
 */
int refusal_answer(
	struct call *c, enum verb verb, const struct node *node, const char *name, enum reason why);

/* Returns err, and records a refusal where err means one: ENOSPC from the ledger, EIO from
 * content. */
int refusal_or_error(struct call *c, enum verb verb, const struct node *node, int err);

/* Records; never fails the caller.  May be called in any thread, with any lock of the deposits
 * held. */
void refusal_record(
	struct call *c, enum verb verb, const struct node *node, const char *name, enum reason why);

/* The subject's latest refusal at that node (for a habit: also at its folder); false where none is
 * remembered.  *when: wall ms. */
bool refusal_last(struct refusals *r, uint32_t uid, uint64_t ino, enum verb *verb, enum reason *why,
	int64_t *when);

/* Records the counts of windows that have closed (all: of all windows). */
void refusals_flush(struct fs *fs, bool all);

#endif
