/*
 * Random sequences of what changes how long items are kept and whether they may go, each in a small store of its own.  After every event the product's answers are
 * compared with those of an independent model (rules_model.h): nothing ends earlier than it did, nothing that is held or has not ended may go; after every sequence
 * a catalog made from the ledger's texts alone gives the same answers.
 *
 * MODEL_RUNS sequences from MODEL_SEED on; a sequence that fails is cut down to the steps that matter, and told.  The same two give the same run.
 */
#include <malloc.h>

#include "fs/store/holds.h"
#include "fs/store/policies.h"
#include "fs/store/retention.h"
#include "fs/store/scopes.h"
#include "policy/disposal.h"
#include "policy/policyfile.h"
#include "tests/unit/rules_model.h"
#include "tests/unit/rules_world.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNS_DEFAULT 3000
#else
#define RUNS_DEFAULT 100000
#endif
#define SEED_DEFAULT 20230831
#define STEPS_LEAST 10
#define STEPS_MOST 30
#define COMPARE_EVERY 256
#define CLOCK_MOST INT64_C(29348006400000)         /* 2900: the model's calendar goes on for more than the longest class */

/* A step's numbers are taken modulo what there is, so that a step means something whatever steps were cut away before it. */
struct step { unsigned what, a, b, c, d; };

struct run {
	struct world *w;
	struct model m;
	struct model_answer last[ITEMS];
	int64_t folder_id[2][2][2][8][FOLDERS];
	int64_t folders;
	bool tied;                      /* the event tied items to a case, or closed one: what had no end may get one */
	char failure[512];
};

static const char *const class_names[CLASSES] = { "patrol", "evidence", "evidence-10", "evidence-30", "long-term", "permanent", "special" };
static const char *const folder_names[FOLDERS] = { "未立案", "汶市监立〔2023〕47号", "汶市监立〔2023〕48号", "K-3", "旧案", "L-2" };
static const char *const days[8] = { "2023-08-31", "2023-08-30", "2023-02-28", "2020-02-29", "2023-03-31", "2022-12-31", "2019-11-30", "2023-09-01" };

#define FAIL(r, ...) (snprintf((r)->failure, sizeof (r)->failure, __VA_ARGS__), false)

static void model_rules_builtin(struct model *m)
{
	m->version = 1;
	m->rules[1][0] = (struct model_rule){ KIND_RECORDED, 6 };
	m->rules[1][1] = (struct model_rule){ KIND_CASE, 0 };
	m->rules[1][2] = (struct model_rule){ KIND_CLOSED, 120 };
	m->rules[1][3] = (struct model_rule){ KIND_CLOSED, 360 };
	m->rules[1][4] = (struct model_rule){ KIND_PERMANENT, 0 };
	m->rules[1][5] = (struct model_rule){ KIND_PERMANENT, 0 };
	m->rules[1][6] = (struct model_rule){ KIND_ABSENT, 0 };
}

static int day_number(const char *text)
{
	int32_t day = 0;

	ck_assert(day_parse(text, &day));
	return day;
}

static const char *until_text(const struct run *r, int64_t until, char out[INSTANT_TEXT])
{
	instant_format(until, r->w->now.utc_offset, out);
	return out;
}

/* Emits; a mistake here is the product's, whose decision let the event pass. */
static bool emit(struct run *r, const char *kind, int64_t item, int who, int kase, json_t *details)
{
	int err = world_emit(r->w, kind, item, &r->w->people[who], kase >= 0 ? folder_names[1 + kase] : NULL, details);

	return err == 0 || FAIL(r, "%s is not applied: %s", kind, strerror(err));
}

/* --- scopes --- */

/* An item, a case, or a part of the tree: the first levels of one of its arrangements. */
static struct model_scope any_scope(const struct run *r, unsigned a, unsigned b)
{
	static const char *const views[] = { "udoaf", "audof", "oaudf", "dauof" };
	struct model_scope s = MODEL_ANYWHERE;
	unsigned depth = 1 + b / 8 % 5;

