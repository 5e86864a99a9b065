/*
 * Random sequences of what changes how long items are kept and whether they may go, each in a small
 * store of its own.  After every event the product's answers are compared with those of an
 * independent model (rules_model.h): nothing ends earlier than it did, nothing that is held or has
 * not ended may go; after every sequence a catalog made from the ledger's texts alone gives the
 * same answers.
 *
 * MODEL_RUNS sequences from MODEL_SEED on; a sequence that fails is cut down to the steps that
 * matter, and told.  The same two give the same run.
 */
#include <malloc.h>

#include "tests/unit/store/rules_disposal.h"
#include "tests/unit/store/rules_steps.h"
#include "tests/unit/store/rules_steps_policy.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNS_DEFAULT 5000
#else
#define RUNS_DEFAULT 100000
#endif
#define SEED_DEFAULT 20230831
#define STEPS_LEAST 10
#define COMPARE_EVERY 256

static const struct {
	const char *name;
	bool (*fn)(struct run *, const struct step *);
	unsigned weight;
} kinds[] = {
	{ "deposit", step_deposit, 5 },
	{ "class", step_class, 5 },
	{ "until", step_until, 3 },
	{ "register", step_register, 5 },
	{ "alias", step_alias, 3 },
	{ "link", step_link, 6 },
	{ "close", step_close, 5 },
	{ "hold", step_hold, 3 },
	{ "release", step_release, 6 },
	{ "policy", step_policy, 6 },
	{ "propose", step_propose, 4 },
	{ "decide", step_decide, 5 },
	{ "execute", step_execute, 6 },
	{ "dispose", step_dispose, 4 },
	{ "clock", step_clock, 7 },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* --- what is checked --- */

/* The bond that is said to decide gives that term by itself. */
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

/* The product's reasons in the model's words. */
static const char *keeping(enum reason why)
{
	if (why == REASON_NONE)
		return NULL;
	if (why == REASON_HELD)
		return "held";
	if (why == REASON_TERM_PERMANENT)
		return "permanent";
	if (why == REASON_TERM_OPEN)
		return "open";
	return why == REASON_RETAINED ? "retained" : "another reason";
}

static bool get_item(struct run *r, struct sql *db, int item, struct item *out)
{
	int err = catalog_item(db, item + 1, out);

	return err == 0 || FAIL(r, "item %d: %s", item + 1, strerror(err));
}

static bool check_answer(struct run *r, struct sql *db, int item, const struct model_answer *want)
{
	int64_t now = r->w->now.clock;
	struct retention got;
	struct item row;
	const char *keeps = model_keeps(want, now), *why;
	int err;

	if (!get_item(r, db, item, &row))
		return false;
	err = retention_state(db, &row, r->m.offset, &got);
	if (err != 0)
		return FAIL(r, "item %d: its retention: %s", item + 1, strerror(err));
	if (got.term.permanent != want->permanent || term_pending(&got.term) != want->pending ||
		got.held != want->held)
		return FAIL(r,
			"item %d: permanent %d, pending %d, held %d; the model says %d, %d, %d",
			item + 1, got.term.permanent, term_pending(&got.term), got.held,
			want->permanent, want->pending, want->held);
	if (got.term.at_least != want->end)
		return FAIL(r, "item %d: ends at %lld; the model says %lld", item + 1,
			(long long)got.term.at_least, (long long)want->end);
	if (!decides(&got.term, r->m.items[item].day, r->m.offset))
		return FAIL(r, "item %d: a bond of kind %d is told to decide, and does not",
			item + 1, (int)got.term.by.kind);
	why = keeping(disposal_allows(&got.term, got.held, now));
	if (keeps != why && (keeps == NULL || why == NULL || strcmp(keeps, why) != 0))
		return FAIL(r, "item %d: what keeps it: %s; the model says %s", item + 1,
			why != NULL ? why : "nothing", keeps != NULL ? keeps : "nothing");
	return true;
}

/* Against what stood before. */
static bool check_promise(struct run *r, int item, const struct model_answer *is)
{
	const struct model_answer *was = &r->last[item];

	if (is->end < was->end || (was->permanent && !is->permanent))
		return FAIL(r, "item %d: ended at %lld (permanent %d), now at %lld (%d)", item + 1,
			(long long)was->end, was->permanent, (long long)is->end, is->permanent);
	if (was->pending && !is->pending && !is->permanent && !r->tied)
		return FAIL(r,
			"item %d: had no end, and has one though no case was closed nor tied to it",
			item + 1);
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

struct listing {
	const struct model *m;
	int item, next;
	bool wrong;
};

static bool one_hold(void *arg, const struct held *h)
{
	struct listing *l = arg;

	while (l->next < l->m->hold_count &&
		!(l->m->holds[l->next].stands &&
			model_covers(l->m, &l->m->holds[l->next].on, l->item)))
		l->next++;
	l->wrong |= l->next == l->m->hold_count || h->hold.id != l->next + 1;
	l->next++;
	return !l->wrong;
}

/* The holds of an item, one by one; and the scopes of all holds and floors as pure functions judge
 * them. */
static bool check_scopes(struct run *r, int item)
{
	const struct model *m = &r->m;
	struct listing l = { .m = m, .item = item };
	struct item row;
	struct scope at;

	if (!get_item(r, r->w->db, item, &row) ||
		holds_on_item(r->w->db, &row, one_hold, &l) != 0 ||
		scopes_of_item(r->w->db, &row, &at) != 0)
		return FAIL(r, "item %d: its holds", item + 1);
	if (l.wrong)
		return FAIL(r, "item %d: the holds that stand on it are others than the model's",
			item + 1);
	for (int i = 0; i < m->hold_count + m->floor_count; i++) {
		const struct model_scope *on = i < m->hold_count ? &m->holds[i].on
								 : &m->floors[i - m->hold_count].on;
		struct scope s = scope_of(r, on);

		if (scope_covers(&s, &at,
			    on->kase >= 0 && model_in_case(m, &m->items[item], on->kase)) !=
			model_covers(m, on, item))
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
	static const unsigned begin[3][2] = { { 0, 9 }, { 0, 3 },
		{ 9, 1 } }; /* without something to begin with, most steps would find nothing */
	uint64_t state = seed * UINT64_C(0xD1342543DE82EF95) + 1;
	size_t count = STEPS_LEAST +
		next_random(&state) %
			(1 +
				next_random(&state) %
					(STEPS_MOST - STEPS_LEAST + 1)); /* short ones more often */

	*offset = offsets[next_random(&state) % 6];
	for (size_t i = 0; i < count; i++) {
		uint64_t x = next_random(&state), y = next_random(&state);

		out[i] = (struct step){ i < 3 ? begin[i][x & 1]
					      : any_kind((unsigned)(x >> 1 & 0xffff)),
			(unsigned)(x >> 17 & 0x7fffff), (unsigned)(x >> 40),
			(unsigned)(y & 0xffffff), (unsigned)(y >> 24) };
	}
	return count;
}

/* Runs a sequence; false: r->failure says what is wrong. */
static bool run_steps(struct run *r, struct world *w, const struct step *steps, size_t count,
	int offset, bool thorough)
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
		w->effects[steps[i].what] += w->count != before;
		if (good && (w->count != before || steps[i].what == KINDS - 1))
			good = check_items(r);
	}
	if (good)
		good = check_again(r, thorough);
	w->gone += (unsigned)r->gone;
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
			memcpy(fewer + from, steps + from + size,
				(count - from - size) * sizeof *steps);
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

/* How often a step had an effect: a run in which one never has tests nothing of it. */
static void tell_effects(const struct world *w, unsigned long runs)
{
	for (size_t i = 0; i < KINDS; i++) {
		printf("%s %lu, ", kinds[i].name, w->effects[i]);
		ck_assert_msg(runs < 1000 || w->effects[i] > 0 || kinds[i].fn == step_clock,
			"no step \"%s\" has an effect", kinds[i].name);
	}
	printf("items disposed of %lu\n", w->gone);
	ck_assert(runs < 1000 || w->gone > 0);
}

START_TEST(sequences)
{
	static struct world w;
	static struct run r;
	unsigned long seed = number_of("MODEL_SEED", SEED_DEFAULT),
		      runs = number_of("MODEL_RUNS", RUNS_DEFAULT), done;
	struct step steps[STEPS_MOST];
	size_t count;
	int offset;

	(void)mallopt(M_TRIM_THRESHOLD,
		256 << 20); /* memory that is given back is asked for again by the next sequence */
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
		printf("sequence %lu fails (MODEL_SEED=%lu MODEL_RUNS=1): %s\ncut down to:\n",
			done + 1, seed + done, r.failure);
		count = shorten(&r, &w, steps, count, offset);
		w.tell = true;
		(void)run_steps(&r, &w, steps, count, offset, true);
		fflush(stdout);
		ck_abort_msg("%s", r.failure);
	}
	tell_effects(&w, runs);
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
