/* A sequence that is run: the store, the model, and how both learn what happens. */
#ifndef TESTS_UNIT_STORE_RULES_RUN_H
#define TESTS_UNIT_STORE_RULES_RUN_H

#include "fs/store/catalog/scopes.h"
#include "tests/unit/store/rules_model.h"
#include "tests/unit/store/rules_world.h"

#define STEPS_MOST 30

/* A step's numbers are taken modulo what there is, so that a step still means something when steps
 * before it were cut away. */
struct step {
	unsigned what, a, b, c, d;
};

struct run {
	struct world *w;
	struct model m;
	struct model_answer last[ITEMS];
	int64_t folder_id[2][2][2][8][FOLDERS];
	int64_t folders;
	struct {
		int items[2], count, proposer;
		bool approved;
	} disposals[STEPS_MOST];
	int disposal_count, gone;
	bool tied; /* the event tied items to a case, or closed one: what had no end may get one */
	char failure[512];
};

static const char *const class_names[CLASSES] = { "patrol", "evidence", "evidence-10",
	"evidence-30", "long-term", "permanent", "special" };
static const char *const folder_names[FOLDERS] = { "未立案", "汶市监立〔2023〕47号",
	"汶市监立〔2023〕48号", "K-3", "旧案", "L-2" };
static const char *const days[8] = { "2023-08-31", "2023-08-30", "2023-02-28", "2020-02-29",
	"2023-03-31", "2022-12-31", "2019-11-30", "2023-09-01" };

#define FAIL(r, ...) (snprintf((r)->failure, sizeof(r)->failure, __VA_ARGS__), false)

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
	int err = world_emit(r->w, kind, item, who >= 0 ? &r->w->people[who] : NULL,
		kase >= 0 ? folder_names[1 + kase] : NULL, details);

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
			case 'u':
				s.unit = 1 + (int)(b / 64 % 2);
				break;
			case 'd':
				s.device = 1 + (int)(b / 128 % 2);
				break;
			case 'o':
				s.officer = 5 + (int)(b / 256 % 2);
				break;
			case 'a':
				s.day = day_number(days[b / 512 % 8 % 3]);
				break;
			default:
				s.folder = (int)(b / 4096 % FOLDERS);
				break;
			}
	return s;
}

static struct scope scope_of(const struct run *r, const struct model_scope *m)
{
	struct scope s = { .item = m->item,
		.kase = m->kase >= 0 ? r->m.case_id[m->kase] : 0,
		.unit = m->unit,
		.device = m->device,
		.officer = m->officer,
		.day = m->day >= 0 ? m->day : DAY_NONE };

	if (m->folder >= 0)
		snprintf(s.folder, sizeof s.folder, "%s", folder_names[m->folder]);
	return s;
}

#endif
