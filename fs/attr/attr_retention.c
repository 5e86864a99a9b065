/* user.custody.class and user.custody.retain-until: how long an item, or what lies in a folder, is
 * kept at least. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/attr/attr_set.h"
#include "fs/call/judge.h"
#include "fs/deposit/deposit.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/records/retention.h"
#include "fs/tree/tree.h"
#include "policy/act.h"

struct setting {
	struct call *c;
	const struct node *n;
	struct scope scope; /* of a folder */
	const char *class;  /* NULL: a date */
	int64_t until;
	int flags;
	enum reason why;
};

static int emit(struct turn *t, const struct setting *l)
{
	const struct event_time *now = turn_time(t);
	json_t *scope = l->n->kind == NODE_ITEM ? NULL : scopes_json(&l->scope);
	int64_t item = l->n->kind == NODE_ITEM ? l->n->id : 0;
	char until[INSTANT_TEXT];

	if (l->n->kind != NODE_ITEM && scope == NULL)
		return ENOMEM;
	if (l->class != NULL)
		return turn_emit(t,
			&(struct event){ .kind = "retain.class",
				.who = &l->c->who,
				.item = item,
				DETAILS("{s:s, s:o*}", "class", l->class, "scope", scope) });
	instant_format(l->until, now->utc_offset, until);
	return turn_emit(t,
		&(struct event){ .kind = "retain.until",
			.who = &l->c->who,
			.item = item,
			DETAILS("{s:s, s:o*}", "until", until, "scope", scope) });
}

static int get_item(struct sql *db, const struct setting *l, struct item *out)
{
	int err = catalog_item(db, l->n->id, out);

	return err == 0 && !judge_in_sight(l->c, out) ? ENOENT : err;
}

static int decide(struct turn *t, void *arg)
{
	struct setting *l = arg;
	struct item item;
	bool on_item = l->n->kind == NODE_ITEM, exists = false;
	struct lengthening change = { .item = on_item ? &item : NULL,
		.on = &l->scope,
		.class = l->class,
		.until = l->until };
	int err = on_item ? get_item(turn_db(t), l, &item) : 0;

	l->why = REASON_NONE;
	if (err == 0)
		err = retention_judge(turn_db(t), &change, turn_time(t), &exists, &l->why);
	if (err == 0 && l->why != REASON_CLASS_UNKNOWN)
		err = attr_flags(l->flags, exists);
	if (err != 0)
		l->why = REASON_NONE;
	if (err == 0)
		err = reason_errno(l->why);
	return err == 0 ? emit(t, l) : err;
}

static enum reason read_value(struct setting *l, const char *name, const char *text)
{
	if (strcmp(name, "class") == 0) {
		l->class = text;
		return class_name_valid(text) ? REASON_NONE : REASON_CLASS_UNKNOWN;
	}
	return instant_parse(text, l->c->now.utc_offset, &l->until) ? REASON_NONE
								    : REASON_VALUE_BAD;
}

/* What can be judged before the committer is asked. */
static int prepare(
	struct setting *l, const char *name, const void *value, size_t len, char text[ATTR_TEXT])
{
	int err = 0;

	l->why = act_allowed(&l->c->who.person, ACT_RETAIN);
	if (l->why == REASON_NONE && value == NULL)
		l->why = REASON_SHORTENS;
	if (l->why == REASON_NONE && !attr_text(value, len, text))
		l->why = REASON_VALUE_BAD;
	if (l->why == REASON_NONE)
		l->why = read_value(l, name, text);
	if (l->why == REASON_NONE && l->n->kind != NODE_ITEM) {
		err = tree_scope(l->c, l->n, &l->scope);
		if (err == 0 && scope_whole(&l->scope))
			l->why = REASON_VALUE_BAD; /* never the whole store at once, by a slip of
						      the hand */
	}
	return err != 0 ? err : reason_errno(l->why);
}

int attr_retention_change(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags, enum reason *why)
{
	struct setting l = { .c = c, .n = n, .scope = SCOPE_ANY, .flags = flags };
	char text[ATTR_TEXT];
	int err = prepare(&l, name, value, len, text);

	if (err == 0) {
		deposits_settle(c->fs->deposits, n->kind == NODE_ITEM ? n->id : 0);
		call_subject(c);
		err = committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, &l);
	}
	*why = l.why;
	return err;
}

static int get_folder(struct call *c, const struct node *n, const char *name, char out[ATTR_TEXT])
{
	int32_t today = day_of_instant(c->now.clock, c->now.utc_offset);
	struct scope on;
	struct floor_of floor;
	int err = tree_scope(c, n, &on);

	if (err == 0 && scope_whole(&on))
		return ENODATA;
	if (err == 0)
		err = retention_floor(c->db, &on, today, c->now.utc_offset, &floor);
	if (err != 0)
		return err;
	if (strcmp(name, "class") == 0) {
		snprintf(out, ATTR_TEXT, "%s", floor.class);
		return floor.class[0] != '\0' ? 0 : ENODATA;
	}
	if (strcmp(name, "retain-until") != 0 || floor.until == 0)
		return ENODATA;
	instant_format(floor.until, c->now.utc_offset, out);
	return 0;
}

int attr_retention_get(struct call *c, const struct node *n, const struct item *item,
	const char *name, char out[ATTR_TEXT])
{
	struct retention r;
	int err;

	if (n->kind != NODE_ITEM)
		return get_folder(c, n, name, out);
	err = retention_state(c->db, item, c->now.utc_offset, &r);
	if (err != 0)
		return err;
	if (strcmp(name, "class") == 0)
		snprintf(out, ATTR_TEXT, "%s", r.class);
	else if (strcmp(name, "retain-basis") == 0)
		snprintf(out, ATTR_TEXT, "%s", bond_basis(&r.term.by));
	else
		retention_text(&r.term, c->now.utc_offset, out);
	return 0;
}
