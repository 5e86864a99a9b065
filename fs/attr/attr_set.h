/*
 * Attributes user.custody.* that can be written, each in a file of its own; attr.c's tables name
 * them.  A set function gets the name without the prefix, and value NULL where it is to be removed;
 * it judges, records what it refuses, and is durable when it returns.
 */
#ifndef FS_ATTR_ATTR_SET_H
#define FS_ATTR_ATTR_SET_H

#include "fs/call/fs.h"

#define ATTR_TEXT 4096 /* bytes that a value's text may take, NUL included */

/* A value as text: malformed where it is too long or no text. */
bool attr_text(const void *value, size_t len, char out[ATTR_TEXT]);

/* Answers with an act's result: its error, or its refusal, which is recorded even where it is no
 * attempt, because setxattr(2) gives only an errno and `custody why` has to know more. */
int attr_answer(struct call *c, enum verb verb, const struct node *n, enum reason why, int err);

/* class, retain-until (attr_retention.c): on an item, or on a folder. */
int attr_retention_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags);
/* Reads them; ENODATA where a folder has none of its own.  item: of an item's node. */
int attr_retention_get(struct call *c, const struct node *n, const struct item *item,
	const char *name, char out[ATTR_TEXT]);

/* stage, informed, important (attr_tag.c): on an item. */
int attr_tag_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags);

/* unrelated: "yes; reason=…" proposes it; by another person, once it is proposed, "yes" agrees and
 * "no" refuses. */
int attr_unrelated_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags);

#endif
