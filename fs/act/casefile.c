#include "fs/act/casefile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/records/casefiles.h"
#include "fs/tree/forget.h"
#include "policy/act.h"
#include "policy/litter.h"
#include "policy/term.h"

struct casework {
	struct call *c;
	struct casefile_act *a;
	struct casefile old; /* registering; id 0: there was none */
	char alias[NAME_BUFFER];
	bool same; /* nothing was to be done */
};

static int refuse_part(struct casefile_act *a, enum reason why, const char *part)
{
	a->why = why;
	a->at_fault = part;
	return reason_errno(why);
}

static int begin_casework(struct call *c, struct casefile_act *a)
{
	a->at_fault = NULL;
	a->why = act_allowed(&c->who.person, ACT_REGISTER_CASE);
	return reason_errno(a->why);
}

static int run_casework(struct casework *w, decide_fn decide)
{
	call_subject(w->c);
	return committer_run(w->c->fs->store->committer, COMMIT_DURABLE, decide, w);
}

/* A number or an alias: a name of a folder in by-case, and none that means something else there. */
static int take_name(
	struct casefile_act *a, const char *text, const char *part, char out[NAME_BUFFER])
{
	if (text == NULL || name_normalise(text, out) != REASON_NONE || litter_name(out) ||
		strcmp(out, CASE_NONE) == 0 || strcmp(out, VIEW_BY_PARTY) == 0 ||
		strcmp(out, VIEW_BY_CAUSE) == 0)
		return refuse_part(a, REASON_VALUE_BAD, part);
	return 0;
}

static int take_text(
	struct casefile_act *a, const char *text, const char *part, char *out, size_t cap)
{
	if (text != NULL && !text_valid(text, cap - 1))
		return refuse_part(a, REASON_VALUE_BAD, part);
	snprintf(out, cap, "%s", text != NULL ? text : "");
	return 0;
}

/* The case that is named, by its number or an alias. */
static int find_case(struct call *c, struct casefile_act *a)
{
	char clean[NAME_BUFFER];
	int err;

	if (a->number == NULL || name_normalise(a->number, clean) != REASON_NONE)
		return refuse_part(a, REASON_VALUE_BAD, "number");
	err = catalog_case(c->db, clean, &a->casefile);
	return err == ENOENT ? refuse_part(a, REASON_NOT_FOUND, "number") : err;
}

static int judge_class(struct casework *w, struct turn *t)
{
	struct casefile *k = &w->a->casefile;
	enum reason why;
	int err;

	if (k->class[0] == '\0')
		snprintf(k->class, sizeof k->class, "%s",
			w->old.id != 0 ? w->old.class : CLASS_CASE_DEFAULT);
	err = casefiles_judge_class(turn_db(t), w->old.id, k->class, turn_time(t)->policy, &why);
	return err == 0 && why != REASON_NONE ? refuse_part(w->a, why, "class") : err;
}

static int decide_register(struct turn *t, void *arg)
{
	struct casework *w = arg;
	struct casefile *k = &w->a->casefile;
	int err = catalog_case(turn_db(t), k->number, &w->old);

	w->a->why = REASON_NONE;
	if (err == 0 && strcmp(w->old.number, k->number) != 0)
		return refuse_part(w->a, REASON_CONFLICT, "number"); /* an alias of another case */
	if (err == ENOENT) {
		w->old.id = 0;
		err = casefiles_next_id(turn_db(t), &k->id);
	} else
		k->id = w->old.id;
	if (err == 0)
		err = judge_class(w, t);
	if (err != 0)
		return err;
	return record_register_case(t, &(struct about){ .who = &w->c->who, .kase = k->number },
		&(struct register_case){ .id = k->id,
			.number = k->number,
			.party = k->party,
			.cause = k->cause,
			.klass = k->class });
}