	if (a % 8 < 2 && r->m.item_count > 0)
		s.item = 1 + (int)(b % (unsigned)r->m.item_count);
	else if (a % 8 < 4 && r->m.cases[b % CASES].there)
		s.kase = (int)(b % CASES);
	else
		for (const char *level = views[a / 8 % 4]; depth > 0; level++, depth--)
			switch (*level) {
			case 'u': s.unit = 1 + (int)(b / 64 % 2); break;
			case 'd': s.device = 1 + (int)(b / 128 % 2); break;
			case 'o': s.officer = 5 + (int)(b / 256 % 2); break;
			case 'a': s.day = day_number(days[b / 512 % 8 % 3]); break;
			default: s.folder = (int)(b / 4096 % FOLDERS); break;
			}
	return s;
}

static struct scope scope_of(const struct run *r, const struct model_scope *m)
{
	struct scope s = { .item = m->item, .kase = m->kase >= 0 ? r->m.case_id[m->kase] : 0, .unit = m->unit, .device = m->device, .officer = m->officer,
			   .day = m->day >= 0 ? m->day : DAY_NONE };

	if (m->folder >= 0)
		snprintf(s.folder, sizeof s.folder, "%s", folder_names[m->folder]);
	return s;
}

/* --- deposits --- */

static bool make_folder(struct run *r, int who, struct model_item *i, unsigned day, int64_t *id)
{
	int64_t *known = &r->folder_id[i->unit - 1][i->device - 1][i->officer - 5][day][i->folder];

	if (*known == 0) {
		if (!emit(r, "folder.make", 0, who, -1, json_pack("{s:I, s:i, s:i, s:i, s:s, s:s}", "id", (json_int_t)++r->folders, "unit_id", i->unit, "device_id", i->device,
			  "officer_id", i->officer, "date", days[day], "case", folder_names[i->folder])))
			return false;
		*known = r->folders;
	}
	*id = *known;
	return true;
}

/* What follows the beginning: sealed, broken off, or taken back by its depositor. */
static bool end_deposit(struct run *r, int64_t id, unsigned how, struct model_item *i)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	char until[INSTANT_TEXT];

	if (how % 8 == 0)
		return emit(r, "deposit.incomplete", id, i->officer - 1, -1, json_pack("{s:s, s:i}", "reason", "killed", "size", 7));
	until_text(r, r->w->now.clock + 5000, until);
	i->sealed = how % 8 != 1;
	return emit(r, "deposit.close", id, i->officer - 1, -1, json_pack("{s:i, s:s, s:i}", "size", 100, "root", zeros, "mtime", 1)) &&
		emit(r, "deposit.seal", id, i->officer - 1, -1, json_pack("{s:s}", "settle_until", until)) &&
		(i->sealed || emit(r, "deposit.withdraw", id, i->officer - 1, -1, json_object()));
}

static bool step_deposit(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	unsigned day = s->a % 8;
	struct model_item *i = &m->items[m->item_count];
	int64_t id = m->item_count + 1, folder;
	struct class_rule class;
	char until[INSTANT_TEXT], name[16];

	if (m->item_count == ITEMS)
		return true;
	*i = (struct model_item){ .unit = 1 + (int)(s->b % 2), .device = 1 + (int)(s->b / 2 % 2), .officer = 5 + (int)(s->b / 4 % 2), .day = day_number(days[day]),
				  .folder = (int)(s->c % FOLDERS), .count = 1, .classes = { { 0, m->version } } };
	i->promised = model_end(i->day, m->rules[m->version][0].months, m->offset);
	m->item_count++;
	r->last[id - 1] = (struct model_answer){ .end = 0 };
	snprintf(name, sizeof name, "%d.mp4", (int)id);
	if (retention_class(r->w->db, CLASS_DEFAULT, r->w->now.policy, &class) != 0)
		return FAIL(r, "there is no class %s", CLASS_DEFAULT);
	until_text(r, term_end(i->day, class.months, m->offset), until);
	return make_folder(r, i->officer - 1, i, day, &folder) &&
		emit(r, "deposit.begin", id, i->officer - 1, -1, json_pack("{s:I, s:s, s:i, s:i, s:i, s:i, s:b, s:s, s:s}", "folder", (json_int_t)folder, "name", name, "mode", 420,
		     "uid", 2004, "gid", 2004, "mtime", 1, "important", 0, "class", CLASS_DEFAULT, "retain_until", until)) &&
		end_deposit(r, id, s->d, i);
}

/* --- what lengthens --- */

