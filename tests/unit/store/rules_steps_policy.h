/* Steps, as in rules_steps.h: policies and the clock. */
#ifndef TESTS_UNIT_STORE_RULES_STEPS_POLICY_H
#define TESTS_UNIT_STORE_RULES_STEPS_POLICY_H

#include "fs/store/records/policies.h"
#include "tests/unit/store/rules_run.h"

/* 2900: the model's calendar goes on for more than the longest class. */
#define CLOCK_MOST INT64_C(29348006400000)

static struct model_rule any_rule(unsigned class, unsigned n)
{
	static const int months[] = { 6, 7, 12, 18, 24, 60, 120, 360, 1200, 1 };
	static const enum model_kind kinds[CLASSES] = { KIND_RECORDED, KIND_CASE, KIND_CLOSED,
		KIND_CLOSED, KIND_PERMANENT, KIND_PERMANENT, KIND_RECORDED };
	enum model_kind kind = n % 16 == 0 ? KIND_ABSENT
		: n % 16 == 1              ? KIND_PERMANENT
		: n % 16 == 2              ? KIND_RECORDED
					   : kinds[class];

	return (struct model_rule){ kind,
		kind == KIND_RECORDED || kind == KIND_CLOSED ? months[n / 16 % 10] : 0 };
}

static bool step_policy(struct run *r, const struct step *s)
{
	struct model *m = &r->m;
	static struct policyfile file;
	struct policy_fault fault;
	unsigned n = s->a;
	bool changes;
	json_t *classes;

	file = (struct policyfile){
		.label = "新", .interpreter = "法制科", .effective = day_number("2023-09-01")
	};
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
	world_must(policies_changes_kind(r->w->db, &file, &changes), "kinds");
	if (changes)
		return true;
	m->version++;
	classes = json_array();
	for (size_t i = 0; i < file.class_count; i++)
		json_array_append_new(classes,
			json_pack("{s:s, s:s, s:i}", "name", file.classes[i].name, "kind",
				class_kind_name(file.classes[i].kind), "months",
				file.classes[i].months));
	return emit(r, "policy.propose", 0, 0, -1,
		       json_pack("{s:i, s:s, s:s, s:s}", "id", m->version, "label", file.label,
			       "effective", "2023-09-01", "text", "")) &&
		emit(r, "policy.load", 0, 3, -1,
			json_pack("{s:i, s:i, s:s, s:s, s:s, s:o, s:{}, s:[], s:s}", "id",
				m->version, "version", m->version, "label", file.label, "effective",
				"2023-09-01", "interpreter", file.interpreter, "classes", classes,
				"settings", "readers", "text", ""));
}

static bool step_clock(struct run *r, const struct step *s)
{
	static const int64_t steps[] = { 1, 60000, 86400000, 86400000 * INT64_C(40),
		86400000 * INT64_C(400), 86400000 * INT64_C(4000) };
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

#endif
