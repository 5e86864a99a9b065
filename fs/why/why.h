/* Why something is, or would be, refused: by the same decisions that refuse, without acting. */
#ifndef FS_WHY_WHY_H
#define FS_WHY_WHY_H

#include <jansson.h>

#include "fs/call/fs.h"
#include "policy/grant.h"

struct why {
	enum verb verb;
	enum reason reason;
	bool recent;
	int64_t when;
	struct grant grant; /* the request that met a refusal to read; id 0: none */
};

/*
 * verb VERB_COUNT: the subject's latest refusal there if it is remembered (recent, when), else what
 * opening for reading (an item) or depositing (a folder) would meet.
 */
int why_ask(struct call *c, const struct node *n, enum verb verb, struct why *out);

/* The facts behind the answer, as they are now (why_text.h), a new reference; an empty object where
 * there are none. */
int why_facts(struct call *c, const struct node *n, const struct why *w, json_t **out);

#endif
