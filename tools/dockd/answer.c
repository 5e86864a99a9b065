/* Reads the answer of `custody deposit --json`. */
#include "tools/dockd/answer.h"

#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

/*
 * Finds the row of a file by its source.  The answer has the source unchanged, also with control
 * characters; only a name that is not UTF-8 is made safe there.
 */
static const json_t *row_of(const json_t *files, const char *path, size_t *rows)
{
	const json_t *found = NULL, *row;
	json_t *plain = json_string(path);
	char *source = plain != NULL ? strdup(path) : render_safe(path);
	size_t i;
	*rows = 0;
	json_array_foreach(files, i, row) {
		const char *text = get_text(row, "source");
		if (text != NULL && source != NULL && strcmp(text, source) == 0) {
			found = row;
			++*rows;
		}
	}
	free(source);
	json_decref(plain);
	return found;
}

bool answer_grave(const char *reason)
{
	return reason != NULL &&
		(strcmp(reason, "mismatch") == 0 || strcmp(reason, "damaged") == 0);
}

static enum outcome outcome_of(const char *status, const char *reason)
{
	if (strcmp(status, "deposited") == 0 || strcmp(status, "duplicate") == 0)
		return OUTCOME_DONE;
	if (reason != NULL && strcmp(reason, "changed") == 0)
		return OUTCOME_CHANGED;
	if (strcmp(status, "failed") == 0 && !answer_grave(reason))
		return OUTCOME_FAILED;
	return OUTCOME_REFUSED;
}

void answer_verdict(const json_t *answer, const char *path, struct verdict *out, const json_t **row)
{
	const json_t *files = json_object_get(answer, "files");
	size_t rows;
	const json_t *found;
	const char *status;
	*out = (struct verdict){ .outcome = OUTCOME_UNANSWERED };
	*row = NULL;
	if (!json_is_array(files))
		return;
	found = row_of(files, path, &rows);
	if (rows > 1)
		return; /* two names that are not UTF-8 can look the same when made safe: deposit
			   them one by one */
	*row = found;
	status = get_text(*row, "status");
	if (status == NULL) {
		*out = (struct verdict){ OUTCOME_REFUSED, "passed-over", NULL,
			N_("custody deposit passed it over; it is not taken for evidence") };
		return;
	}
	out->status = status;
	out->reason = get_text(*row, "reason");
	out->text = get_text(*row, "text");
	out->outcome = outcome_of(status, out->reason);
}
