/* Steps of disposal: proposed by one, decided on by another, carried out item by item, each judged
 * again (fs/act/disposing.h). */
#ifndef TESTS_UNIT_STORE_RULES_DISPOSAL_H
#define TESTS_UNIT_STORE_RULES_DISPOSAL_H

#include "fs/store/catalog/numbers.h"
#include "fs/store/records/disposals.h"
#include "tests/unit/store/rules_run.h"

/* The last one most often; 1 where there is none. */
static int any_disposal(const struct run *r, unsigned n)
{
	if (r->disposal_count == 0)
		return 1;
	return n % 4 != 0 ? r->disposal_count : 1 + (int)(n / 4 % (unsigned)r->disposal_count);
}

/* Whether a person may propose an item, as `custody dispose propose` judges it. */
static bool may_propose(struct run *r, int who, int item)
{
	struct item row;
	int64_t unit, other;
	bool open;
	struct term term;
	enum reason why;

	world_must(catalog_item(r->w->db, item + 1, &row), "an item");
	world_must(disposals_unit(r->w->db, &row, &unit), "its unit");
	if (disposal_may_propose(&r->w->people[who].person, unit) != REASON_NONE)
		return false;
	world_must(disposals_judge(r->w->db, &row, &r->w->now, &term, &why), "whether it may go");
	world_must(disposals_open(r->w->db, item + 1, &open, &other), "another proposal");
	return why == REASON_NONE && !open;
}

static bool step_propose(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	int who = s->a % 4 == 0 ? 4 : 1, id = r->disposal_count + 1,
	    *items = r->disposals[id - 1].items, count = 0;
	json_t *list;

	for (int i = 0; i < m->item_count && count < 2; i++)
		if ((s->b >> i & 1) != 0 && may_propose(r, who, i))
			items[count++] = i;
	if (count == 0)
		return true;
	r->disposals[id - 1].proposer = who;
	r->disposals[id - 1].count = count;
	r->disposal_count++;
	list = json_array();
	for (int i = 0; i < count; i++)
		json_array_append_new(list, json_integer(items[i] + 1));
	return emit(r, "dispose.propose", count == 1 ? items[0] + 1 : 0, who, -1,
		json_pack("{s:i, s:s, s:s, s:i, s:o}", "id", id, "kind", "named", "reason", "over",
			"count", count, "items", list));
}

/* The first item of a proposal that is not gone, from the catalog's own list; 0: none. */
static int64_t next_item(struct run *r, int id)
{
	int64_t item = 0;
	int err = sql_value(r->w->db, &item,
		"SELECT item.id FROM disposal_item JOIN item ON item.id=disposal_item.item WHERE "
		"disposal_item.disposal=? AND item.state<>" SQL_DISPOSED
		" ORDER BY item.id LIMIT 1",
		"i", (int64_t)id);

	world_must(err == ENOENT ? 0 : err, "a proposal's items");
	return item;
}

static bool stop(struct run *r, int id, int64_t item, int who, enum reason why)
{
	return emit(r, "dispose.stop", item, who, -1,
		json_pack("{s:i, s:s}", "id", id, "reason", reason_name(why)));
}

/* Approving judges all items; refusing and withdrawing none. */
static bool step_decide(struct run *r, const struct step *s)
{
	static const char *const kinds[] = { "dispose.approve", "dispose.refuse",
		"dispose.withdraw" };
	static const enum disposal_act acts[] = { DISPOSAL_APPROVE, DISPOSAL_APPROVE,
		DISPOSAL_APPROVE, DISPOSAL_APPROVE, DISPOSAL_REFUSE, DISPOSAL_WITHDRAW };
	enum disposal_act act = acts[s->c % 6];
	int id = any_disposal(r, s->a),
	    who = s->b % 2 == 0 ? 2 + (int)(s->b / 2 % 2) : (int)(s->b / 2 % PEOPLE);
	struct disposal stands;
	struct item row;
	struct term term;
	enum reason why;

	if (r->disposal_count == 0)
		return true;
	world_must(disposals_may(r->w->db, &r->w->people[who].person, act, id, &stands, &why),
		"who decides");
	if (why != REASON_NONE || (act == DISPOSAL_APPROVE && stands.state == DISPOSAL_APPROVED))
		return true;
	if ((act == DISPOSAL_WITHDRAW) != (who == r->disposals[id - 1].proposer))
		return FAIL(r, "disposal %d, proposed by %d, is decided on by %d", id,
			r->disposals[id - 1].proposer + 1, who + 1);
	for (int i = 0; i < r->disposals[id - 1].count && act == DISPOSAL_APPROVE; i++) {
		world_must(
			catalog_item(r->w->db, r->disposals[id - 1].items[i] + 1, &row), "an item");
		world_must(disposals_judge(r->w->db, &row, &r->w->now, &term, &why),
			"whether it may go");
		if (why != REASON_NONE)
			return stop(r, id, row.id, who, why);
	}
	r->disposals[id - 1].approved |= act == DISPOSAL_APPROVE;
	return emit(r, kinds[act], 0, who, -1, json_pack("{s:i, s:s}", "id", id, "reason", "so"));
}

/* One item, or the end. */
static bool step_execute(struct run *r, const struct step *s)
{
	int id = any_disposal(r, s->a),
	    who = s->b % 2 == 0 ? r->disposals[id - 1].proposer : (int)(s->b / 2 % PEOPLE);
	struct disposal stands;
	struct model_answer model;
	struct item row;
	struct term term;
	enum reason why;
	int64_t item;

	if (r->disposal_count == 0)
		return true;
	world_must(disposals_may(r->w->db, &r->w->people[who].person, DISPOSAL_EXECUTE, id, &stands,
			   &why),
		"who carries it out");
	if (why != REASON_NONE)
		return true;
	item = next_item(r, id);
	if (item == 0)
		return emit(r, "dispose.done", 0, who, -1, json_pack("{s:i}", "id", id));
	world_must(catalog_item(r->w->db, item, &row), "an item");
	world_must(disposals_judge(r->w->db, &row, &r->w->now, &term, &why), "whether it may go");
	if (why != REASON_NONE)
		return stop(r, id, item, who, why);
	model = model_ask(&r->m, (int)item - 1);
	/* what was never sealed was promised to nobody: holds alone keep it */
	if (model.held ||
		(r->m.items[item - 1].sealed && model_keeps(&model, r->w->now.clock) != NULL) ||
		!r->disposals[id - 1].approved || r->m.items[item - 1].gone)
		return FAIL(r,
			"item %d is disposed of: held %d, permanent %d, pending %d, end %lld, now "
			"%lld, approved %d",
			(int)item, model.held, model.permanent, model.pending, (long long)model.end,
			(long long)r->w->now.clock, r->disposals[id - 1].approved);
	r->m.items[item - 1].gone = true;
	r->gone++;
	return emit(r, "dispose.item", item, who, -1,
		       json_pack("{s:i, s:s}", "id", id, "name", row.name)) &&
		(s->c % 2 == 0 ||
			emit(r, "dispose.erased", item, -1, -1,
				json_pack("{s:s, s:b}", "how", "removed", "flash", 0)));
}

/* All of it at once: most sequences are too short for the three to meet by chance. */
static bool step_dispose(struct run *r, const struct step *s)
{
	int before = r->disposal_count;
	const struct step last = { .a = 1, .b = s->c / 2 * 2, .c = s->d };

	if (!step_propose(r, s) || r->disposal_count == before)
		return r->failure[0] == '\0';
	return step_decide(r, &last) && step_execute(r, &last) && step_execute(r, &last);
}

#endif
