#include "fs/act/linking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/act/reading.h"
#include "fs/store/query/cases.h"
#include "fs/tree/forget.h"

/* What the item is called in the case, to be taken back from the kernel. */
static int keep_name(struct linking *l, struct sql *db, int64_t item)
{
	struct sql_rows *rows = sql_query(
		db, "SELECT name FROM case_entry WHERE item=? AND kase=?", "ii", item, l->kase.id);
	int rc = sql_next(rows);

	l->names[l->changed][0] = '\0';
	if (rc == 1)
		sql_copy(rows, 0, l->names[l->changed], NAME_BUFFER);
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}

static int decide_one(struct turn *t, struct linking *l, int64_t id)
{
	struct sql *db = turn_db(t);
	bool lies = false, linked = false;
	struct item item;
	int err = catalog_item(db, id, &item);

	if (err == 0 && item.state == ITEM_SEALED)
		err = cases_belongs(db, l->kase.id, id, &lies, &linked);
	if (err != 0)
		return err;
	if (item.state != ITEM_SEALED || (l->unlink ? !linked : lies || linked)) {
		l->unchanged++;
		l->lying += l->unlink && lies && !linked;
		return 0;
	}
	if (l->unlink)
		err = keep_name(l, db, id);
	l->changed++;
	if (err != 0)
		return err;
	return turn_emit(t,
		&(struct event){ .kind = l->unlink ? "case.unlink" : "case.link",
			.who = &l->c->who,
			.item = id,
			.kase = l->kase.number,
			DETAILS("{s:I, s:s}", "case_id", (json_int_t)l->kase.id, "number",
				l->kase.number) });
}

static int decide_page(struct turn *t, void *arg)
{
	struct linking *l = arg;
	int err = 0;

	l->changed = l->unchanged = 0;
	l->lying = 0;
	for (size_t i = 0; i < l->count && err == 0; i++)
		err = decide_one(t, l, l->items[i]);
	return err;
}

int linking_run(struct linking *l)
{
	int err;

	l->names = l->unlink ? calloc(l->count + 1, sizeof *l->names) : NULL;
	if (l->unlink && l->names == NULL)
		return ENOMEM;
	call_subject(l->c);
	err = committer_run(l->c->fs->store->committer, COMMIT_DURABLE, decide_page, l);
	if (err == 0 && l->changed > 0) {
		for (size_t i = 0; i < l->count; i++)
			forget_links(l->c, l->items[i]);
		for (int64_t i = 0; l->unlink && i < l->changed; i++)
			if (l->names[i][0] != '\0')
				forget_entry(l->c, l->kase.id, l->names[i]);
		if (l->unlink)
			readings_recheck(l->c); /* a grant for the case covers what is in it */
	}
	free(l->names);
	l->names = NULL;
	return err;
}

int linking_page(struct linking *l, const struct query_place *place, int64_t after, int64_t *next)
{
	struct sql_rows *rows = query_place_items(l->c->db, place, after, LINKING_PAGE);
	int rc = 0;

	l->count = 0;
	while (l->count < LINKING_PAGE && (rc = sql_next(rows)) == 1)
		l->items[l->count++] = sql_int(rows, 0);
	*next = l->count == LINKING_PAGE ? l->items[l->count - 1] : 0;
	sql_done(rows);
	return rc < 0 ? -rc : 0;
}