static bool get_item(struct run *r, struct sql *db, int item, struct item *out)
{
	int err = catalog_item(db, item + 1, out);

	return err == 0 || FAIL(r, "item %d: %s", item + 1, strerror(err));
}

static json_t *with_scope(const struct run *r, json_t *details, const struct model_scope *on)
{
	struct scope s = scope_of(r, on);

	json_object_set_new(details, "scope", scopes_json(&s));
	return details;
}

/* A class (or a date) that the product lets pass, on an item or on a folder. */
static bool lengthen(struct run *r, const struct model_scope *on, const char *class, int64_t until, bool *passes)
{
	struct world *w = r->w;
	struct scope s = scope_of(r, on);
	struct class_rule rule;
	struct item item;
	int err = class != NULL ? retention_class(w->db, class, w->now.policy, &rule) : 0;

	*passes = false;
	if (err == ENOENT || (class != NULL && err == 0 && !class_fits_item(&rule)) || (class == NULL && until <= w->now.clock))
		return true;
	if (err == 0 && on->item != 0)
		err = get_item(r, w->db, on->item - 1, &item) ? retention_lengthens(w->db, &item, class, w->now.policy, until, w->now.utc_offset, passes) : EIO;
	else if (err == 0)
		err = retention_floor_lengthens(w->db, &s, class, w->now.policy, until, day_of_instant(w->now.clock, w->now.utc_offset), w->now.utc_offset, passes);
	return err == 0 || FAIL(r, "whether it lengthens: %s", strerror(err));
}

static bool step_class(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	struct model_scope on = any_scope(r, s->a, s->b);
	struct model_given given = { (int)(s->c % CLASSES), m->version };
	const char *class = class_names[given.class];
	bool passes;

	if (!lengthen(r, &on, class, 0, &passes) || !passes)
		return r->failure[0] == '\0';
	if (on.item != 0) {
		struct model_item *i = &m->items[on.item - 1];

		i->classes[i->count++] = given;
		return emit(r, "retain.class", on.item, 1, -1, json_pack("{s:s}", "class", class));
	}
	m->floors[m->floor_count++] = (struct model_floor){ on, given, 0 };
	return emit(r, "retain.class", 0, 1, -1, with_scope(r, json_pack("{s:s}", "class", class), &on));
}

static bool step_until(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	struct model_scope on = any_scope(r, s->a, s->b);
	int64_t until = r->w->now.clock + ((int64_t)(s->c % 2000) - 100) * 86400000 + s->d % 86400000;
	char text[INSTANT_TEXT];
	bool passes;

	if (!lengthen(r, &on, NULL, until, &passes) || !passes)
		return r->failure[0] == '\0';
	until_text(r, until, text);
	if (on.item != 0) {
		if (until > m->items[on.item - 1].set)
			m->items[on.item - 1].set = until;
		return emit(r, "retain.until", on.item, 1, -1, json_pack("{s:s}", "until", text));
	}
	m->floors[m->floor_count++] = (struct model_floor){ on, { -1, 0 }, until };
	return emit(r, "retain.until", 0, 1, -1, with_scope(r, json_pack("{s:s}", "until", text), &on));
}

/* --- cases --- */

static bool step_register(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = (int)(s->a % CASES), class = (int)(s->b % CLASSES), err;
	struct model_case *k = &m->cases[kase];
	struct casefile there;
	struct class_rule rule;

	err = catalog_case(r->w->db, folder_names[1 + kase], &there);
	if (err == 0 && strcmp(there.number, folder_names[1 + kase]) != 0)
		return true;            /* an alias of another */
	err = retention_class(r->w->db, class_names[class], r->w->now.policy, &rule);
	if (err == ENOENT || !class_fits_case(&rule))
		return true;
	if (!k->there)
		m->case_id[kase] = 1 + (m->case_id[0] != 0) + (m->case_id[1] != 0) + (m->case_id[2] != 0);
	r->tied = !k->there;
	k->there = true;
	k->classes[k->count++] = (struct model_given){ class, m->version };
	return emit(r, "register.case", 0, 3, kase, json_pack("{s:I, s:s, s:s, s:s, s:s}", "id", (json_int_t)m->case_id[kase], "number", folder_names[1 + kase],
		    "party", "刘记", "cause", "过期", "class", class_names[class]));
}

