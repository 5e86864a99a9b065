#include "fs/store/query/cases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/numbers.h"
#include "fs/store/records/retention.h"

int cases_taken(struct sql *db, const char *name, int64_t but, bool *taken)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM casefile WHERE number=?1 AND id<>?2) OR EXISTS(SELECT "
		"1 FROM case_alias WHERE name=?1 AND kase<>?2)",
		"si", name, but);

	*taken = n != 0;
	return err;
}

#define ANY_DAY 0 /* the same for all that are compared */

int cases_shortens(struct sql *db, int64_t kase, const struct class_rule *rule, bool *shortens)
{
	struct bond b = {
		.kind = BOND_CASE, .from = BOND_FROM_CASE, .rule = *rule, .closed = ANY_DAY
	};
	struct term now = TERM_NONE, given = TERM_NONE;
	struct sql_rows *rows = sql_query(db,
		"SELECT rule.name, rule.kind, rule.months FROM case_class JOIN class AS rule ON "
		"rule.name=case_class.class"
		" AND rule.version>=case_class.version WHERE case_class.kase=?",
		"i", kase);
	int rc;

	term_add(&given, &b, ANY_DAY, 0);
	while ((rc = sql_next(rows)) == 1) {
		sql_copy(rows, 0, b.rule.name, sizeof b.rule.name);
		b.rule.kind = (enum class_kind)sql_int(rows, 1);
		b.rule.months = (int)sql_int(rows, 2);
		term_add(&now, &b, ANY_DAY, 0);
	}
	*shortens = term_until(&given) < term_until(&now);
	return -rc;
}

int cases_judge_class(
	struct sql *db, int64_t kase, const char *class, int64_t policy, enum reason *why)
{
	struct class_rule rule;
	bool shortens = false;
	int err = retention_class(db, class, policy, &rule);

	*why = REASON_CLASS_UNKNOWN;
	if (err == ENOENT || (err == 0 && !class_fits_case(&rule)))
		return 0;
	if (err == 0 && kase != 0)
		err = cases_shortens(db, kase, &rule, &shortens);
	*why = shortens ? REASON_SHORTENS : REASON_NONE;
	return err;
}

enum reason cases_judge_close(const struct casefile *k, int32_t day, const struct event_time *now)
{
	if (day > day_of_instant(now->clock, now->utc_offset) &&
		day > day_of_instant(now->wall, now->utc_offset))
		return REASON_CLOSED_FUTURE;
	if (day < day_of_instant(k->opened, now->utc_offset))
		return REASON_CLOSED_EARLY;
	return k->closed != DAY_NONE && day < k->closed ? REASON_SHORTENS : REASON_NONE;
}

int cases_belongs(struct sql *db, int64_t kase, int64_t item, bool *lies, bool *linked)
{
	int64_t n = 0;
	int err = sql_value(db, &n,
		"SELECT EXISTS(SELECT 1 FROM item JOIN folder ON folder.id=item.folder WHERE "
		"item.id=?2 AND (folder.kase=(SELECT number FROM casefile WHERE id=?1)"
		" OR folder.kase IN (SELECT name FROM case_alias WHERE kase=?1))) + 2 * "
		"EXISTS(SELECT 1 FROM case_item WHERE item=?2 AND kase=?1 AND unlinked=0)",
		"ii", kase, item);

	*lies = n & 1;
	*linked = n & 2;
	return err;
}

/* The numbers of an item's cases: that of its folder, then those that it is linked to. */
static struct sql_rows *numbers_of(struct sql *db, int64_t item)
{
	return sql_query(db,
		"SELECT number, min(place) FROM (SELECT casefile.number AS number, 0 AS place FROM "
		"item JOIN folder ON folder.id=item.folder"
		" JOIN casefile ON casefile.number=folder.kase OR casefile.id=(SELECT kase FROM "
		"case_alias WHERE name=folder.kase) WHERE item.id=?1"
		" UNION ALL SELECT casefile.number, 1 FROM case_item JOIN casefile ON "
		"casefile.id=case_item.kase WHERE case_item.item=?1"
		" AND case_item.unlinked=0) GROUP BY number ORDER BY 2, 1",
		"i", item);
}

