#include "fs/store/records/retention.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/catalog/scopes.h"
#include "fs/store/records/holds.h"

int retention_builtin(struct sql *db)
{
	int err = 0;

	for (size_t i = 0; i < class_builtin_count && err == 0; i++)
		err = sql_run(db, "INSERT INTO class(name, version, kind, months) VALUES(?,1,?,?)",
			"sii", class_builtin[i].name, (int64_t)class_builtin[i].kind,
			(int64_t)class_builtin[i].months);
	return err;
}

static void read_rule(struct sql_rows *rows, int column, struct class_rule *out)
{
	sql_copy(rows, column, out->name, sizeof out->name);
	out->kind = (enum class_kind)sql_int(rows, column + 1);
	out->months = (int)sql_int(rows, column + 2);
}

int retention_class(struct sql *db, const char *name, int64_t version, struct class_rule *out)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT name, kind, months FROM class WHERE name=? AND version=?", "si", name,
		version);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	read_rule(rows, 0, out);
	sql_done(rows);
	return 0;
}

int retention_policy(struct sql *db, int64_t *version)
{
	*version = 1;
	return sql_value(db, version, "SELECT max(version) FROM class", "");
}

struct gathering {
	struct scope at;
	int utc_offset;
	struct term *term;
	struct term classes; /* of classes alone: which one is shown */
};

static void add_bond(struct gathering *g, const struct bond *b)
{
	term_add(g->term, b, g->at.day, g->utc_offset);
	if (b->kind != BOND_UNTIL)
		term_add(&g->classes, b, g->at.day, g->utc_offset);
}

static int add_cases(struct sql *db, struct gathering *g)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT rule.name, rule.kind, rule.months, casefile.closed, casefile.id FROM "
		"casefile"
		" JOIN case_class ON case_class.kase=casefile.id JOIN class AS rule ON "
		"rule.name=case_class.class"
		" AND rule.version>=case_class.version WHERE casefile.id IN (" CASES_OF_ITEM(
			"?1", "?2") ")",
		"is", g->at.item, g->at.folder);
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		struct bond b = { .kind = BOND_CASE,
			.from = BOND_FROM_CASE,
			.closed = sql_null(rows, 3) ? DAY_NONE : (int32_t)sql_int(rows, 3),
			.source = sql_int(rows, 4) };

		read_rule(rows, 0, &b.rule);
		add_bond(g, &b);
	}
	return -rc;
}

static int add_classes(struct sql *db, struct gathering *g, const struct item *item)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT rule.name, rule.kind, rule.months FROM class AS rule WHERE rule.name=?1 "
		"AND rule.version>=?2 UNION ALL"
		" SELECT rule.name, rule.kind, rule.months FROM item_class JOIN class AS rule ON "
		"rule.name=item_class.class"
		" AND rule.version>=item_class.version WHERE item_class.item=?3",
		"sii", item->class, item->policy, item->id);
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		struct bond b = { .kind = BOND_CLASS, .from = BOND_FROM_ITEM, .closed = DAY_NONE };

		read_rule(rows, 0, &b.rule);
		add_bond(g, &b);
	}
	return -rc;
}

static int add_floors(struct sql *db, struct gathering *g)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT floor.id, floor.until, rule.name, rule.kind, rule.months FROM floor LEFT "
		"JOIN class AS rule"
		" ON rule.name=floor.class AND rule.version>=floor.version WHERE " SCOPE_COVERS(
			"floor"),
		SCOPE_ITEM_FORMAT, SCOPE_ITEM(&g->at));
	int rc;

	while ((rc = sql_next(rows)) == 1) {
		struct bond b = { .kind = BOND_CLASS,
			.from = BOND_FROM_FOLDER,
			.closed = DAY_NONE,
			.source = sql_int(rows, 0),
			.until = sql_int(rows, 1) };

		if (sql_null(rows, 2))
			b.kind = BOND_UNTIL;
		else
			read_rule(rows, 2, &b.rule);
		add_bond(g, &b);
	}
	return -rc;
}

static int gather(struct sql *db, const struct item *item, int utc_offset, struct term *out,
	struct gathering *g)
{
	const struct bond promised = { .kind = BOND_UNTIL,
		.from = item->until_set ? BOND_FROM_ITEM : BOND_FROM_DEPOSIT,
		.until = item->retain_until };
	int err;

	*out = (struct term)TERM_NONE;
	*g = (struct gathering){ .utc_offset = utc_offset, .term = out };
	err = scopes_of_item(db, item, &g->at);
	if (err == 0)
		err = add_cases(db, g);
	if (err == 0)
		err = add_classes(db, g, item);
	if (err == 0)
		err = add_floors(db, g);
	if (err == 0)
		add_bond(g, &promised);
	return err;
}

