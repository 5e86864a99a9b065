#include "fs/act/linking.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/act/reading.h"
#include "fs/act/target.h"
#include "fs/store/records/casefiles.h"
#include "fs/tree/forget.h"
#include "policy/act.h"

static int record_link(struct turn *t, const struct linking *l, int64_t item)
{
	const struct casefile *k = &l->kase;
	const struct about about = { .who = &l->c->who, .item = item, .kase = k->number };

	return l->unlink ? record_case_unlink(t, &about,
				   &(struct case_unlink){ .case_id = k->id, .number = k->number })
			 : record_case_link(t, &about,
				   &(struct case_link){ .case_id = k->id, .number = k->number });
}

static int decide_item(struct turn *t, struct linking *l, int64_t id)
{
	struct sql *db = turn_db(t);
	bool lies = false, linked = false;
	struct item item;
	int err = catalog_item(db, id, &item);

	if (err == 0 && item.state == ITEM_SEALED)
		err = casefiles_belongs(db, l->kase.id, id, &lies, &linked);
	if (err != 0)
		return err;
	if (item.state != ITEM_SEALED || (l->unlink ? !linked : lies || linked)) {
		l->unchanged++;
		l->lying += l->unlink && lies && !linked;
		return 0;
	}
	if (l->unlink)
		err = casefiles_entry(db, l->kase.id, id, l->names[l->changed]);
	l->changed++;
	return err == 0 ? record_link(t, l, id) : err;
}

static int decide_page(struct turn *t, void *arg)
{
	struct linking *l = arg;
	int err = 0;

	l->changed = l->unchanged = 0;
	l->lying = 0;
	for (size_t i = 0; i < l->count && err == 0; i++)
		err = decide_item(t, l, l->items[i]);
	return err;
}

static void forget_page(struct linking *l)
{
	for (size_t i = 0; i < l->count; i++)
		forget_links(l->c, l->items[i]);
	for (int64_t i = 0; l->unlink && i < l->changed; i++)
		if (l->names[i][0] != '\0')
			forget_entry(l->c, l->kase.id, l->names[i]);
	if (l->unlink)
		readings_recheck(l->c); /* a grant for the case covers what is in it */
}

int linking_run(struct linking *l)
{
	int err;

	l->names = l->unlink ? calloc(l->count + 1, sizeof *l->names) : NULL;
	if (l->unlink && l->names == NULL)
		return ENOMEM;
	call_subject(l->c);
	err = committer_run(l->c->fs->store->committer, COMMIT_DURABLE, decide_page, l);
	if (err == 0 && l->changed > 0)
		forget_page(l);
	free(l->names);
	l->names = NULL;
	return err;
}

int linking_place(struct call *c, const struct node *n, struct query_place *out)
{
	*out = (struct query_place){ .item = n->kind == NODE_ITEM ? n->id : 0,
		.unit = n->unit,
		.device = n->device,
		.officer = n->officer,
		.day = DAY_NONE };
	if (n->kind == NODE_DATE || n->kind == NODE_CASE)
		return query_place_of(c->db, n->id, out);
	if (n->kind == NODE_VIEW)
		return query_place_of_view(c->db, &n->view, out);
	return n->kind == NODE_CTL || n->kind == NODE_MARKER ? ENOENT : 0;
}

int linking_page(struct linking *l, const struct query_place *place, int64_t after, int64_t *next)
{
	int err = query_place_numbers(l->c->db, place, after, l->items, LINKING_PAGE, &l->count);

	*next = l->count == LINKING_PAGE ? l->items[l->count - 1] : 0;
	return err;
}

/* All that lies there, page by page. */
static int run_place(struct linking *l, const struct query_place *place)
{
	int64_t next = 0;
	int err;

	do {
		err = linking_page(l, place, next, &next);
		if (err == 0)
			err = linking_run(l);
	} while (err == 0 && next != 0);
	return err;
}

static enum reason judge_place(struct call *c, const struct node *n, struct query_place *place)
{
	enum reason why = act_allowed(&c->who.person, ACT_REGISTER_CASE);
	struct item item;

	if (why != REASON_NONE)
		return why;
	if (linking_place(c, n, place) != 0)
		return REASON_NOT_SUPPORTED;
	if (n->kind == NODE_ITEM &&
		(catalog_item(c->db, n->id, &item) != 0 || item.state != ITEM_SEALED))
		return REASON_UNSEALED;
	return query_place_whole(place) ? REASON_NOT_SUPPORTED : REASON_NONE;
}

static enum reason judge_number(struct linking *l, const char *number)
{
	char clean[NAME_BUFFER];

	if (name_normalise(number, clean) != REASON_NONE)
		return REASON_VALUE_BAD;
	return catalog_case(l->c->db, clean, &l->kase) == 0 ? REASON_NONE : REASON_CASE_UNKNOWN;
}

int linking_link_all(struct linking *l, const struct node *n, const char *number)
{
	struct query_place place;

	l->unlink = false;
	l->why = judge_place(l->c, n, &place);
	if (l->why == REASON_NONE)
		l->why = judge_number(l, number);
	return l->why != REASON_NONE ? target_refuse(l->c, VERB_SETXATTR, n, l->why)
				     : run_place(l, &place);
}

int linking_unlink_all(struct linking *l, const struct node *n)
{
	struct query_place place;
	int64_t after = 0;
	int err;

	l->unlink = true;
	l->why = judge_place(l->c, n, &place);
	if (l->why != REASON_NONE)
		return target_refuse(l->c, VERB_REMOVEXATTR, n, l->why);
	while ((err = casefiles_next_linked(l->c->db, after, place.item, &l->kase)) == 0) {
		after = l->kase.id;
		err = run_place(l, &place);
		if (err != 0)
			return err;
	}
	return err == ENOENT ? 0 : err;
}