int cases_of_item(struct sql *db, int64_t item, char *out, size_t cap)
{
	struct sql_rows *rows = numbers_of(db, item);
	size_t used = 0;
	int rc;

	out[0] = '\0';
	while ((rc = sql_next(rows)) == 1) {
		const char *number = sql_text(rows, 0);

		if (used + strlen(number) + 2 > cap)
			break;
		used += (size_t)snprintf(
			out + used, cap - used, "%s%s", used > 0 ? "," : "", number);
	}
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

json_t *cases_json(struct sql *db, int64_t item)
{
	struct sql_rows *rows = numbers_of(db, item);
	json_t *out = json_array();

	while (sql_next(rows) == 1)
		json_array_append_new(out, json_string(sql_text(rows, 0)));
	return out;
}

static int add_aliases(struct query *q, int64_t kase, json_t *j)
{
	struct sql_rows *rows = sql_query(
		q->db, "SELECT name FROM case_alias WHERE kase=? ORDER BY id", "i", kase);
	json_t *aliases = json_array();
	int rc;

	while ((rc = sql_next(rows)) == 1)
		json_array_append_new(aliases, json_string(sql_text(rows, 0)));
	json_object_set_new(j, "aliases", aliases);
	return -rc;
}

static int add_counts(struct query *q, int64_t kase, json_t *j)
{
	struct sql_rows *rows = sql_query(q->db,
		"SELECT count(*), coalesce(sum(item.size),0) FROM case_entry JOIN item ON "
		"item.id=case_entry.item"
		" WHERE case_entry.kase=? AND item.state=" SQL_SEALED,
		"i", kase);
	int64_t linked = 0;
	int rc = sql_next(rows);

	if (rc == 1) {
		json_object_set_new(j, "items", json_integer(sql_int(rows, 0)));
		json_object_set_new(j, "bytes", json_integer(sql_int(rows, 1)));
	}
	sql_done(rows);
	if (rc < 0)
		return -rc;
	rc = sql_value(q->db, &linked, "SELECT count(*) FROM case_item WHERE kase=? AND unlinked=0",
		"i", kase);
	json_object_set_new(j, "linked", json_integer(linked));
	return rc;
}

int query_show_case(struct query *q, const char *number, json_t **answer)
{
	struct casefile k;
	json_t *j;
	int err = catalog_case(q->db, number, &k);

	if (err != 0)
		return err;
	j = query_case_json(q, &k);
	if (j == NULL)
		return ENOMEM;
	err = add_aliases(q, k.id, j);
	if (err == 0)
		err = add_counts(q, k.id, j);
	*answer = json_pack("{s:o, s:o}", "case", j, "stages", query_stages_json(q, k.id));
	return err;
}

static int query_case_items(struct query *q, const json_t *request, json_t **answer)
{
	const char *number = jsonget_str(request, "case");
	struct query_place place = { .day = DAY_NONE };
	struct casefile k;
	struct sql_rows *rows;
	struct item item;
	int64_t after, limit, n = 0;
	json_t *out;
	int rc, err = query_page(q, request, &after, &limit);

	if (err == 0)
		err = query_need(q, ACT_BROWSE);
	if (err == 0)
		err = number != NULL ? catalog_case(q->db, number, &k) : ENOENT;
	if (err != 0)
		return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, "case") : err;
	place.casefile = k.id;
	out = json_array();
	rows = query_place_items(q->db, &place, after, limit);
	while ((rc = sql_next(rows)) == 1) {
		catalog_read_item(rows, &item);
		json_array_append_new(out, query_item_json(q, &item));
		after = item.id;
		n++;
	}
	*answer = json_pack(
		"{s:o, s:o}", "rows", out, "next", n == limit ? json_integer(after) : json_null());
	return rc < 0 ? -rc : 0;
}

const struct query_row query_cases[] = {
	{ "case.items", query_case_items, FIELDS(TEXT("case"), PAGE) },
	{ NULL, NULL, NULL },
};
