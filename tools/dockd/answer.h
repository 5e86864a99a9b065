/* What `custody deposit --json` said of a file, and what follows from it. */
#ifndef TOOLS_DOCKD_ANSWER_H
#define TOOLS_DOCKD_ANSWER_H

#include <jansson.h>

#include "tools/dockd/files.h"

/*
 * The verdict on `path`, whose strings live as long as `answer`.  *row: its object, NULL where it
 * has none (it was passed over, or there is no answer at all).
 */
void answer_verdict(
	const json_t *answer, const char *path, struct verdict *out, const json_t **row);

/* Whether a reason says that the store does not hold what it should. */
bool answer_grave(const char *reason);

#endif
