/* Cases: registered, linked to items, called by further names, closed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/linking.h"
#include "fs/ctl/command.h"
#include "fs/store/base/jsonget.h"
#include "fs/store/query/cases.h"
#include "fs/store/records/retention.h"
#include "fs/tree/forget.h"
#include "policy/litter.h"

/* One change of a case, decided in the committer. */
struct casework {
	struct call *c;
	struct query *q;
	struct casefile kase; /* as it is asked for; of an alias or a close, as it stands */
	struct casefile old;  /* id 0: there was none */
	char alias[NAME_BUFFER];
	int32_t day;
	bool same;         /* nothing is to be done */
	enum reason why;   /* out */
	const char *field; /* out */
};

static int deny(struct casework *w, enum reason why, const char *field)
{
	w->why = why;
	w->field = field;
	return reason_errno(why);
}

static int run(struct casework *w, decide_fn decide)
{
	int err;

	call_subject(w->c);
	err = committer_run(w->c->fs->store->committer, COMMIT_DURABLE, decide, w);
	return w->why != REASON_NONE ? query_refuse(w->q, w->why, w->field) : err;
}

/* A number or an alias: a name of a folder in by-case, and none that means something else there. */
static int name_field(
	struct query *q, const json_t *request, const char *key, char out[NAME_BUFFER])
{
	const char *text = jsonget_str(request, key);

	if (text == NULL || name_normalise(text, out) != REASON_NONE || litter_name(out) ||
		strcmp(out, CASE_NONE) == 0 || strcmp(out, VIEW_BY_PARTY) == 0 ||
		strcmp(out, VIEW_BY_CAUSE) == 0)
		return query_refuse(q, REASON_VALUE_BAD, key);
	return 0;
}

static int text_field(
	struct query *q, const json_t *request, const char *key, char *out, size_t cap)
{
	const char *text = jsonget_str(request, key);

	out[0] = '\0';
	if (text != NULL && !text_valid(text, cap - 1))
		return query_refuse(q, REASON_VALUE_BAD, key);
	snprintf(out, cap, "%s", text != NULL ? text : "");
	return 0;
}

/* The class has to be one of the policy in force that a case can have, and none that is shorter
 * than what the case was given before. */
static int judge_class(struct casework *w, struct sql *db, int64_t policy)
{
	struct casefile *k = &w->kase;
	enum reason why;
	int err;

	if (k->class[0] == '\0')
		snprintf(k->class, sizeof k->class, "%s",
			w->old.id != 0 ? w->old.class : CLASS_CASE_DEFAULT);
	err = cases_judge_class(db, w->old.id, k->class, policy, &why);
	return err == 0 && why != REASON_NONE ? deny(w, why, "class") : err;
}

static int decide_register(struct turn *t, void *arg)
{
	struct casework *w = arg;
	struct casefile *k = &w->kase;
	struct sql *db = turn_db(t);
	int err = catalog_case(db, k->number, &w->old);

	w->why = REASON_NONE;
	if (err == 0 && strcmp(w->old.number, k->number) != 0)
		return deny(w, REASON_CONFLICT, "number"); /* an alias of another case */
	if (err == ENOENT) {
		w->old.id = 0;
		err = sql_value(db, &k->id, "SELECT coalesce(max(id),0)+1 FROM casefile", "");
	} else
		k->id = w->old.id;
	if (err == 0)
		err = judge_class(w, db, turn_time(t)->policy);
	if (err != 0)
		return err;
	return turn_emit(t,
		&(struct event){ .kind = "register.case",
			.who = &w->c->who,
			.kase = k->number,
			DETAILS("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)k->id, "number",
				k->number, "party", k->party, "cause", k->cause, "class",
				k->class) });
}

static void groups_of(struct call *c, const char *number, int64_t *party, int64_t *cause)
{
	struct sql_rows *rows = sql_query(
		c->db, "SELECT party_group, cause_group FROM casefile WHERE number=?", "s", number);

	*party = *cause = 0;
	if (sql_next(rows) == 1) {
		*party = sql_int(rows, 0);
		*cause = sql_int(rows, 1);
	}
	sql_done(rows);
}

