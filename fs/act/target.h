/* What an act is done to, found by path or by item number; and what refused acts leave behind. */
#ifndef FS_ACT_TARGET_H
#define FS_ACT_TARGET_H

#include "fs/call/fs.h"

/*
 * Finds what a request names: by path below the mount's root, or (path NULL) an item by its number.
 * One rule says who may name an item: everybody a sealed one, the depositor also one that is being
 * received, and those who deal with incomplete deposits also what is out of sight.  ENOENT where it
 * is not there, or not for this subject.
 */
int target_find(struct call *c, const char *path, int64_t item, struct node *out);

/* Whether a refusal is an attempt: somebody may not do this (EACCES, EPERM), rather than asked for
 * what does not exist or is malformed. */
bool target_attempt(enum reason why);

/* Ends a refused act: records an attempt with its target, and returns the reason's errno (0 for
 * REASON_NONE).  Other refusals are the face's to record, if it does. */
int target_refuse(struct call *c, enum verb verb, const struct node *n, enum reason why);

/* Whether something may be set where there is one already, or none: EEXIST, ENODATA, or 0. */
int target_presence(bool only_new, bool only_change, bool exists);

#endif
