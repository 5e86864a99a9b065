/* Why something is, or would be, refused: the same decisions that refuse, asked without acting. */
#ifndef FS_WHY_H
#define FS_WHY_H

#include "fs/fs.h"

struct why { enum verb verb; enum reason reason; bool recent; int64_t when; };

/*
 * verb VERB_COUNT: the subject's latest refusal there if it is remembered (recent, when), else what opening for reading (an item) or
 * depositing (a folder) would meet.
 */
int why_ask(struct call *c, const struct node *n, enum verb verb, struct why *out);

#endif
