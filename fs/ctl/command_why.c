/* custody why: whether something is allowed, and what that rests on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/tree/tree.h"
#include "fs/why/why.h"

/* What a path leads to, or the nearest folder above it that exists: a file whose making was refused
 * does not. */
static int find_nearest(struct call *c, const char *path, struct node *out, bool *there)
{
	char *copy = strdup(path), *slash;
	int err;

	if (copy == NULL)
		return ENOMEM;
	*there = true;
	while ((err = tree_resolve(c, copy, out)) == ENOENT &&
		(slash = strrchr(copy, '/')) != NULL) {
		*slash = '\0';
		*there = false;
	}
	free(copy);
	return err == ENOTDIR ? ENOENT : err;
}

/* Whether the folder's answer also answers for what is not in it: it is about making it, about what
 * was refused lately, or the same for all because of who asks. */
static bool answers_for_absent(const struct why *w)
{
	return w->recent || w->verb == VERB_CREATE || w->verb == VERB_MKDIR ||
		w->verb == VERB_SYMLINK || w->verb == VERB_MKNOD || w->reason == REASON_NOBODY ||
		w->reason == REASON_NO_ROLE;
}

/* In a view nothing is removed or renamed, in whatever state the item is. */
static int judge_place(struct call *c, const char *path, struct why *w)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash != NULL ? strndup(path, (size_t)(slash - path)) : NULL;
	struct node n;
	int err = 0;

	if (folder != NULL && !w->recent &&
		(w->verb == VERB_UNLINK || w->verb == VERB_RENAME || w->verb == VERB_RENAME_OVER ||
			w->verb == VERB_RENAME_AWAY)) {
		err = tree_resolve(c, folder, &n);
		if (err == 0 && n.kind == NODE_VIEW && w->reason == REASON_NONE)
			w->reason = REASON_VIEW;
	}
	free(folder);
	return err;
}

static int answer_why(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	const char *path = jsonget_str(request, "path"), *name = jsonget_str(request, "verb");
	enum verb verb = name != NULL ? verb_parse_word(name) : VERB_COUNT;
	struct node n;
	json_t *facts;
	struct why w;
	bool there;
	int err;

	if (path == NULL || (name != NULL && verb == VERB_COUNT))
		return query_refuse(q, REASON_VALUE_BAD, path == NULL ? "path" : "verb");
	err = find_nearest(c, path, &n, &there);
	if (err == 0)
		err = why_ask(c, &n, verb, &w);
	if (err == 0 && there)
		err = judge_place(c, path, &w);
	/* nothing is known of what does not exist, except why it could not be made */
	if (err == ENOENT ||
		(err == 0 && !there && (w.reason == REASON_NONE || !answers_for_absent(&w))))
		return query_refuse(q, REASON_NOT_FOUND, "path");
	if (err == 0)
		err = why_facts(c, &n, &w, &facts);
	if (err != 0)
		return err;
	*answer = json_pack("{s:s, s:s, s:b, s:s?, s:s, s:s, s:b, s:o, s:o}", "path", path, "verb",
		verb_name(w.verb), "allowed", w.reason == REASON_NONE, "errno",
		w.reason != REASON_NONE ? strerrorname_np(reason_errno(w.reason)) : NULL, "reason",
		reason_name(w.reason), "text", reason_text(w.reason), "recent", w.recent, "when",
		query_instant(q, w.recent ? w.when : 0), "facts", facts);
	return 0;
}

const struct command command_why[] = {
	{ "why", answer_why, FIELDS(TEXT("path"), TEXT("verb")) },
	{ NULL, NULL, NULL },
};