int retention_term(struct sql *db, const struct item *item, int utc_offset, struct term *out)
{
	struct gathering g;

	return gather(db, item, utc_offset, out, &g);
}

int retention_state(struct sql *db, const struct item *item, int utc_offset, struct retention *out)
{
	struct gathering g;
	struct held hold;
	int err = gather(db, item, utc_offset, &out->term, &g);
	const char *class = g.classes.by.rule.name[0] != '\0' ? g.classes.by.rule.name
							      : item->class;

	if (err != 0)
		return err;
	err = holds_first(db, item, &hold);
	out->held = err == 0;
	if (out->held && !out->term.permanent)
		class = CLASS_LONG_TERM;
	snprintf(out->class, sizeof out->class, "%s", class);
	return err == ENOENT ? 0 : err;
}

int retention_was_set(struct sql *db, const struct item *item, bool *set)
{
	int64_t n = 0;
	int err = sql_value(
		db, &n, "SELECT EXISTS(SELECT 1 FROM item_class WHERE item=?)", "i", item->id);

	*set = err == 0 && (n != 0 || item->until_set);
	return err;
}

int retention_promise(
	struct sql *db, int32_t recorded, const struct event_time *now, int64_t *until)
{
	struct class_rule class;
	int err = retention_class(db, CLASS_DEFAULT, now->policy, &class);

	if (err == 0)
		*until = term_end(recorded, class.months, now->utc_offset);
	return err;
}

void retention_text(const struct term *t, int utc_offset, char out[INSTANT_TEXT])
{
	if (term_pending(t))
		snprintf(out, INSTANT_TEXT, "open");
	else
		instant_format(term_until(t), utc_offset, out);
}

static int gather_floors(struct sql *db, const struct item *item, int utc_offset, struct term *out)
{
	struct gathering g = { .utc_offset = utc_offset, .term = out };
	int err = scopes_of_item(db, item, &g.at);

	*out = (struct term)TERM_NONE;
	return err == 0 ? add_floors(db, &g) : err;
}

int retention_floors_shorter(struct sql *db, const struct item *item, const struct item *moved,
	int utc_offset, bool *shorter)
{
	struct term here, there;
	int err = gather_floors(db, item, utc_offset, &here);

	if (err == 0)
		err = gather_floors(db, moved, utc_offset, &there);
	*shorter = err == 0 && !there.permanent &&
		(here.permanent || there.at_least < here.at_least ||
			term_until(&there) < term_until(&here));
	return err;
}

/* The classes and the dates of a floor, each as a term of its own. */
static int gather_floor(struct sql *db, const struct scope *on, int32_t today, int utc_offset,
	struct term *classes, int64_t *until)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT floor.until, rule.name, rule.kind, rule.months FROM floor LEFT JOIN class "
		"AS rule ON rule.name=floor.class"
		" AND rule.version>=floor.version WHERE item=? AND kase=? AND unit=? AND device=? "
		"AND officer=? AND day=? AND folder=?",
		SCOPE_FORMAT, SCOPE_VALUES(on));
	int rc;

	*classes = (struct term)TERM_NONE;
	*until = 0;
	while ((rc = sql_next(rows)) == 1) {
		struct bond b = {
			.kind = BOND_CLASS, .from = BOND_FROM_FOLDER, .closed = DAY_NONE
		};

		if (sql_null(rows, 1)) {
			*until = sql_int(rows, 0) > *until ? sql_int(rows, 0) : *until;
			continue;
		}
		read_rule(rows, 1, &b.rule);
		term_add(classes, &b, today, utc_offset);
	}
	return -rc;
}

int retention_floor(
	struct sql *db, const struct scope *on, int32_t today, int utc_offset, struct floor_of *out)
{
	struct term classes;
	int err = gather_floor(db, on, today, utc_offset, &classes, &out->until);

	snprintf(out->class, sizeof out->class, "%s", classes.by.rule.name);
	return err;
}

int retention_floor_lengthens(struct sql *db, const struct scope *on, const char *class,
	int64_t version, int64_t until, int32_t today, int utc_offset, bool *lengthens)
{
	struct bond b = { .kind = BOND_CLASS, .from = BOND_FROM_FOLDER, .closed = DAY_NONE };
	struct term classes;
	int64_t latest;
	int err = class != NULL ? retention_class(db, class, version, &b.rule) : 0;

	*lengthens = false;
	if (err == 0)
		err = gather_floor(db, on, today, utc_offset, &classes, &latest);
	if (err == 0)
		*lengthens = class != NULL ? term_lengthens(&classes, &b, today, utc_offset)
					   : until > latest;
	return err;
}

