/*
 * What people say of an item: its stage, whether the other side was informed, whether it is
 * important; and, by two people, that it is unrelated to duty (policy/tag.h).  Each act judges,
 * decides in the committer, records its event or its refusal, and is durable when it returns.  The
 * attributes user.custody.{stage,informed,important,unrelated} and the commands `custody set` and
 * `custody unrelated` are its faces.
 */
#ifndef FS_ACT_TAG_H
#define FS_ACT_TAG_H

#include "fs/call/fs.h"
#include "fs/store/records/tags.h"

struct tag_act {
	struct node at; /* an item; a folder has no tags (NOT_SUPPORTED) */
	enum tag tag;
	const char *value; /* NULL: removes it; important then becomes "no" */
	bool only_new, only_change;
	enum reason why; /* out: the refusal, where the errno is one */
};

/* The same value again changes nothing.  ENODATA: there is none to remove, or to change
 * (only_change); EEXIST: there is one (only_new); ENOENT: the item is not in sight. */
int tag_set(struct call *c, struct tag_act *a);

enum tag_verdict { TAG_UNRELATED_PROPOSE, TAG_UNRELATED_AGREE, TAG_UNRELATED_REFUSE };

struct tag_unrelated_act {
	struct node at; /* an item */
	enum tag_verdict verdict;
	const char *reason; /* NULL: none; proposing takes one */
	enum reason why;    /* out */
};

/* Proposes that an item is unrelated to duty, or decides on what somebody else proposed. */
int tag_unrelated(struct call *c, struct tag_unrelated_act *a);

#endif
