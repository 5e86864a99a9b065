/* Holds, and whether all that they cover is on an offline copy (Q11): one finding a hold. */
#include <errno.h>
#include <stdio.h>

#include "fs/finder_rules.h"
#include "fs/store/copies.h"
#include "fs/store/holds.h"
#include "fs/store/scope_items.h"

#define ITEMS_A_PAGE 1000

struct looking { struct sql *db; int64_t last, seen, lacking; int err; };

static bool look_item(void *arg, const struct item *item)
{
	struct looking *k = arg;
	bool copied = false;

	k->last = item->id;
	k->seen++;
	k->err = copies_hold(k->db, item->id, &copied);
	if (k->err == 0 && !copied)
		k->lacking = item->id;
	return k->err == 0 && copied;           /* one is enough */
}

/* The first item of the hold that is on no copy; 0: all are. */
static int lacking(struct sql *db, const struct scope *s, int64_t *out)
{
	struct looking k = { .db = db };
	int err;

	do {
		k.seen = 0;
		err = scope_items(db, s, k.last, ITEMS_A_PAGE, look_item, &k);
	} while (err == 0 && k.err == 0 && k.lacking == 0 && k.seen == ITEMS_A_PAGE);
	*out = k.lacking;
	return err != 0 ? err : k.err;
}

static int look_hold(struct finder_look *l, const struct held *h)
{
	struct finding f = FINDING_NEW(FINDING_COPY);
	int64_t item;
	int err = lacking(l->db, &h->scope, &item);

	if (err != 0)
		return err;
	snprintf(f.key, sizeof f.key, "%lld", (long long)h->hold.id);
	snprintf(f.note, sizeof f.note, "%s", h->hold.name);
	if (item != 0)
		err = findings_place(l->db, item, &f);
	return err == 0 ? finder_found(l, &f, item == 0) : err;
}

/* A hold that was released asks for no copy any more. */
static int put_right_released(struct finder_look *l)
{
	struct sql_rows *rows = sql_query(l->db, "SELECT finding.key FROM finding JOIN hold ON hold.id=CAST(finding.key AS INTEGER) WHERE finding.rule=? AND finding.settled=0"
					  " AND hold.released_at<>0", "s", finding_rule_name(FINDING_COPY));
	int rc, err = 0;

	while (err == 0 && (rc = sql_next(rows)) == 1) {
		struct finding f = FINDING_NEW(FINDING_COPY);

		sql_copy(rows, 0, f.key, sizeof f.key);
		err = finder_found(l, &f, true);
	}
	sql_done(rows);
	return err != 0 ? err : -rc;
}

int finder_holds(struct finder_look *l)
{
	struct sql_rows *rows;
	struct held h;
	int64_t after = 0;
	int rc, err;

	if (!l->memory->holds)
		return 0;
	err = put_right_released(l);
	while (err == 0) {              /* one at a time: a hold's items are asked for meanwhile */
		rows = sql_query(l->db, "SELECT " HOLD_COLUMNS " FROM hold WHERE released_at=0 AND id>? ORDER BY id LIMIT 1", "i", after);
		rc = sql_next(rows);
		if (rc <= 0) {
			err = -rc;
			break;
		}
		holds_read(rows, &h);
		sql_done(rows);
		after = h.hold.id;
		err = look_hold(l, &h);
	}
	if (err == 0)
		l->memory->holds = false;
	return err;
}
