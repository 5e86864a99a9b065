#include "fs/attr/attr_case.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/act/linking.h"
#include "fs/call/refusal.h"
#include "fs/store/query/cases.h"
#include "policy/act.h"

static int number_of(struct call *c, int64_t kase, char *out, size_t cap)
{
	struct sql_rows *rows = sql_query(
		c->db, "SELECT number FROM casefile WHERE id=?", "i", kase);
	int rc = sql_next(rows);

	if (rc <= 0)
		return rc == 0 ? ENODATA : -rc;
	sql_copy(rows, 0, out, cap);
	sql_done(rows);
	return 0;
}

static int folder_case(struct call *c, const struct node *n, char *out, size_t cap)
{
	struct casefile k;
	struct scope s;
	int err = tree_scope(c, n, &s);

	if (err == ENOTSUP)
		return ENODATA;
	if (err == 0 && s.kase == 0 && s.folder[0] == '\0')
		return ENODATA;
	if (err == 0 && s.kase != 0)
		return number_of(c, s.kase, out, cap);
	if (err == 0)
		err = catalog_case(c->db, s.folder, &k);
	snprintf(out, cap, "%s", err == 0 ? k.number : s.folder);
	return err == ENOENT ? 0 : err;
}

int attr_case_get(struct call *c, const struct node *n, char *out, size_t cap)
{
	struct folder f;
	struct item item;
	int err;

	if (n->kind != NODE_ITEM)
		return folder_case(c, n, out, cap);
	err = cases_of_item(c->db, n->id, out, cap);
	if (err != 0 || out[0] != '\0')
		return err;
	err = catalog_item(c->db, n->id, &item);
	if (err == 0)
		err = catalog_folder_any(c->db, item.folder, &f);
	if (err == 0)
		snprintf(out, cap, "%s", f.kase);
	return err;
}

/* Where the items lie that a node stands for. */
static int place_of(struct call *c, const struct node *n, struct query_place *out)
{
	*out = (struct query_place){ .item = n->kind == NODE_ITEM ? n->id : 0,
		.unit = n->unit,
		.device = n->device,
		.officer = n->officer,
		.day = DAY_NONE };
	if (n->kind == NODE_DATE || n->kind == NODE_CASE)
		return query_place_of(c->db, n->id, out);
	return n->kind == NODE_VIEW ? query_place_of_view(c->db, &n->view, out) : 0;
}

/* All that lies there, page by page. */
static int link_place(struct linking *l, const struct query_place *place)
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

/* Ends the links to each of the cases that anything there is linked to. */
static int unlink_place(struct linking *l, const struct query_place *place)
{
	struct sql *db = l->c->db;
	int64_t kase = 0;
	int err;

	l->unlink = true;
	for (;;) {
		struct sql_rows *rows = sql_query(db,
			"SELECT " CASE_COLUMNS " FROM casefile WHERE id>? AND EXISTS(SELECT 1 FROM "
			"case_item WHERE case_item.kase=casefile.id"
			" AND case_item.unlinked=0 AND (?2=0 OR case_item.item=?2)) ORDER BY id "
			"LIMIT 1",
			"ii", kase, place->item);
		int rc = sql_next(rows);

		if (rc <= 0)
			return -rc;
		catalog_read_case(rows, &l->kase);
		sql_done(rows);
		kase = l->kase.id;
		err = link_place(l, place);
		if (err != 0)
			return err;
	}
}

static enum reason judge(struct call *c, const struct node *n, struct query_place *place,
	const char *value, struct casefile *kase)
{
	enum reason why = act_allowed(&c->who.person, ACT_REGISTER_CASE);
	char clean[NAME_BUFFER];
	struct item item;

	if (why != REASON_NONE)
		return why;
	if (place_of(c, n, place) != 0)
		return REASON_NOT_SUPPORTED;
	if (n->kind == NODE_ITEM &&
		(catalog_item(c->db, n->id, &item) != 0 || item.state != ITEM_SEALED))
		return REASON_UNSEALED;
	if (query_place_whole(place))
		return REASON_NOT_SUPPORTED; /* no one case's */
	if (value == NULL)
		return REASON_NONE;
	if (name_normalise(value, clean) != REASON_NONE)
		return REASON_VALUE_BAD;
	return catalog_case(c->db, clean, kase) == 0 ? REASON_NONE : REASON_CASE_UNKNOWN;
}

int attr_case_set(struct call *c, const struct node *n, const char *name, const void *value,
	size_t len, int flags)
{
	enum verb verb = value != NULL ? VERB_SETXATTR : VERB_REMOVEXATTR;
	struct linking *l = calloc(1, sizeof *l);
	char *text = value != NULL ? strndup(value, len) : NULL;
	struct query_place place;
	enum reason why;
	int err = ENOMEM;

	(void)name, (void)flags; /* there may be several at a time: setting adds one */
	if (l != NULL && (value == NULL || text != NULL)) {
		l->c = c;
		why = judge(c, n, &place, text, &l->kase);
		if (why != REASON_NONE)
			err = refusal_answer(c, verb, n, NULL, why);
		else
			err = refusal_or_error(c, verb, n,
				value != NULL ? link_place(l, &place) : unlink_place(l, &place));
	}
	free(text);
	free(l);
	return err;
}