static bool step_alias(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = (int)(s->a % CASES), name = 1 + (int)(s->b % (FOLDERS - 1)), aliases = 0;
	struct casefile other;

	if (!m->cases[kase].there || catalog_case(r->w->db, folder_names[name], &other) != ENOENT)
		return true;
	for (int k = 0; k < CASES; k++)
		for (int f = 0; f < FOLDERS; f++)
			aliases += m->cases[k].alias[f];
	r->tied = true;
	m->cases[kase].alias[name] = true;
	return emit(r, "case.alias", 0, 3, kase, json_pack("{s:I, s:s, s:s, s:i}", "case_id", (json_int_t)m->case_id[kase], "number", folder_names[1 + kase],
		    "alias", folder_names[name], "alias_id", aliases + 1));
}

static bool step_link(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = (int)(s->a % CASES), item = m->item_count > 0 ? (int)(s->b % (unsigned)m->item_count) : 0;
	struct model_item *i = &m->items[item];
	bool unlink = s->c % 3 == 0;

	if (!m->cases[kase].there || m->item_count == 0 || !i->sealed || i->gone)
		return true;
	if (!unlink) {
		r->tied = i->linked[kase] = true;
		i->classes[i->count++] = (struct model_given){ 1, m->version };
	}
	return emit(r, unlink ? "case.unlink" : "case.link", item + 1, 3, kase, json_pack("{s:I, s:s}", "case_id", (json_int_t)m->case_id[kase],
		    "number", folder_names[1 + kase]));
}

static bool step_close(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int kase = (int)(s->a % CASES), today = (int)day_of_instant(r->w->now.clock, m->offset), day = today - (int)(s->b % 200);
	struct model_case *k = &m->cases[kase];
	char text[DAY_TEXT];

	if (!k->there)
		return true;
	r->tied = true;
	if (day > k->closed)
		k->closed = day;
	day_format(day, text);
	return emit(r, "case.close", 0, 3, kase, json_pack("{s:I, s:s, s:s}", "case_id", (json_int_t)m->case_id[kase], "number", folder_names[1 + kase], "date", text));
}

/* --- holds --- */

static bool step_hold(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	struct model_scope on = any_scope(r, s->a, s->b);
	struct scope scope = scope_of(r, &on);
	int who = (int)(s->c % PEOPLE);
	char name[8];
	struct held other;

	snprintf(name, sizeof name, "h%u", s->d % 2);
	if (hold_may_set(&r->w->people[who].person) != REASON_NONE || holds_named(r->w->db, &scope, name, &other) != ENOENT)
		return true;
	m->holds[m->hold_count++] = (struct model_hold){ .on = on, .set_by = who + 1, .stands = true };
	return emit(r, "hold.set", on.item, who, -1, with_scope(r, json_pack("{s:i, s:s, s:i, s:s}", "id", m->hold_count, "name", name, "ground", 1, "reason", ""), &on));
}

/* Who asks for a release must be one who may set; who releases, one who did neither, with a role of their own. */
static bool step_release(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int who = (int)(s->b % PEOPLE), id = m->hold_count > 0 ? 1 + (int)(s->a % (unsigned)m->hold_count) : 0;
	struct model_hold *h = &m->holds[id > 0 ? id - 1 : 0];
	bool ask = s->c % 3 == 0;
	struct held held;
	json_t *details = NULL;

	if (id == 0)
		return true;
	world_must(holds_get(r->w->db, id, &held), "a hold");
	if ((held.hold.released_by == 0) != h->stands)
		return FAIL(r, "hold %d: whether it stands", id);
	if (!h->stands || (ask ? hold_may_set(&r->w->people[who].person) : hold_may_release(&held.hold, &r->w->people[who].person)) != REASON_NONE)
		return true;
	if (!ask && (h->set_by == who + 1 || h->asked_by == who + 1 || !(world_people[who].roles & (ROLE_APPROVER | ROLE_LEGAL))))
		return FAIL(r, "hold %d, set by %d, release asked by %d, is released by %d", id, (int)h->set_by, (int)h->asked_by, who + 1);
	details = json_pack("{s:i, s:s, s:s}", "id", id, "name", held.hold.name, "reason", "over");
	if (ask)
		h->asked_by = who + 1;
	else
		h->stands = false;
	return emit(r, ask ? "hold.ask" : "hold.release", held.scope.item, who, -1, details);
}

/* --- policies and the clock --- */

