#include "fs/watch/finder_copies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/store/catalog/scope_items.h"
#include "fs/store/catalog/scopes.h"
#include "fs/store/clock.h"
#include "fs/store/records/copies.h"

#define LOOK_EVERY_MS 10000 /* going through a hold on many items takes time */
#define HOLDS_AT_ONCE 256

int finder_copies_touch(struct finder_look *l, const struct finder_event *e)
{
	(void)e;
	l->memory->copies_due = true;
	return 0;
}

int finder_copies_touch_held(struct finder_look *l, const struct finder_event *e)
{
	struct item item;
	struct held first;
	int err = catalog_item(l->db, e->item, &item);

	if (err == 0)
		err = holds_first(l->db, &item, &first);
	return err == 0 ? finder_copies_touch(l, e) : err;
}

struct seeking {
	struct sql *db;
	int64_t item;
	int err;
};

/* Stops at the first item without a copy. */
static bool find_uncopied(void *arg, const struct item *item)
{
	struct seeking *s = arg;
	bool copied;

	s->err = copies_hold(s->db, item->id, &copied);
	if (s->err == 0 && !copied)
		s->item = item->id;
	return s->err == 0 && copied;
}

static int look_at_hold(struct finder_look *l, const struct held *h)
{
	struct finding f = FINDING_NEW(FINDING_COPY);
	struct scope_mark mark = SCOPE_START;
	struct seeking s = { .db = l->db };
	char path[FINDING_NOTE - HOLD_NAME - 8] = "";
	int err = h->hold.released_at == 0
		? scope_items(l->db, &h->scope, &mark, INT64_MAX, find_uncopied, &s)
		: 0;

	if (err == 0)
		err = s.err;
	if (err == 0 && s.item != 0)
		err = findings_place(l->db, s.item, &f);
	if (err != 0)
		return err;
	(void)scopes_path(l->db, &h->scope, path, sizeof path);
	finder_key(&f, h->hold.id);
	snprintf(f.note, sizeof f.note, "%s: %s", h->hold.name, path);
	f.item = s.item;
	return finder_found(l, &f, s.item == 0);
}

int finder_copies(struct finder_look *l, bool all)
{
	struct finder_memory *m = l->memory;
	struct held *holds;
	int64_t after = 0, now = store_clock_boot();
	size_t n = 1;
	int err = 0;

	if (!m->copies_due ||
		(!all && m->copies_looked != 0 && now - m->copies_looked < LOOK_EVERY_MS))
		return 0;
	holds = malloc(HOLDS_AT_ONCE * sizeof *holds);
	if (holds == NULL)
		return ENOMEM;
	while (err == 0 && n > 0) {
		err = findings_holds(l->db, after, holds, HOLDS_AT_ONCE, &n);
		for (size_t i = 0; i < n && err == 0; i++) {
			after = holds[i].hold.id;
			err = look_at_hold(l, &holds[i]);
		}
	}
	free(holds);
	m->copies_looked = now;
	m->copies_due = false;
	return err;
}