int command_register_case(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct casework w = { .c = c, .q = q };
	struct casefile *k = &w.kase;
	int64_t party, cause, new_party, new_cause;
	int err = query_need(q, ACT_REGISTER_CASE);

	if (err == 0)
		err = name_field(q, request, "number", k->number);
	if (err == 0)
		err = text_field(q, request, "party", k->party, sizeof k->party);
	if (err == 0)
		err = text_field(q, request, "cause", k->cause, sizeof k->cause);
	if (err == 0)
		err = text_field(q, request, "class", k->class, sizeof k->class);
	if (err != 0)
		return err;
	groups_of(c, k->number, &party, &cause);
	err = run(&w, decide_register);
	if (err != 0)
		return err;
	groups_of(c, k->number, &new_party, &new_cause);
	if (party != 0 && party != new_party)
		forget_in_group(c, VIEW_PARTY, party, k->number);
	if (cause != 0 && cause != new_cause)
		forget_in_group(c, VIEW_CAUSE, cause, k->number);
	if ((party == 0) != (new_party == 0) || (cause == 0) != (new_cause == 0))
		forget_case_links(c, k->id);
	return query_show_case(q, k->number, answer);
}

/* The case that a request names, by its number or an alias. */
static int case_field(struct query *q, const json_t *request, struct casefile *out)
{
	const char *number = jsonget_str(request, "case");
	char clean[NAME_BUFFER];
	int err;

	if (number == NULL || name_normalise(number, clean) != REASON_NONE)
		return query_refuse(q, REASON_VALUE_BAD, "case");
	err = catalog_case(q->db, clean, out);
	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "case") : err;
}

static int decide_alias(struct turn *t, void *arg)
{
	struct casework *w = arg;
	struct sql *db = turn_db(t);
	struct casefile other;
	int64_t id;
	int err = catalog_case(db, w->alias, &other);

	w->why = REASON_NONE;
	w->same = err == 0 && other.id == w->kase.id;
	if (w->same)
		return 0;
	if (err != ENOENT)
		return err == 0 ? deny(w, REASON_CONFLICT, "alias") : err;
	err = sql_value(db, &id, "SELECT coalesce(max(id),0)+1 FROM case_alias", "");
	if (err != 0)
		return err;
	return turn_emit(t,
		&(struct event){ .kind = "case.alias",
			.who = &w->c->who,
			.kase = w->kase.number,
			DETAILS("{s:I, s:s, s:s, s:I}", "case_id", (json_int_t)w->kase.id, "number",
				w->kase.number, "alias", w->alias, "alias_id", (json_int_t)id) });
}

int command_case_alias(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct casework w = { .c = c, .q = q };
	int err = query_need(q, ACT_REGISTER_CASE);

	if (err == 0)
		err = name_field(q, request, "alias", w.alias);
	if (err == 0)
		err = case_field(q, request, &w.kase);
	if (err == 0)
		err = run(&w, decide_alias);
	if (err != 0)
		return err;
	if (!w.same)
		forget_case_links(c, w.kase.id);
	return query_show_case(q, w.kase.number, answer);
}

static int decide_close(struct turn *t, void *arg)
{
	struct casework *w = arg;
	const struct event_time *now = turn_time(t);
	int32_t clock = day_of_instant(now->clock, now->utc_offset),
		wall = day_of_instant(now->wall, now->utc_offset);
	struct casefile k;
	char day[DAY_TEXT];
	enum reason why;
	int err = catalog_case(turn_db(t), w->kase.number, &k);

	w->why = REASON_NONE;
	if (err != 0)
		return err;
	if (w->day == DAY_NONE)
		w->day = clock > wall ? clock : wall;
	why = cases_judge_close(&k, w->day, now);
	if (why != REASON_NONE)
		return deny(w, why, "date");
	if (k.closed == w->day)
		return 0;
	day_format(w->day, day);
	return turn_emit(t,
		&(struct event){ .kind = "case.close",
			.who = &w->c->who,
			.kase = k.number,
			DETAILS("{s:I, s:s, s:s}", "case_id", (json_int_t)k.id, "number", k.number,
				"date", day) });
}

