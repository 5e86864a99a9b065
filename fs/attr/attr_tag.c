/* Tags by attribute: user.custody.stage, informed, important; and unrelated, by two people
 * (fs/act/tag.h). */
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "fs/act/tag.h"
#include "fs/attr/attr_set.h"
#include "fs/call/refusal.h"

int attr_tag_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	struct tag_act a = { .at = *n,
		.tag = tag_parse(name),
		.only_new = flags & XATTR_CREATE,
		.only_change = flags & XATTR_REPLACE };
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	char text[ATTR_TEXT];
	int err;

	if (n->kind != NODE_ITEM)
		return refusal_answer(c, verb, n, NULL, REASON_NOT_SUPPORTED);
	if (value != NULL && !attr_text(value, len, text))
		return refusal_answer(c, verb, n, NULL, REASON_VALUE_BAD);
	a.value = value != NULL ? text : NULL;
	err = tag_set(c, &a);
	return attr_answer(c, verb, n, a.why, err);
}

/* "yes" or "no", and perhaps "; reason=…". */
static bool read_verdict(char *text, bool *yes, const char **reason)
{
	char *rest = text + strcspn(text, "; ");
	char word[8], value[TAG_VALUE];

	snprintf(word, sizeof word, "%.*s", (int)(rest - text), text);
	rest += strspn(rest, "; ");
	*reason = strncmp(rest, "reason=", 7) == 0 ? rest + 7 : NULL;
	if (*rest != '\0' && *reason == NULL)
		return false;
	if (!tag_value(TAG_IMPORTANT, word, value))
		return false;
	*yes = strcmp(value, "yes") == 0;
	return true;
}

/* What the word means in the present state; false where it says no though nobody proposed it. */
static bool choose_verdict(enum unrelated now, bool yes, enum tag_verdict *out)
{
	if (now == UNRELATED_PROPOSED)
		*out = yes ? TAG_UNRELATED_AGREE : TAG_UNRELATED_REFUSE;
	else
		*out = TAG_UNRELATED_PROPOSE;
	return now == UNRELATED_PROPOSED || yes;
}

int attr_unrelated_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	struct tag_unrelated_act a = { .at = *n };
	struct unrelated_tag now;
	char text[ATTR_TEXT];
	bool yes;
	int err;

	(void)name, (void)flags;
	if (n->kind != NODE_ITEM || value == NULL)
		return refusal_answer(c, VERB_SETXATTR, n, NULL, REASON_NOT_SUPPORTED);
	if (!attr_text(value, len, text) || !read_verdict(text, &yes, &a.reason))
		return refusal_answer(c, VERB_SETXATTR, n, NULL, REASON_VALUE_BAD);
	err = tags_get_unrelated(c->db, n->id, &now);
	if (err == 0 && !choose_verdict(now.state, yes, &a.verdict))
		return refusal_answer(c, VERB_SETXATTR, n, NULL, REASON_STATE);
	if (err == 0)
		err = tag_unrelated(c, &a);
	return attr_answer(c, VERB_SETXATTR, n, a.why, err);
}
