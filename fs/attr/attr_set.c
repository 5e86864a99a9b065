#include "fs/attr/attr_set.h"

#include <string.h>

#include "fs/act/target.h"
#include "fs/call/refusal.h"
#include "policy/name.h"

/* in base64 it must fit an event */

bool attr_text(const void *value, size_t len, char out[ATTR_TEXT])
{
	if (len >= ATTR_TEXT || memchr(value, '\0', len) != NULL)
		return false;
	memcpy(out, value, len);
	out[len] = '\0';
	return text_valid(out, ATTR_TEXT - 1);
}

int attr_answer(struct call *c, enum verb verb, const struct node *n, enum reason why, int err)
{
	if (why == REASON_NONE)
		return refusal_or_error(c, verb, n, err);
	return target_attempt(why) ? err : refusal_answer(c, verb, n, NULL, why);
}
