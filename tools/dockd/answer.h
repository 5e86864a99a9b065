/* Reads the answer of `custody deposit --json`, and what follows from it for a file. */
#ifndef TOOLS_DOCKD_ANSWER_H
#define TOOLS_DOCKD_ANSWER_H

#include <jansson.h>

#include "tools/dockd/files.h"

/*
 * The verdict on `path`; its strings are valid as long as `answer`.  *row: the file's object in the
 * answer; NULL where there is none, because the file was passed over or there is no answer.
 */
void answer_verdict(
	const json_t *answer, const char *path, struct verdict *out, const json_t **row);

/* Whether a reason means that the store does not have what it should have. */
bool answer_grave(const char *reason);

#endif
