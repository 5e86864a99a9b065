/* The ledger's story: entries by item, person, case and time, from the catalog's index and the
 * ledger's own text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/jsonget.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/query/query.h"

#define TRAIL_MOST 500
/* Sequence numbers read before the entries are: no statement stays open meanwhile. */
#define PER_QUERY 256

/* Where what the entry is about lies now: its item, or the folder or case that it names (details
 * that have a path of their own need none).  A new reference; null where it cannot be told. */
static json_t *place_json(struct query *q, const json_t *entry)
{
	const json_t *details = json_object_get(entry, "details"),
		     *named = json_object_get(details, "scope");
	struct item item;
	struct scope scope;
	char path[2048];
	bool found = false;

	if (catalog_item(q->db, jsonget_int(entry, "item", 0), &item) == 0) {
		found = catalog_item_path(q->db, &item, path, sizeof path) == 0;
	} else if (json_is_object(named) && json_object_get(details, "path") == NULL) {
		scopes_parse(named, &scope);
		found = scopes_path(q->db, &scope, path, sizeof path) == 0;
	}
	return found ? json_string(path) : json_null();
}

/* The entry as on the ledger, with the present path and the person's name. */
static int entry_json(struct query *q, uint64_t seq, json_t **out, size_t *bytes)
{
	struct person p;
	const char *number;
	char *text;
	size_t len;
	int err = ledger_entry(q->store->ledger, seq, &text, &len);

	if (err != 0)
		return err;
	*bytes += len;
	err = event_decode(text, len, seq, out);
	free(text);
	if (err != 0)
		return err;
	number = jsonget_str(json_object_get(*out, "subject"), "person");
	json_object_set_new(*out, "path", place_json(q, *out));
	json_object_set_new(*out, "person_name",
		number != NULL && catalog_person_number(q->db, number, &p) == 0
			? json_string(p.name)
			: json_null());
	return 0;
}

struct filter {
	int64_t item; /* 0: any */
	bool below;   /* only what lies below place */
	struct query_place place;
	int64_t person;
	int64_t casefile; /* 0: any */
	const char *kase; /* a name; NULL: any */
	int64_t since, until;
	int64_t after, limit; /* after: a sequence number, -1 to begin */
};

/* Case ?6, and those of the party or cause ?7. */
#define CASES                                                                                \
	"SELECT ?6 UNION SELECT id FROM casefile WHERE party_group=?7 UNION SELECT id FROM " \
	"casefile WHERE cause_group=?7"

/* What belongs to cases, or ever did: in a folder named by a number or an alias, or linked. */
#define ITEMS_OF_CASES(cases)                                                                 \
	"SELECT item.id FROM folder JOIN item ON item.folder=folder.id WHERE folder.kase IN " \
	"(SELECT number FROM casefile WHERE id IN (" cases ")"                                \
	" UNION SELECT name FROM case_alias WHERE kase IN (" cases                            \
	")) UNION SELECT item FROM case_item WHERE kase IN (" cases ")"

/* The next sequence numbers that fit.  Each form is served by an index; the rest of the filter is
 * looked at row by row. */
static struct sql_rows *filtered(struct query *q, const struct filter *f)
{
	if (f->item != 0)
		return sql_query(q->db,
			"SELECT seq FROM event WHERE item=? AND seq>? AND at>=? AND at<? AND (?5=0 "
			"OR person=?5) ORDER BY seq LIMIT ?",
			"iiiiii", f->item, f->after, f->since, f->until, f->person, f->limit);
	if (f->casefile != 0 || f->place.casefile != 0 || f->place.group != 0)
		return sql_query(q->db,
			"SELECT seq FROM event WHERE seq>?1 AND at>=?2 AND at<?3 AND (?4=0 OR "
			"person=?4) AND (kase IN (SELECT number FROM casefile"
			" WHERE id IN (" CASES
			")) OR item IN (" ITEMS_OF_CASES(CASES) ")) ORDER BY seq LIMIT ?5",
			"iiiiiii", f->after, f->since, f->until, f->person, f->limit,
			f->casefile != 0 ? f->casefile : f->place.casefile,
			f->place.group != 0 ? f->place.group : (int64_t)-1);
	if (f->below)
		return sql_query(q->db,
			"SELECT seq FROM event WHERE seq>?1 AND at>=?2 AND at<?3 AND (?4=0 OR "
			"person=?4) AND item IN (SELECT item.id FROM item"
			" JOIN folder ON folder.id=item.folder WHERE (?5=0 OR unit=?5) AND (?6=0 "
			"OR device=?6) AND (?7=0 OR officer=?7)"
			" AND (?8=?9 OR day=?8) AND (?10='' OR kase=?10)) ORDER BY seq LIMIT ?11",
			"iiiiiiiiisi", f->after, f->since, f->until, f->person, f->place.unit,
			f->place.device, f->place.officer, (int64_t)f->place.day, (int64_t)DAY_NONE,
			f->place.kase, f->limit);
	if (f->kase != NULL) /* 未立案 */
		return sql_query(q->db,
			"SELECT seq FROM event WHERE seq>?1 AND at>=?2 AND at<?3 AND (?4=0 OR "
			"person=?4) AND (kase=?5 OR item IN (SELECT item.id"
			" FROM item JOIN folder ON folder.id=item.folder WHERE folder.kase=?5)) "
			"ORDER BY seq LIMIT ?6",
			"iiiisi", f->after, f->since, f->until, f->person, f->kase, f->limit);
	if (f->person != 0)
		return sql_query(q->db,
			"SELECT seq FROM event WHERE person=? AND seq>? AND at>=? AND at<? ORDER "
			"BY seq LIMIT ?",
			"iiiii", f->person, f->after, f->since, f->until, f->limit);
	return sql_query(q->db,
		"SELECT seq FROM event WHERE seq>? AND at>=? AND at<? ORDER BY seq LIMIT ?", "iiii",
		f->after, f->since, f->until, f->limit);
}

