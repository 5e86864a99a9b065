/* How long items are kept, as the catalog has it: classes by version of the policy, an item's own, its cases', the floors of folders (policy/term.h). */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "fs/store/catalog.h"
#include "policy/scope.h"
#include "policy/term.h"

/* Puts the classes of policy version 1 into a new catalog. */
int retention_builtin(struct sql *db);

/* A class as the version has it.  ENOENT: that version does not have it. */
int retention_class(struct sql *db, const char *name, int64_t version, struct class_rule *out);

/* The version of the policy in force: the last one loaded; 1 before any was. */
int retention_policy(struct sql *db, int64_t *version);

/*
 * The term in force of an item.  A class counts with the longest that any version of the policy since it was given has it, so that a new policy lengthens and
 * never shortens.
 */
int retention_term(struct sql *db, const struct item *item, int utc_offset, struct term *out);

/* Whether a class, or a date (class NULL), set on the item would lengthen its term. */
int retention_lengthens(struct sql *db, const struct item *item, const char *class, int64_t version, int64_t until, int utc_offset, bool *lengthens);

#endif
