/*
 * Steps: what people do.  The product decides on each (by the functions of fs/store and policy/
 * that the committer's decisions call), and the model learns of it.  false: r->failure says what is
 * wrong; a step that the product refuses changes nothing.
 */
#ifndef TESTS_UNIT_STORE_RULES_STEPS_H
#define TESTS_UNIT_STORE_RULES_STEPS_H

#include "fs/store/records/casefiles.h"
#include "fs/store/records/holds.h"
#include "fs/store/records/retention.h"
#include "tests/unit/store/rules_run.h"

/* --- deposits --- */

static bool make_folder(struct run *r, int who, struct model_item *i, unsigned day, int64_t *id)
{
	int64_t *known = &r->folder_id[i->unit - 1][i->device - 1][i->officer - 5][day][i->folder];

	if (*known == 0) {
		if (!emit(r, "folder.make", 0, who, -1,
			    json_pack("{s:I, s:i, s:i, s:i, s:s, s:s}", "id",
				    (json_int_t)++r->folders, "unit_id", i->unit, "device_id",
				    i->device, "officer_id", i->officer, "date", days[day], "case",
				    folder_names[i->folder])))
			return false;
		*known = r->folders;
	}
	*id = *known;
	return true;
}

/* What follows the beginning: sealed, broken off, or taken back by its depositor. */
static bool end_deposit(struct run *r, int64_t id, unsigned how, struct model_item *i)
{
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	char until[INSTANT_TEXT];

	if (how % 8 == 0)
		return emit(r, "deposit.incomplete", id, i->officer - 1, -1,
			json_pack("{s:s, s:i}", "reason", "killed", "size", 7));
	until_text(r, r->w->now.clock + 5000, until);
	i->sealed = how % 8 != 1;
	return emit(r, "deposit.close", id, i->officer - 1, -1,
		       json_pack("{s:i, s:s, s:i}", "size", 100, "root", zeros, "mtime", 1)) &&
		emit(r, "deposit.seal", id, i->officer - 1, -1,
			json_pack("{s:s}", "settle_until", until)) &&
		(how / 8 % 8 == 0 ||
			emit(r, "digest", id, -1, -1,
				json_pack("{s:s, s:s}", "sha256", zeros, "sm3", zeros))) &&
		(i->sealed || emit(r, "deposit.withdraw", id, i->officer - 1, -1, json_object()));
}

static bool step_deposit(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	unsigned day = s->a % 8;
	struct model_item *i = &m->items[m->item_count];
	int64_t id = m->item_count + 1, folder;
	char until[INSTANT_TEXT], name[16];
	int64_t promised;

	if (m->item_count == ITEMS)
		return true;
	*i = (struct model_item){ .unit = 1 + (int)(s->b % 2),
		.device = 1 + (int)(s->b / 2 % 2),
		.officer = 5 + (int)(s->b / 4 % 2),
		.day = day_number(days[day]),
		.folder = (int)(s->c % FOLDERS),
		.count = 1,
		.classes = { { 0, m->version } } };
	i->promised = model_end(i->day, m->rules[m->version][0].months, m->offset);
	m->item_count++;
	r->last[id - 1] = (struct model_answer){ .end = 0 };
	snprintf(name, sizeof name, "%d.mp4", (int)id);
	world_must(retention_promise(r->w->db, i->day, &r->w->now, &promised), "a promise");
	until_text(r, promised, until);
	return make_folder(r, i->officer - 1, i, day, &folder) &&
		emit(r, "deposit.begin", id, i->officer - 1, -1,
			json_pack("{s:I, s:s, s:i, s:i, s:i, s:i, s:b, s:s, s:s}", "folder",
				(json_int_t)folder, "name", name, "mode", 420, "uid", 2004, "gid",
				2004, "mtime", 1, "important", 0, "class", CLASS_DEFAULT,
				"retain_until", until)) &&
		end_deposit(r, id, s->d, i);
}

/* --- what lengthens --- */

/* Now and then there is an event on the ledger that would not pass: another version of the product
 * decided it.  Even so it must shorten nothing. */
static bool undecided(const struct step *s)
{
	return s->d % 8 == 3;
}

static json_t *with_scope(const struct run *r, json_t *details, const struct model_scope *on)
{
	struct scope s = scope_of(r, on);

	json_object_set_new(details, "scope", scopes_json(&s));
	return details;
}