int retention_lengthens(struct sql *db, const struct item *item, const char *class, int64_t version,
	int64_t until, int utc_offset, bool *lengthens)
{
	struct bond b = { .kind = class != NULL ? BOND_CLASS : BOND_UNTIL,
		.from = BOND_FROM_ITEM,
		.until = until,
		.closed = DAY_NONE };
	struct gathering g;
	struct term t;
	int err = class != NULL ? retention_class(db, class, version, &b.rule) : 0;

	*lengthens = false;
	if (err == 0)
		err = gather(db, item, utc_offset, &t, &g);
	if (err == 0)
		*lengthens = term_lengthens(&t, &b, g.at.day, utc_offset);
	return err;
}

static int judge_folder(struct sql *db, const struct lengthening *l, const struct event_time *now,
	bool *lengthens, bool *exists)
{
	int32_t today = day_of_instant(now->clock, now->utc_offset);
	struct floor_of floor = { .until = 0 };
	int err = retention_floor(db, l->on, today, now->utc_offset, &floor);

	*exists = l->class != NULL ? floor.class[0] != '\0' : floor.until != 0;
	return err == 0 ? retention_floor_lengthens(db, l->on, l->class, now->policy, l->until,
				  today, now->utc_offset, lengthens)
			: err;
}

int retention_judge(struct sql *db, const struct lengthening *l, const struct event_time *now,
	bool *exists, enum reason *why)
{
	struct class_rule rule;
	bool lengthens = false;
	int err = l->class != NULL ? retention_class(db, l->class, now->policy, &rule) : 0;

	*exists = l->item != NULL;
	*why = REASON_CLASS_UNKNOWN;
	if (err == ENOENT || (err == 0 && l->class != NULL && !class_fits_item(&rule)))
		return 0;
	if (err == 0 && l->item != NULL)
		err = retention_lengthens(
			db, l->item, l->class, now->policy, l->until, now->utc_offset, &lengthens);
	else if (err == 0)
		err = judge_folder(db, l, now, &lengthens, exists);
	*why = !lengthens || (l->class == NULL && l->until <= now->clock) ? REASON_SHORTENS
									  : REASON_NONE;
	return err;
}

int retention_floor_scope(struct sql *db, int64_t id, struct scope *out)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT " SCOPE_COLUMNS " FROM floor WHERE id=?", "i", id);
	int err = sql_only_row(rows);

	if (err != 0)
		return err;
	scopes_read(rows, 0, out);
	sql_done(rows);
	return 0;
}

const char retention_schema[] =
	/* classes given to an item after its deposit, each with the version of the policy then in
	   force */
	"CREATE TABLE item_class(item INTEGER NOT NULL, class TEXT NOT NULL, version INTEGER NOT "
	"NULL, PRIMARY KEY(item, class, version)) WITHOUT ROWID;"
	/* what a folder asks of all that lies in it, now or later: a class, or (class NULL) a
	 * date */
	"CREATE TABLE floor(id INTEGER PRIMARY KEY, " SCOPE_SCHEMA
	", class TEXT, version INTEGER NOT NULL, until INTEGER NOT NULL);"
	"CREATE INDEX floor_scope ON floor(item, unit, device, officer, day, folder, kase);";

int apply_retain_class(struct sql *db, const struct head *h, const struct retain_class *e)
{
	if (h->item != 0)
		return sql_run(db,
			"INSERT OR IGNORE INTO item_class(item, class, version) VALUES(?,?,?)",
			"isi", h->item, e->klass, h->policy);
	return sql_run(db,
		"INSERT INTO floor(" SCOPE_COLUMNS
		", class, version, until) VALUES(?,?,?,?,?,?,?,?,?,0)",
		SCOPE_FORMAT "si", SCOPE_VALUES(&e->scope), e->klass, h->policy);
}

int apply_retain_until(struct sql *db, const struct head *h, const struct retain_until *e)
{
	if (h->item != 0)
		return sql_run(db,
			"UPDATE item SET until_set=1, retain_until=max(retain_until, ?) WHERE id=?",
			"ii", e->until, h->item);
	return sql_run(db,
		"INSERT INTO floor(" SCOPE_COLUMNS
		", class, version, until) VALUES(?,?,?,?,?,?,?,NULL,?,?)",
		SCOPE_FORMAT "ii", SCOPE_VALUES(&e->scope), h->policy, e->until);
}