static struct model_rule any_rule(unsigned class, unsigned n)
{
	static const int months[] = { 6, 7, 12, 18, 24, 60, 120, 360, 1200, 1 };
	static const enum model_kind kinds[CLASSES] = { KIND_RECORDED, KIND_CASE, KIND_CLOSED, KIND_CLOSED, KIND_PERMANENT, KIND_PERMANENT, KIND_RECORDED };
	enum model_kind kind = n % 16 == 0 ? KIND_ABSENT : n % 16 == 1 ? KIND_PERMANENT : n % 16 == 2 ? KIND_RECORDED : kinds[class];

	return (struct model_rule){ kind, kind == KIND_RECORDED || kind == KIND_CLOSED ? months[n / 16 % 10] : 0 };
}

static bool step_policy(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	static struct policyfile file;
	struct policy_fault fault;
	unsigned n = s->a;
	bool changes;
	json_t *classes;

	file = (struct policyfile){ .label = "新", .interpreter = "法制科", .effective = day_number("2023-09-01") };
	for (unsigned c = 0; c < CLASSES; c++) {
		struct model_rule rule = any_rule(c, n % 160);

		n = n * 1103515245 + 12345 + s->b;
		n ^= n >> 15;
		m->rules[m->version + 1][c] = rule;
		if (rule.kind == KIND_ABSENT)
			continue;
		snprintf(file.classes[file.class_count].name, CLASS_NAME, "%s", class_names[c]);
		file.classes[file.class_count].kind = (enum class_kind)rule.kind;
		file.classes[file.class_count++].months = rule.months;
	}
	if (!policyfile_check(&file, &fault))
		return true;
	world_must(policy_changes_kind(r->w->db, &file, &changes), "kinds");
	if (changes)
		return true;
	m->version++;
	classes = json_array();
	for (size_t i = 0; i < file.class_count; i++)
		json_array_append_new(classes, json_pack("{s:s, s:s, s:i}", "name", file.classes[i].name, "kind", class_kind_name(file.classes[i].kind), "months", file.classes[i].months));
	return emit(r, "policy.load", 0, 3, -1, json_pack("{s:i, s:i, s:s, s:s, s:s, s:o, s:{}, s:[], s:s}", "id", m->version, "version", m->version, "label", file.label,
		    "effective", "2023-09-01", "interpreter", file.interpreter, "classes", classes, "settings", "readers", "text", ""));
}

static bool step_clock(struct run *r, const struct step *s)
{
	static const int64_t steps[] = { 1, 60000, 86400000, 86400000 * INT64_C(40), 86400000 * INT64_C(400), 86400000 * INT64_C(4000) };
	int64_t by = steps[s->a % 6] * (1 + s->b % 3);

	/* often to the very end of an item, or just before it */
	if (s->c % 2 == 0 && r->m.item_count > 0) {
		int64_t end = r->last[s->c / 2 % (unsigned)r->m.item_count].end - s->d % 2;

		if (end > r->w->now.clock)
			by = end - r->w->now.clock;
	}
	if (r->w->now.clock + by > CLOCK_MOST)
		return true;
	r->w->now.clock += by;
	r->w->now.wall += by;
	return true;
}

