/* Tags by attribute: user.custody.stage, informed, important; and unrelated, by two people
 * (policy/tag.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/attr/attr_set.h"
#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/records/tags.h"
#include "fs/tree/tree.h"

struct tagging {
	struct call *c;
	int64_t item;
	enum tag tag;
	bool remove;
	char value[TAG_VALUE];
	int flags;
	enum reason why;
};

/* The item as it stands, and whose it is.  ENOENT where the subject does not see it. */
static int load(
	struct sql *db, const struct call *c, int64_t id, struct item *item, struct tag_item *whose)
{
	int err = catalog_item(db, id, item);

	if (err == 0 && !judge_in_sight(c, item))
		err = ENOENT;
	return err == 0 ? tags_item(db, item, whose) : err;
}

static int decide_tag(struct turn *t, void *arg)
{
	struct tagging *g = arg;
	struct item item;
	struct tag_item whose;
	char now[TAG_VALUE];
	int err;

	g->why = REASON_NONE;
	err = load(turn_db(t), g->c, g->item, &item, &whose);
	if (err == 0)
		err = tags_get(turn_db(t), &item, g->tag, now);
	if (err != 0)
		return err;
	g->why = tag_may_set(&g->c->who.person, &whose);
	err = reason_errno(g->why);
	if (err == 0)
		err = g->remove && now[0] == '\0' ? ENODATA : attr_flags(g->flags, now[0] != '\0');
	if (err != 0 || strcmp(now, g->value) == 0) /* as it stands already: nothing happened */
		return err;
	return turn_emit(t,
		&(struct event){ .kind = "tag.set",
			.who = &g->c->who,
			.item = g->item,
			DETAILS("{s:s, s:s?}", "name", tag_name(g->tag), "value",
				g->remove ? NULL : g->value) });
}

int attr_tag_change(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags, enum reason *why)
{
	struct tagging g = { .c = c,
		.item = n->id,
		.tag = tag_parse(name),
		.remove = value == NULL,
		.flags = flags };
	char text[ATTR_TEXT];
	int err;

	if (n->kind !=
		NODE_ITEM) /* folders and items are numbered apart: the same id is something else */
		g.why = REASON_NOT_SUPPORTED;
	else if (g.remove && g.tag == TAG_IMPORTANT) { /* there is no third way for it */
		g.remove = false;
		snprintf(g.value, sizeof g.value, "no");
	} else if (!g.remove && (!attr_text(value, len, text) || !tag_value(g.tag, text, g.value)))
		g.why = REASON_VALUE_BAD;
	err = reason_errno(g.why);
	if (err == 0) {
		deposits_settle(c->fs->deposits, n->id);
		call_subject(c);
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_tag, &g);
	}
	*why = g.why;
	return err;
}

struct judging {
	struct call *c;
	int64_t item;
	enum unrelated_act act;
	const char *reason;
	enum reason why;
};

static int decide_unrelated(struct turn *t, void *arg)
{
	struct judging *j = arg;
	struct item item;
	struct tag_item whose;
	struct unrelated_tag now;
	int err;

	j->why = REASON_NONE;
	err = load(turn_db(t), j->c, j->item, &item, &whose);
	if (err == 0)
		err = tags_unrelated(turn_db(t), j->item, &now);
	if (err != 0)
		return err;
	j->why = j->act == UNRELATED_PROPOSE
		? unrelated_may_propose(&j->c->who.person, &whose, now.state)
		: unrelated_may_decide(&j->c->who.person, &whose, now.state, now.proposed_by);
	if (j->why != REASON_NONE)
		return reason_errno(j->why);
	if (j->act == UNRELATED_PROPOSE)
		return turn_emit(t,
			&(struct event){ .kind = "unrelated.propose",
				.who = &j->c->who,
				.item = j->item,
				DETAILS("{s:s}", "reason", j->reason) });
	return turn_emit(t,
		&(struct event){ .kind = "unrelated.decide",
			.who = &j->c->who,
			.item = j->item,
			DETAILS("{s:b, s:s?}", "unrelated", j->act == UNRELATED_AGREE, "reason",
				j->reason) });
}

int attr_unrelated_act(
	struct call *c, int64_t item, enum unrelated_act act, const char *reason, enum reason *why)
{
	struct judging j = { .c = c, .item = item, .act = act, .reason = reason };
	int err;

	if ((act == UNRELATED_PROPOSE && reason == NULL) ||
		(reason != NULL &&
			!text_valid(reason, sizeof(((struct unrelated_tag *)0)->reason) - 1))) {
		*why = REASON_VALUE_BAD;
		return reason_errno(*why);
	}
	deposits_settle(c->fs->deposits, item);
	call_subject(c);
	err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide_unrelated, &j);
	*why = j.why;
	return err;
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

int attr_unrelated_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	struct unrelated_tag now = { .state = UNRELATED_NONE };
	enum reason why = REASON_NONE;
	char text[ATTR_TEXT];
	const char *reason;
	bool yes;
	int err = 0;

	(void)name, (void)flags;
	if (n->kind != NODE_ITEM || value == NULL)
		why = REASON_NOT_SUPPORTED;
	else if (!attr_text(value, len, text) || !read_verdict(text, &yes, &reason))
		why = REASON_VALUE_BAD;
	else
		err = tags_unrelated(c->db, n->id, &now);
	if (err == 0 && why == REASON_NONE && now.state != UNRELATED_PROPOSED && !yes)
		why = REASON_STATE;
	if (err == 0 && why == REASON_NONE)
		err = attr_unrelated_act(c, n->id,
			now.state != UNRELATED_PROPOSED ? UNRELATED_PROPOSE
				: yes                   ? UNRELATED_AGREE
							: UNRELATED_REFUSE,
			reason, &why);
	return why != REASON_NONE ? refusal_answer(c, VERB_SETXATTR, n, NULL, why)
				  : refusal_or_error(c, VERB_SETXATTR, n, err);
}
