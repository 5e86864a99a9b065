#include "fs/hold.h"

#include <errno.h>
#include <string.h>

#include "fs/store/scopes.h"

#define PATH_TOLD 2048

struct acting { struct call *c; struct hold_act *a; };

static int no(struct hold_act *a, enum reason why)
{
	a->why = why;
	return reason_errno(why);
}

/* Whether there is something to be held: not the whole store, nor what is gone. */
static int check_scope(struct sql *db, struct hold_act *a)
{
	struct item item;
	int err;

	if (scope_whole(&a->on))
		return no(a, REASON_VALUE_BAD);
	if (a->on.item == 0)
		return 0;
	err = catalog_item(db, a->on.item, &item);
	if (err == ENOENT)
		return no(a, REASON_NOT_FOUND);
	return err == 0 && item.state == ITEM_DISPOSED ? no(a, REASON_DISPOSED) : err;
}

/* The number of a case's scope, for its trail; "" for others. */
static int case_number(struct sql *db, const struct scope *on, char out[NAME_BUFFER])
{
	struct sql_rows *rows;
	int rc;

	out[0] = '\0';
	if (on->kase == 0)
		return 0;
	rows = sql_query(db, "SELECT number FROM casefile WHERE id=?", "i", on->kase);
	rc = sql_next(rows);
	if (rc == 1)
		sql_copy(rows, 0, out, NAME_BUFFER);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

/* Emits an event of a hold, told on the trail of what it stands on.  details: what is its own; taken. */
static int emit(struct turn *t, const struct acting *x, const char *kind, int64_t id, json_t *details)
{
	const struct hold_act *a = x->a;
	char number[NAME_BUFFER], path[PATH_TOLD];
	int err = case_number(turn_db(t), &a->on, number);
	int failed = details == NULL;

	if (err != 0) {
		json_decref(details);
		return err;
	}
	failed |= json_object_set_new(details, "id", json_integer((json_int_t)id)) != 0;
	failed |= json_object_set_new(details, "name", json_string(a->name)) != 0;
	if (scopes_path(turn_db(t), &a->on, path, sizeof path) == 0)
		failed |= json_object_set_new(details, "path", json_string(path)) != 0;
	if (failed) {
		json_decref(details);
		details = NULL;
	}
	return turn_emit(t, &(struct event){ .kind = kind, .who = &x->c->who, .item = a->on.item, .kase = number[0] != '\0' ? number : NULL,
			 .detailed = true, .details = details });
}

static int decide_set(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	struct hold *h = &a->held.hold;
	const char *reason = a->reason != NULL ? a->reason : "";
	struct sql *db = turn_db(t);
	int64_t id;
	int err;

	a->why = hold_may_set(&x->c->who.person);
	if (a->why == REASON_NONE && (!hold_name_valid(a->name) || a->ground < 1 || a->ground > GROUND_OTHER || (a->ground == GROUND_OTHER && *reason == '\0')
				      || (*reason != '\0' && !text_valid(reason, HOLD_REASON - 1))))
		a->why = REASON_VALUE_BAD;
	if (a->why != REASON_NONE)
		return reason_errno(a->why);
	err = check_scope(db, a);
	if (err != 0)
		return err;
	err = holds_named(db, &a->on, a->name, &a->held);
	if (err == 0)
		return h->ground == a->ground && strcmp(h->reason, reason) == 0 ? 0 : no(a, REASON_DIFFERS);
	if (err == ENOENT)
		err = sql_value(db, &id, "SELECT coalesce(max(id),0)+1 FROM hold", "");
	if (err == 0)
		err = emit(t, x, "hold.set", id, json_pack("{s:o, s:i, s:s}", "scope", scopes_json(&a->on), "ground", a->ground, "reason", reason));
	return err == 0 ? holds_get(db, id, &a->held) : err;
}

/* The standing hold of that name on exactly that place. */
static int find(struct turn *t, struct hold_act *a)
{
	int err = holds_named(turn_db(t), &a->on, a->name, &a->held);

	return err == ENOENT ? no(a, REASON_NOT_FOUND) : err;
}

static int decide_ask(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	int err;

	a->why = hold_may_set(&x->c->who.person);
	if (a->why == REASON_NONE && a->reason != NULL && !text_valid(a->reason, HOLD_REASON - 1))
		a->why = REASON_VALUE_BAD;
	if (a->why != REASON_NONE)
		return reason_errno(a->why);
	err = find(t, a);
	if (err != 0 || a->held.hold.asked_by != 0)
		return err;
	err = emit(t, x, "hold.ask", a->held.hold.id, json_pack("{s:s?}", "reason", a->reason));
	return err == 0 ? holds_get(turn_db(t), a->held.hold.id, &a->held) : err;
}

static int decide_release(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	int err = find(t, a);

	if (err != 0)
		return err;
	a->why = hold_may_release(&a->held.hold, &x->c->who.person);
	if (a->why == REASON_NONE && (a->reason == NULL || !text_valid(a->reason, HOLD_REASON - 1)))
		a->why = REASON_VALUE_BAD;
	if (a->why != REASON_NONE)
		return reason_errno(a->why);
	err = emit(t, x, "hold.release", a->held.hold.id, json_pack("{s:s}", "reason", a->reason));
	return err == 0 ? holds_get(turn_db(t), a->held.hold.id, &a->held) : err;
}

static int run(struct call *c, struct hold_act *a, decide_fn decide)
{
	struct acting x = { c, a };

	a->why = REASON_NONE;
	call_subject(c);
	return committer_run(c->fs->store->committer, COMMIT_DURABLE, decide, &x);
}

int hold_set(struct call *c, struct hold_act *a)
{
	return run(c, a, decide_set);
}

int hold_ask(struct call *c, struct hold_act *a)
{
	return run(c, a, decide_ask);
}

int hold_release(struct call *c, struct hold_act *a)
{
	return run(c, a, decide_release);
}
