#include "fs/act/hold.h"

#include <errno.h>

#include "fs/store/catalog/scopes.h"

#define PATH_TOLD 2048

struct acting {
	struct call *c;
	struct hold_act *a;
};

static struct hold_wish wish(const struct hold_act *a)
{
	return (struct hold_wish){
		.on = a->on, .name = a->name, .ground = a->ground, .reason = a->reason
	};
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

/* Emits an event of a hold, told on the trail of what it stands on.  details: what is its own;
 * taken. */
static int emit(
	struct turn *t, const struct acting *x, const char *kind, int64_t id, json_t *details)
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
	return turn_emit(t,
		&(struct event){ .kind = kind,
			.who = &x->c->who,
			.item = a->on.item,
			.kase = number[0] != '\0' ? number : NULL,
			.detailed = true,
			.details = details });
}

static int decide_set(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	const struct hold_wish w = wish(a);
	int64_t id;
	int err = holds_judge_set(turn_db(t), &x->c->who.person, &w, &a->held, &a->why);

	if (err == 0)
		err = reason_errno(a->why);
	if (err != 0 || a->held.hold.id != 0)
		return err;
	err = sql_value(turn_db(t), &id, "SELECT coalesce(max(id),0)+1 FROM hold", "");
	if (err == 0)
		err = emit(t, x, "hold.set", id,
			json_pack("{s:o, s:i, s:s}", "scope", scopes_json(&a->on), "ground",
				a->ground, "reason", a->reason != NULL ? a->reason : ""));
	return err == 0 ? holds_get(turn_db(t), id, &a->held) : err;
}

static int decide_ask(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	const struct hold_wish w = wish(a);
	int err = holds_judge_ask(turn_db(t), &x->c->who.person, &w, &a->held, &a->why);

	if (err == 0)
		err = reason_errno(a->why);
	if (err != 0 || a->held.hold.asked_by != 0)
		return err;
	err = emit(t, x, "hold.ask", a->held.hold.id, json_pack("{s:s?}", "reason", a->reason));
	return err == 0 ? holds_get(turn_db(t), a->held.hold.id, &a->held) : err;
}

static int decide_release(struct turn *t, void *arg)
{
	struct acting *x = arg;
	struct hold_act *a = x->a;
	const struct hold_wish w = wish(a);
	int err = holds_judge_release(turn_db(t), &x->c->who.person, &w, &a->held, &a->why);

	if (err == 0)
		err = reason_errno(a->why);
	if (err == 0)
		err = emit(t, x, "hold.release", a->held.hold.id,
			json_pack("{s:s}", "reason", a->reason));
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
