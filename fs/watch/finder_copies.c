/* What is held and on no offline copy (Art. 12, Q11): a finding a hold, while any item that it
 * covers has none. */
#include "fs/watch/finder_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/catalog/scope_items.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/clock.h"
#include "fs/store/records/copies.h"
#include "fs/store/records/holds.h"

#define LOOK_EVERY_MS 10000 /* a hold on very much is gone through no more often */
#define HOLDS_AT_ONCE 256

/* Whether an event may have changed which held items are copied. */
static int concerns(struct finder_look *l, const struct finder_event *e, bool *out)
{
	static const char *const always[] = { "hold.set", "hold.release", "copy.item",
		"copy.verified", "dispose.item" };
	static const char *const where_held[] = { "deposit.seal", "case.link" };
	struct item item;
	struct held first;
	int err = 0;

	*out = false;
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		*out |= strcmp(e->kind, always[i]) == 0;
	for (size_t i = 0; i < sizeof where_held / sizeof where_held[0]; i++) {
		if (*out || strcmp(e->kind, where_held[i]) != 0)
			continue;
		err = catalog_item(l->db, e->item, &item);
		if (err == 0)
			err = holds_first(l->db, &item, &first);
		*out = err == 0;
	}
	return err == ENOENT ? 0 : err;
}

int finder_copies_see(struct finder_look *l, const struct finder_event *e)
{
	bool due;
	int err = concerns(l, e, &due);

	l->memory->copies_due |= due;
	return err;
}

struct seeking {
	struct sql *db;
	int64_t item;
	int err;
};

/* Stops at the first item without a copy. */
static bool uncopied(void *arg, const struct item *item)
{
	struct seeking *s = arg;
	bool copied;

	s->err = copies_hold(s->db, item->id, &copied);
	if (s->err == 0 && !copied)
		s->item = item->id;
	return s->err == 0 && copied;
}

static int judge_hold(struct finder_look *l, const struct held *h)
{
	struct finding f = FINDING_NEW(FINDING_COPY);
	struct scope_mark mark = SCOPE_START;
	struct seeking s = { .db = l->db };
	char path[FINDING_NOTE - HOLD_NAME - 8] = "";
	int err = h->hold.released_at == 0
		? scope_items(l->db, &h->scope, &mark, INT64_MAX, uncopied, &s)
		: 0;

	if (err == 0)
		err = s.err;
	if (err == 0 && s.item != 0)
		err = findings_place(l->db, s.item, &f);
	if (err != 0)
		return err;
	(void)scopes_path(l->db, &h->scope, path, sizeof path);
	snprintf(f.key, sizeof f.key, "%lld", (long long)h->hold.id);
	snprintf(f.note, sizeof f.note, "%s: %s", h->hold.name, path);
	f.item = s.item;
	return finder_found(l, &f, s.item == 0);
}

/* The next holds that stand, or of which a finding does. */
static int next_holds(struct sql *db, int64_t after, struct held *out, size_t *n)
{
	struct sql_rows *rows = sql_query(db,
		"SELECT " HOLD_COLUMNS " FROM hold WHERE id>?1 AND (released_at=0 OR EXISTS(SELECT "
		"1 FROM finding WHERE finding.rule=?2"
		" AND finding.key=CAST(hold.id AS TEXT) AND finding.settled=0)) ORDER BY id LIMIT "
		"?3",
		"isi", after, finding_rule_name(FINDING_COPY), (int64_t)HOLDS_AT_ONCE);
	int rc = 0;

	for (*n = 0; *n < HOLDS_AT_ONCE && (rc = sql_next(rows)) == 1; (*n)++)
		holds_read(rows, &out[*n]);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

int finder_copies(struct finder_look *l, bool all)
{
	struct finder_memory *m = l->memory;
	struct held *holds;
	int64_t after = 0, now = boot_now();
	size_t n = 1;
	int err = 0;

	if (!m->copies_due ||
		(!all && m->copies_looked != 0 && now - m->copies_looked < LOOK_EVERY_MS))
		return 0;
	holds = malloc(HOLDS_AT_ONCE * sizeof *holds);
	if (holds == NULL)
		return ENOMEM;
	while (err == 0 && n > 0) {
		err = next_holds(l->db, after, holds, &n);
		for (size_t i = 0; i < n && err == 0; i++) {
			after = holds[i].hold.id;
			err = judge_hold(l, &holds[i]);
		}
	}
	free(holds);
	m->copies_looked = now;
	m->copies_seen = err == 0;
	return err;
}