static int take_case(struct casefile_act *a)
{
	struct casefile *k = &a->casefile;
	int err = take_name(a, a->number, "number", k->number);

	if (err == 0)
		err = take_text(a, a->party, "party", k->party, sizeof k->party);
	if (err == 0)
		err = take_text(a, a->cause, "cause", k->cause, sizeof k->cause);
	return err == 0 ? take_text(a, a->class, "class", k->class, sizeof k->class) : err;
}

/* The kernel knows the case in the folders of its party and cause as they were. */
static void forget_groups(struct call *c, const struct casefile *k,
	const struct casefiles_groups *was, const struct casefiles_groups *is)
{
	if (was->party != 0 && was->party != is->party)
		forget_in_group(c, VIEW_PARTY, was->party, k->number);
	if (was->cause != 0 && was->cause != is->cause)
		forget_in_group(c, VIEW_CAUSE, was->cause, k->number);
	if ((was->party == 0) != (is->party == 0) || (was->cause == 0) != (is->cause == 0))
		forget_case_links(c, k->id);
}

int casefile_register(struct call *c, struct casefile_act *a)
{
	struct casework w = { .c = c, .a = a };
	struct casefiles_groups was, is;
	int err = begin_casework(c, a);

	if (err == 0)
		err = take_case(a);
	if (err == 0)
		err = casefiles_groups(c->db, a->casefile.number, &was);
	if (err == 0)
		err = run_casework(&w, decide_register);
	if (err == 0 && casefiles_groups(c->db, a->casefile.number, &is) == 0)
		forget_groups(c, &a->casefile, &was, &is);
	return err;
}

static int decide_alias(struct turn *t, void *arg)
{
	struct casework *w = arg;
	const struct casefile *k = &w->a->casefile;
	struct casefile other;
	int64_t id;
	int err = catalog_case(turn_db(t), w->alias, &other);

	w->a->why = REASON_NONE;
	w->same = err == 0 && other.id == k->id;
	if (w->same)
		return 0;
	if (err != ENOENT)
		return err == 0 ? refuse_part(w->a, REASON_CONFLICT, "alias") : err;
	err = casefiles_next_alias(turn_db(t), &id);
	if (err != 0)
		return err;
	return record_case_alias(t, &(struct about){ .who = &w->c->who, .kase = k->number },
		&(struct case_alias){
			.case_id = k->id, .number = k->number, .alias = w->alias, .alias_id = id });
}

int casefile_alias(struct call *c, struct casefile_act *a)
{
	struct casework w = { .c = c, .a = a };
	int err = begin_casework(c, a);

	if (err == 0)
		err = take_name(a, a->alias, "alias", w.alias);
	if (err == 0)
		err = find_case(c, a);
	if (err == 0)
		err = run_casework(&w, decide_alias);
	if (err == 0 && !w.same)
		forget_case_links(c, a->casefile.id);
	return err;
}

static int decide_close(struct turn *t, void *arg)
{
	struct casework *w = arg;
	const struct event_time *now = turn_time(t);
	int32_t clock = day_of_instant(now->clock, now->utc_offset),
		wall = day_of_instant(now->wall, now->utc_offset), day = w->a->date;
	struct casefile k;
	enum reason why;
	int err = catalog_case(turn_db(t), w->a->casefile.number, &k);

	w->a->why = REASON_NONE;
	if (err != 0)
		return err;
	if (day == DAY_NONE)
		day = clock > wall ? clock : wall;
	why = casefiles_judge_close(&k, day, now);
	if (why != REASON_NONE)
		return refuse_part(w->a, why, "date");
	if (k.closed == day)
		return 0;
	return record_case_close(t, &(struct about){ .who = &w->c->who, .kase = k.number },
		&(struct case_close){ .case_id = k.id, .number = k.number, .date = day });
}

int casefile_close(struct call *c, struct casefile_act *a)
{
	struct casework w = { .c = c, .a = a };
	int err = begin_casework(c, a);

	if (err == 0)
		err = find_case(c, a);
	return err == 0 ? run_casework(&w, decide_close) : err;
}