/* Whether the product lets a class (or a date) pass, on an item or on a folder. */
static bool passes(struct run *r, const struct model_scope *on, const char *class, int64_t until)
{
	const struct scope s = scope_of(r, on);
	struct item item;
	struct lengthening l = {
		.item = on->item != 0 ? &item : NULL, .on = &s, .class = class, .until = until
	};
	bool exists;
	enum reason why;

	if (on->item != 0) {
		world_must(catalog_item(r->w->db, on->item, &item), "an item");
		if (item.state != ITEM_SEALED) /* nobody sees it */
			return false;
	}
	world_must(
		retention_judge(r->w->db, &l, &r->w->now, &exists, &why), "whether it lengthens");
	return why == REASON_NONE;
}

static bool step_class(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	struct model_scope on = any_scope(r, s->a, s->b);
	unsigned class_of = s->c % (CLASSES + 4); /* one that an item has not anyway, more often */
	struct model_given given = { class_of < CLASSES ? (int)class_of : CLASSES - 1, m->version };
	const char *class = class_names[given.class];

	if (!undecided(s) && !passes(r, &on, class, 0))
		return true;
	if (on.item != 0) {
		struct model_item *i = &m->items[on.item - 1];

		i->classes[i->count++] = given;
		return emit(r, "retain.class", on.item, 1, -1, json_pack("{s:s}", "class", class));
	}
	m->floors[m->floor_count++] = (struct model_floor){ on, given, 0 };
	return emit(r, "retain.class", 0, 1, -1,
		with_scope(r, json_pack("{s:s}", "class", class), &on));
}

static bool step_until(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	struct model_scope on = any_scope(r, s->a, s->b);
	int64_t until = r->w->now.clock + ((int64_t)(s->c % 2000) - 100) * 86400000 +
		s->d % 86400000;
	char text[INSTANT_TEXT];

	if (!undecided(s) && !passes(r, &on, NULL, until))
		return true;
	until_text(r, until, text);
	if (on.item != 0) {
		if (until > m->items[on.item - 1].set)
			m->items[on.item - 1].set = until;
		return emit(r, "retain.until", on.item, 1, -1, json_pack("{s:s}", "until", text));
	}
	m->floors[m->floor_count++] = (struct model_floor){ on, { -1, 0 }, until };
	return emit(
		r, "retain.until", 0, 1, -1, with_scope(r, json_pack("{s:s}", "until", text), &on));
}

/* --- cases --- */

/* One that is registered; -1: none is. */
static int any_case(const struct run *r, unsigned n)
{
	int there[CASES], count = 0;

	for (int k = 0; k < CASES; k++)
		if (r->m.cases[k].there)
			there[count++] = k;
	return count > 0 ? there[n % (unsigned)count] : -1;
}

static bool step_register(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = (int)(s->a % CASES), class = (int)(s->b % CLASSES), err;
	struct model_case *k = &m->cases[kase];
	struct casefile there = { .id = 0 };
	enum reason why;

	err = catalog_case(r->w->db, folder_names[1 + kase], &there);
	if (err == 0 && strcmp(there.number, folder_names[1 + kase]) != 0)
		return true; /* an alias of another */
	world_must(casefiles_judge_class(r->w->db, err == 0 ? there.id : 0, class_names[class],
			   r->w->now.policy, &why),
		"a class of a case");
	if (why != REASON_NONE && !(undecided(s) && why == REASON_SHORTENS))
		return true;
	if (!k->there)
		m->case_id[kase] = 1 + (m->case_id[0] != 0) + (m->case_id[1] != 0) +
			(m->case_id[2] != 0);
	r->tied = !k->there;
	k->there = true;
	k->classes[k->count++] = (struct model_given){ class, m->version };
	return emit(r, "register.case", 0, 3, kase,
		json_pack("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)m->case_id[kase], "number",
			folder_names[1 + kase], "party", "刘记", "cause", "过期", "class",
			class_names[class]));
}

static bool step_alias(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = any_case(r, s->a), name = 1 + (int)(s->b % (FOLDERS - 1)), aliases = 0;
	struct casefile other;

	if (kase < 0 || catalog_case(r->w->db, folder_names[name], &other) != ENOENT)
		return true;
	for (int k = 0; k < CASES; k++)
		for (int f = 0; f < FOLDERS; f++)
			aliases += m->cases[k].alias[f];
	r->tied = true;
	m->cases[kase].alias[name] = true;
	return emit(r, "case.alias", 0, 3, kase,
		json_pack("{s:I, s:s, s:s, s:i}", "case_id", (json_int_t)m->case_id[kase], "number",
			folder_names[1 + kase], "alias", folder_names[name], "alias_id",
			aliases + 1));
}