static const struct { const char *name; bool (*fn)(struct run *, const struct step *); unsigned weight; } kinds[] = {
	{ "deposit", step_deposit, 5 }, { "class", step_class, 4 }, { "until", step_until, 3 }, { "register", step_register, 4 }, { "alias", step_alias, 2 },
	{ "link", step_link, 4 }, { "close", step_close, 3 }, { "hold", step_hold, 4 }, { "release", step_release, 5 }, { "policy", step_policy, 3 }, { "clock", step_clock, 5 },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* --- what is checked --- */

/* The bond that is told to decide does, taken alone. */
static bool decides(const struct term *t, int day, int offset)
{
	struct term one = TERM_NONE;

	term_add(&one, &t->by, day, offset);
	if (t->permanent || one.permanent)
		return t->permanent == one.permanent;
	if (term_pending(t))
		return one.open || one.follows;
	return one.at_least == t->at_least;
}

static bool check_answer(struct run *r, struct sql *db, int item, const struct model_answer *want)
{
	int64_t now = r->w->now.clock;
	struct retention got;
	struct item row;
	enum reason why;
	int err;

	if (!get_item(r, db, item, &row))
		return false;
	err = retention_state(db, &row, r->m.offset, &got);
	if (err != 0)
		return FAIL(r, "item %d: its retention: %s", item + 1, strerror(err));
	if (got.term.permanent != want->permanent || term_pending(&got.term) != want->pending || got.held != want->held)
		return FAIL(r, "item %d: permanent %d, pending %d, held %d; the model says %d, %d, %d", item + 1, got.term.permanent, term_pending(&got.term), got.held,
			    want->permanent, want->pending, want->held);
	if (got.term.at_least != want->end)
		return FAIL(r, "item %d: ends at %lld; the model says %lld", item + 1, (long long)got.term.at_least, (long long)want->end);
	if (!decides(&got.term, r->m.items[item].day, r->m.offset))
		return FAIL(r, "item %d: a bond of kind %d is told to decide, and does not", item + 1, (int)got.term.by.kind);
	why = disposal_allows(&got.term, got.held, now);
	if ((why == REASON_NONE) != model_free(want, now))
		return FAIL(r, "item %d: whether it may go: %s; the model says %d", item + 1, reason_name(why), model_free(want, now));
	return true;
}

/* Against what stood before. */
static bool check_promise(struct run *r, int item, const struct model_answer *is)
{
	const struct model_answer *was = &r->last[item];

	if (is->end < was->end || (was->permanent && !is->permanent))
		return FAIL(r, "item %d: ended at %lld (permanent %d), now at %lld (%d)", item + 1, (long long)was->end, was->permanent, (long long)is->end, is->permanent);
	if (was->pending && !is->pending && !is->permanent && !r->tied)
		return FAIL(r, "item %d: had no end, and has one though no case was closed nor tied to it", item + 1);
	r->last[item] = *is;
	return true;
}

static bool check_items(struct run *r)
{
	for (int i = 0; i < r->m.item_count; i++) {
		struct model_answer want = model_ask(&r->m, i);

		if (!check_answer(r, r->w->db, i, &want) || !check_promise(r, i, &want))
			return false;
	}
	return true;
}

struct listing { const struct model *m; int item, next; bool wrong; };

static bool one_hold(void *arg, const struct held *h)
{
	struct listing *l = arg;

	while (l->next < l->m->hold_count && !(l->m->holds[l->next].stands && model_covers(l->m, &l->m->holds[l->next].on, l->item)))
		l->next++;
	l->wrong |= l->next == l->m->hold_count || h->hold.id != l->next + 1;
	l->next++;
	return !l->wrong;
}

/* The holds of an item, one by one; and the scopes of all holds and floors as pure functions judge them. */
static bool check_scopes(struct run *r, int item)
{
	const struct model *m = &r->m;
	struct listing l = { .m = m, .item = item };
	struct item row;
	struct scope at;

	if (!get_item(r, r->w->db, item, &row) || holds_on_item(r->w->db, &row, one_hold, &l) != 0 || scopes_of_item(r->w->db, &row, &at) != 0)
		return FAIL(r, "item %d: its holds", item + 1);
	if (l.wrong)
		return FAIL(r, "item %d: the holds that stand on it are others than the model's", item + 1);
	for (int i = 0; i < m->hold_count + m->floor_count; i++) {
		const struct model_scope *on = i < m->hold_count ? &m->holds[i].on : &m->floors[i - m->hold_count].on;
		struct scope s = scope_of(r, on);

		if (scope_covers(&s, &at, on->kase >= 0 && model_in_case(m, &m->items[item], on->kase)) != model_covers(m, on, item))
			return FAIL(r, "item %d: whether scope %d covers it", item + 1, i);
	}
	return true;
}

/* The ledger alone gives the same. */
static bool check_again(struct run *r, bool thorough)
{
	int err = world_replay(r->w);
	const char *table;

	if (err != 0)
		return FAIL(r, "entry %zu is not applied again: %s", r->w->applied, strerror(err));
	table = thorough ? world_differs_by_compare(r->w) : world_differs(r->w);
	if (table != NULL)
		return FAIL(r, "made again from the ledger the catalog differs: %s", table);
	for (int i = 0; i < r->m.item_count; i++)
		if (!check_answer(r, r->w->again, i, &r->last[i]) || !check_scopes(r, i))
			return false;
	return true;
}

/* --- sequences --- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static unsigned any_kind(unsigned n)
{
	unsigned sum = 0, k = 0;

	for (size_t i = 0; i < KINDS; i++)
		sum += kinds[i].weight;
	for (n %= sum; n >= kinds[k].weight; k++)
		n -= kinds[k].weight;
	return k;
}

static size_t make_steps(uint64_t seed, struct step out[STEPS_MOST], int *offset)
{
	static const int offsets[] = { 480, 480, 480, 0, -210, 840 };
	uint64_t state = seed * UINT64_C(0xD1342543DE82EF95) + 1;
	size_t count = STEPS_LEAST + next_random(&state) % (1 + next_random(&state) % (STEPS_MOST - STEPS_LEAST + 1));      /* short ones more often */

	*offset = offsets[next_random(&state) % 6];
	for (size_t i = 0; i < count; i++) {
		uint64_t x = next_random(&state), y = next_random(&state);

		out[i] = (struct step){ i == 0 ? 0 : any_kind((unsigned)(x & 0xffff)), (unsigned)(x >> 16 & 0xffffff), (unsigned)(x >> 40), (unsigned)(y & 0xffffff),
					(unsigned)(y >> 24) };
	}
	return count;
}