/* *full: there may be more, after *last. */
static int append_entries(struct query *q, struct filter f, json_t *rows, int64_t *last, bool *full)
{
	uint64_t seq[PER_QUERY];
	size_t bytes = 0;
	int64_t left = f.limit;
	struct sql_rows *found;
	json_t *entry;
	int rc = 0, err = 0;
	size_t n;

	do {
		f.limit = left < PER_QUERY ? left : PER_QUERY;
		found = filtered(q, &f);
		for (n = 0; n < PER_QUERY && (rc = sql_next(found)) == 1; n++)
			seq[n] = (uint64_t)sql_int(found, 0);
		sql_done(found);
		err = rc < 0 ? -rc : 0;
		for (size_t i = 0; err == 0 && i < n && bytes < QUERY_BYTES; i++) {
			err = entry_json(q, seq[i], &entry, &bytes);
			if (err == 0)
				json_array_append_new(rows, entry);
			f.after = *last = (int64_t)seq[i];
		}
		left -= (int64_t)n;
	} while (err == 0 && n == PER_QUERY && left > 0 && bytes < QUERY_BYTES);
	*full = left == 0 || bytes >= QUERY_BYTES;
	return err;
}

static int instant_field(struct query *q, const json_t *request, const char *key, int64_t *out)
{
	const char *text = jsonget_str(request, key);

	if (text == NULL)
		return 0;
	return instant_parse(text, q->now.utc_offset, out) ? 0
							   : query_refuse(q, REASON_VALUE_BAD, key);
}

/* The item or the folder that a request names, if it does. */
static int read_place(struct query *q, const json_t *request, struct filter *f)
{
	const char *path = jsonget_str(request, "path");
	struct item item;
	int err = 0;

	f->item = jsonget_int(request, "item", 0);
	if (f->item == 0 && path == NULL)
		return 0;
	if (f->item == 0) {
		err = q->resolve(q->arg, path, &f->place);
		f->item = err == 0 ? f->place.item : 0;
		f->below = f->item == 0;
	}
	if (err == 0 && f->item != 0)
		err = catalog_item(q->db, f->item, &item);
	return err == ENOENT ? query_refuse(q, REASON_NOT_FOUND, path != NULL ? "path" : "item")
			     : err;
}

static int read_filter(struct query *q, const json_t *request, struct filter *f)
{
	const char *number = jsonget_str(request, "person");
	struct casefile kase;
	struct person p = { .id = 0 };
	int err;

	*f = (struct filter){
		.since = INT64_MIN, .until = INT64_MAX, .kase = jsonget_str(request, "case")
	};
	err = query_page(q, request, &f->after, &f->limit);
	if (json_object_get(request, "after") == NULL ||
		json_is_null(json_object_get(request, "after")))
		f->after = -1;
	if (err == 0)
		err = instant_field(q, request, "since", &f->since);
	if (err == 0)
		err = instant_field(q, request, "until", &f->until);
	if (err == 0)
		err = read_place(q, request, f);
	if (err == 0 && f->kase != NULL) {
		err = catalog_case(q->db, f->kase, &kase);
		f->casefile = err == 0 ? kase.id : 0;
		err = err == ENOENT ? 0 : err;
	}
	if (err == 0 && number != NULL) {
		err = catalog_person_number(q->db, number, &p);
		f->person = p.id;
		if (err == ENOENT)
			err = query_refuse(q, REASON_NOT_FOUND, "person");
	}
	return err;
}

/* Without the right to read the whole ledger people get their own actions. */
static int narrow(struct query *q, struct filter *f)
{
	if (q->all || act_allowed(q->who, ACT_LEDGER) == REASON_NONE)
		return 0;
	if (q->who->id == 0)
		return query_refuse(q, REASON_NOBODY, NULL);
	if (f->person != 0 && f->person != q->who->id)
		return query_refuse(q, REASON_NO_ROLE, NULL);
	f->person = q->who->id;
	return 0;
}

static int query_log(struct query *q, const json_t *request, json_t **answer)
{
	struct filter f;
	json_t *rows;
	int64_t last = 0;
	bool full = false;
	int err = read_filter(q, request, &f);

	if (err == 0)
		err = narrow(q, &f);
	if (err != 0)
		return err;
	rows = json_array();
	err = append_entries(q, f, rows, &last, &full);
	*answer = json_pack(
		"{s:o, s:o}", "rows", rows, "next", full ? json_integer(last) : json_null());
	return err;
}

int query_trail(struct query *q, int64_t item, json_t **out)
{
	struct filter f = { .item = item,
		.since = INT64_MIN,
		.until = INT64_MAX,
		.limit = TRAIL_MOST,
		.after = -1 };
	int64_t last, from;
	bool full;

	*out = json_array();
	if (narrow(q, &f) != 0) {
		q->why = REASON_NONE;
		return 0; /* a subject that is nobody gets an empty trail, and the item */
	}
	/* the newest */
	if (sql_value(q->db, &from,
		    "SELECT seq FROM event WHERE item=?1 AND (?2=0 OR person=?2) ORDER BY seq DESC "
		    "LIMIT 1 OFFSET ?3",
		    "iii", item, f.person, (int64_t)TRAIL_MOST) == 0)
		f.after = from;
	return append_entries(q, f, *out, &last, &full);
}

const struct query_row query_logs[] = {
	{ "log", query_log,
		FIELDS(TEXT("path"), NUMBER("item"), TEXT("person"), TEXT("case"), TEXT("since"),
			TEXT("until"), PAGE) },
	{ NULL, NULL, NULL },
};