int command_case_close(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	struct casework w = { .c = c, .q = q, .day = DAY_NONE };
	const char *day = jsonget_str(request, "date");
	int err = query_need(q, ACT_REGISTER_CASE);

	if (err == 0 && day != NULL && !day_parse(day, &w.day))
		err = query_refuse(q, REASON_VALUE_BAD, "date");
	if (err == 0)
		err = case_field(q, request, &w.kase);
	if (err == 0)
		err = run(&w, decide_close);
	return err == 0 ? query_show_case(q, w.kase.number, answer) : err;
}

/* One path of the request: an item, or a folder, of which so many items at a time. */
static int read_place(struct linking *l, struct query *q, const json_t *request, int64_t *next)
{
	const char *path = jsonget_str(request, "path");
	struct query_place place = { .day = DAY_NONE };
	int64_t after = jsonget_int(request, "after", 0);
	int err = q->resolve(q->arg, path, &place);

	if (err == ENOENT)
		return query_refuse(q, REASON_NOT_FOUND, "path");
	if (err == 0 && after < 0)
		return query_refuse(q, REASON_VALUE_BAD, "after");
	if (err == 0 && query_place_whole(&place))
		return query_refuse(
			q, REASON_VALUE_BAD, "path"); /* the whole store belongs to no one case */
	return err == 0 ? linking_page(l, &place, after, next) : err;
}

/* Items, by number or by path. */
static int read_items(struct linking *l, struct query *q, const json_t *request)
{
	const json_t *paths = json_object_get(request, "paths"),
		     *items = json_object_get(request, "items"), *one;
	struct item item;
	size_t i;
	int err;

	if (json_array_size(paths) + json_array_size(items) > LINKING_PAGE)
		return query_refuse(q, REASON_VALUE_BAD, "items");
	json_array_foreach(paths, i, one) {
		json_t *by = json_pack("{s:O}", "path", one);

		err = query_item(q, by, &item);
		json_decref(by);
		if (err != 0)
			return err;
		l->items[l->count++] = item.id;
	}
	json_array_foreach(items, i, one)
		l->items[l->count++] = json_integer_value(one);
	for (i = 0; i < l->count; i++) {
		err = catalog_item(q->db, l->items[i], &item);
		if (err == ENOENT || (err == 0 && item.state != ITEM_SEALED))
			return query_refuse(q, REASON_NOT_FOUND,
				json_array_size(paths) != 0 ? "paths" : "items");
		if (err != 0)
			return err;
	}
	return 0;
}

static int link_items(
	struct call *c, struct query *q, const json_t *request, bool unlink, json_t **answer)
{
	struct linking *l = calloc(1, sizeof *l);
	int64_t next = 0;
	int err = l == NULL ? ENOMEM : query_need(q, ACT_REGISTER_CASE);

	if (err == 0) {
		l->c = c;
		l->unlink = unlink;
		err = case_field(q, request, &l->kase);
	}
	if (err == 0)
		err = jsonget_str(request, "path") != NULL ? read_place(l, q, request, &next)
							   : read_items(l, q, request);
	if (err == 0)
		err = linking_run(l);
	if (err == 0 && l->lying > 0 && l->lying == l->count)
		err = query_refuse(q, REASON_IN_CASE, "path");
	if (err == 0)
		*answer = json_pack("{s:s, s:I, s:I, s:o}", "case", l->kase.number, "changed",
			(json_int_t)l->changed, "unchanged", (json_int_t)l->unchanged, "next",
			next != 0 ? json_integer(next) : json_null());
	free(l);
	return err;
}

int command_case_link(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return link_items(c, q, request, false, answer);
}

int command_case_unlink(struct call *c, struct query *q, const json_t *request, json_t **answer)
{
	return link_items(c, q, request, true, answer);
}