/* Runs a sequence; false: r->failure says what is wrong. */
static bool run_steps(struct run *r, struct world *w, const struct step *steps, size_t count, int offset, bool thorough)
{
	bool good = true;
	size_t before;

	memset(r, 0, sizeof *r);
	r->w = w;
	r->m.offset = offset;
	model_rules_builtin(&r->m);
	world_begin(w, offset);
	for (size_t i = 0; i < count && good; i++) {
		before = w->count;
		r->tied = false;
		if (w->tell)
			printf("  %s\n", kinds[steps[i].what].name);
		good = kinds[steps[i].what].fn(r, &steps[i]);
		if (good && (w->count != before || steps[i].what == KINDS - 1))
			good = check_items(r);
	}
	if (good)
		good = check_again(r, thorough);
	world_undo(w);
	return good;
}

/* Cuts away steps as long as it still fails. */
static size_t shorten(struct run *r, struct world *w, struct step *steps, size_t count, int offset)
{
	struct step fewer[STEPS_MOST];

	for (size_t size = count / 2; size > 0; size /= 2)
		for (size_t from = 0; from + size <= count;) {
			memcpy(fewer, steps, from * sizeof *steps);
			memcpy(fewer + from, steps + from + size, (count - from - size) * sizeof *steps);
			if (run_steps(r, w, fewer, count - size, offset, true)) {
				from++;
				continue;
			}
			count -= size;
			memcpy(steps, fewer, count * sizeof *steps);
		}
	return count;
}

static unsigned long number_of(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text != NULL && *text != '\0' ? strtoul(text, NULL, 10) : otherwise;
}

START_TEST(sequences)
{
	static struct world w;
	static struct run r;
	unsigned long seed = number_of("MODEL_SEED", SEED_DEFAULT), runs = number_of("MODEL_RUNS", RUNS_DEFAULT), done;
	struct step steps[STEPS_MOST];
	size_t count;
	int offset;

	(void)mallopt(M_TRIM_THRESHOLD, 256 << 20);     /* memory that is given back is asked for again by the next sequence */
	model_calendar();
	world_open(&w);
	printf("MODEL_SEED=%lu MODEL_RUNS=%lu\n", seed, runs);
	fflush(stdout);
	for (done = 0; done < runs; done++) {
		count = make_steps(seed + done, steps, &offset);
		if (!run_steps(&r, &w, steps, count, offset, done % COMPARE_EVERY == 0))
			break;
	}
	if (done < runs) {
		printf("sequence %lu fails (MODEL_SEED=%lu MODEL_RUNS=1): %s\ncut down to:\n", done + 1, seed + done, r.failure);
		count = shorten(&r, &w, steps, count, offset);
		w.tell = true;
		(void)run_steps(&r, &w, steps, count, offset, true);
		fflush(stdout);
		ck_abort_msg("%s", r.failure);
	}
	world_close(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rules");
	TCase *c = tcase_create("rules");
	SRunner *runner;
	int failed;

	tcase_set_timeout(c, 1200);
	tcase_add_test(c, sequences);
	suite_add_tcase(s, c);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
