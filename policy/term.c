/* How long an item is kept.  The contract is in term.h. */
#include "policy/term.h"

#include <string.h>

const struct class_rule class_builtin[] = {
	{ "patrol", CLASS_RECORDED, 6 },
	{ "evidence", CLASS_CASE, 0 },
	{ "evidence-10", CLASS_CLOSED, 120 },
	{ "evidence-30", CLASS_CLOSED, 360 },
	{ "long-term", CLASS_PERMANENT, 0 },
	{ "permanent", CLASS_PERMANENT, 0 },
};
const size_t class_builtin_count = sizeof class_builtin / sizeof class_builtin[0];

static const char *const kind_names[CLASS_KIND_COUNT] = {
	[CLASS_RECORDED] = "recorded",
	[CLASS_CLOSED] = "case-closed",
	[CLASS_CASE] = "case",
	[CLASS_PERMANENT] = "permanent",
};

const char *class_kind_name(enum class_kind k)
{
	return (unsigned)k < CLASS_KIND_COUNT ? kind_names[k] : "unknown";
}

enum class_kind class_kind_parse(const char *name)
{
	int k = 0;

	while (k < CLASS_KIND_COUNT && strcmp(kind_names[k], name) != 0)
		k++;
	return (enum class_kind)k;
}

bool class_name_valid(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return name[len] == '\0' && len > 0 && len < CLASS_NAME && name[0] >= 'a';
}

bool class_fits_item(const struct class_rule *r)
{
	return r->kind != CLASS_CLOSED;
}

bool class_fits_case(const struct class_rule *r)
{
	return r->kind == CLASS_CLOSED || r->kind == CLASS_PERMANENT;
}

const char *bond_basis(const struct bond *b)
{
	if (b->kind == BOND_CASE)
		return "case";
	if (b->from == BOND_FROM_FOLDER)
		return "folder";
	if (b->kind == BOND_CLASS)
		return "class";
	return b->from == BOND_FROM_DEPOSIT ? "promise" : "date";
}

/* The longer decides: permanent beats no end yet, which beats a date. */
enum rank { RANK_NONE, RANK_DATE, RANK_PENDING, RANK_PERMANENT };

static enum rank term_rank(const struct term *t)
{
	if (t->permanent)
		return RANK_PERMANENT;
	if (term_pending(t))
		return RANK_PENDING;
	return t->at_least > 0 ? RANK_DATE : RANK_NONE;
}

/* What one bond alone gives. */
static struct term alone(const struct bond *b, int32_t recorded, int utc_offset)
{
	struct term t = { .in_case = b->kind == BOND_CASE, .by = *b };

	if (b->kind == BOND_UNTIL) {
		t.permanent = b->until == INSTANT_NEVER;
		t.at_least = t.permanent ? 0 : b->until;
		return t;
	}
	if (b->rule.kind == CLASS_RECORDED)
		t.at_least = term_end(recorded, b->rule.months, utc_offset);
	else if (b->rule.kind == CLASS_CLOSED) {
		t.open = b->closed == DAY_NONE;
		t.at_least = t.open ? 0 : term_end(b->closed, b->rule.months, utc_offset);
	} else if (b->rule.kind == CLASS_CASE)
		t.follows = true;
	else
		t.permanent = true; /* also what is not understood: it is kept */
	return t;
}

void term_add(struct term *t, const struct bond *b, int32_t recorded, int utc_offset_min)
{
	struct term one = alone(b, recorded, utc_offset_min);
	enum rank now, more;

	t->in_case |= one.in_case;
	one.in_case = t->in_case;
	now = term_rank(t);
	more = term_rank(&one);
	if (more > now || (more == now && more == RANK_DATE && one.at_least > t->at_least) ||
		now == RANK_NONE)
		t->by = one.by;
	if (one.at_least > t->at_least)
		t->at_least = one.at_least;
	t->permanent |= one.permanent;
	t->open |= one.open;
	t->follows |= one.follows;
}

bool term_lengthens(
	const struct term *t, const struct bond *b, int32_t recorded, int utc_offset_min)
{
	struct term after = *t;

	term_add(&after, b, recorded, utc_offset_min);
	if (t->permanent)
		return false;
	return after.permanent || after.at_least > t->at_least || after.open != t->open ||
		after.follows != t->follows;
}

bool term_pending(const struct term *t)
{
	return !t->permanent && (t->open || (t->follows && !t->in_case));
}

int64_t term_until(const struct term *t)
{
	return t->permanent || term_pending(t) ? INSTANT_NEVER : t->at_least;
}

bool term_locked(const struct term *t, int64_t now)
{
	return now < term_until(t);
}