static bool step_link(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = any_case(r, s->a),
	    item = m->item_count > 0 ? (int)(s->b % (unsigned)m->item_count) : 0;
	struct model_item *i = &m->items[item];
	bool unlink = s->c % 3 == 0, lies, linked;

	if (kase < 0 || m->item_count == 0 || !i->sealed || i->gone)
		return true;
	world_must(casefiles_belongs(r->w->db, m->case_id[kase], item + 1, &lies, &linked),
		"what belongs to a case");
	if (unlink ? !linked : lies || linked)
		return true;
	if (!unlink) {
		r->tied = i->linked[kase] = true;
		i->classes[i->count++] = (struct model_given){ 1, m->version };
	}
	return emit(r, unlink ? "case.unlink" : "case.link", item + 1, 3, kase,
		json_pack("{s:I, s:s}", "case_id", (json_int_t)m->case_id[kase], "number",
			folder_names[1 + kase]));
}

static bool step_close(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = any_case(r, s->a), today = (int)day_of_instant(r->w->now.clock, m->offset),
	    day = today - (s->b % 4 == 0 ? (int)(s->b / 4 % 400) - 20 : 0);
	struct model_case *k = &m->cases[kase >= 0 ? kase : 0];
	struct casefile there;
	char text[DAY_TEXT];

	if (kase < 0)
		return true;
	world_must(catalog_case(r->w->db, folder_names[1 + kase], &there), "a case");
	if (!undecided(s) && casefiles_judge_close(&there, day, &r->w->now) != REASON_NONE)
		return true;
	if (!undecided(s) && (day < k->closed || day > today))
		return FAIL(r, "case %d, closed on day %d, is closed on day %d of today %d",
			kase + 1, k->closed, day, today);
	r->tied = true;
	if (day > k->closed)
		k->closed = day;
	day_format(day, text);
	return emit(r, "case.close", 0, 3, kase,
		json_pack("{s:I, s:s, s:s}", "case_id", (json_int_t)m->case_id[kase], "number",
			folder_names[1 + kase], "date", text));
}

/* --- holds --- */

static bool step_hold(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	struct model_scope on = any_scope(r, s->a, s->b);
	int who = (int)(s->c % PEOPLE), ground = 1 + (int)(s->d / 2 % 4);
	char name[8];
	const struct hold_wish w = { .on = scope_of(r, &on),
		.name = name,
		.ground = ground,
		.reason = ground == 4 ? "why" : "" };
	struct held stands;
	enum reason why;

	snprintf(name, sizeof name, "h%u", s->d % 2);
	world_must(holds_judge_set(r->w->db, &r->w->people[who].person, &w, &stands, &why),
		"whether a hold may be set");
	if (why != REASON_NONE || stands.hold.id != 0)
		return true;
	m->holds[m->hold_count++] =
		(struct model_hold){ .on = on, .set_by = who + 1, .stands = true };
	return emit(r, "hold.set", on.item, who, -1,
		with_scope(r,
			json_pack("{s:i, s:s, s:i, s:s}", "id", m->hold_count, "name", name,
				"ground", ground, "reason", w.reason),
			&on));
}

/* Who asks for a release must be one who may set; who releases, one who did neither, with a role of
 * their own. */
static bool step_release(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int who = (int)(s->b % PEOPLE),
	    id = m->hold_count > 0 ? 1 + (int)(s->a % (unsigned)m->hold_count) : 1;
	struct model_hold *h = &m->holds[id - 1];
	bool ask = s->c % 3 == 0;
	struct held held, stands;
	struct hold_wish w = { .reason = "over" };
	enum reason why;

	if (m->hold_count == 0)
		return true;
	world_must(holds_get(r->w->db, id, &held), "a hold");
	w.on = held.scope;
	w.name = held.hold.name;
	world_must((ask ? holds_judge_ask : holds_judge_release)(
			   r->w->db, &r->w->people[who].person, &w, &stands, &why),
		"whether a hold may be released");
	if (why != REASON_NONE || stands.hold.id != id || (ask && stands.hold.asked_by != 0))
		return true;
	if (!h->stands)
		return FAIL(r, "hold %d does not stand, and is released again", id);
	if (!ask &&
		(h->set_by == who + 1 || h->asked_by == who + 1 ||
			!(world_people[who].roles & (ROLE_APPROVER | ROLE_LEGAL))))
		return FAIL(r, "hold %d, set by %d, release asked by %d, is released by %d", id,
			(int)h->set_by, (int)h->asked_by, who + 1);
	if (ask)
		h->asked_by = who + 1;
	else
		h->stands = false;
	return emit(r, ask ? "hold.ask" : "hold.release", held.scope.item, who, -1,
		json_pack("{s:i, s:s, s:s}", "id", id, "name", held.hold.name, "reason", "over"));
}

#endif
