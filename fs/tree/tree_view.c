/* Views in the tree (fs/store/catalog/views.h), and the scope that a node means. */
#include <errno.h>
#include <stdio.h>

#include "fs/store/catalog/scopes.h"
#include "fs/tree/tree.h"
#include "fs/tree/tree_view.h"

int tree_view_lookup(struct call *c, const struct node *parent, const char *name, struct node *out)
{
	int64_t item;
	int err;

	*out = (struct node){ .kind = NODE_VIEW };
	err = views_lookup(c->db, &parent->view, name, &out->view, &item);
	if (err == 0 && item != 0)
		*out = (struct node){ .kind = NODE_ITEM, .id = item };
	return err;
}

struct listing {
	tree_each each;
	void *arg;
};

/* A row of a view as the tree's listing gives it. */
static bool pass_on_row(
	void *arg, const char *name, const struct view_at *child, const struct item *item)
{
	const struct listing *l = arg;
	struct node n;

	if (item != NULL)
		n = (struct node){ .kind = NODE_ITEM, .id = item->id };
	else
		n = (struct node){ .kind = NODE_VIEW, .view = *child };
	return l->each(l->arg, &n, name, item);
}

int tree_view_list(struct call *c, const struct node *folder, const char *after, int64_t skip,
	tree_each each, void *arg)
{
	struct listing l = { each, arg };

	return views_list(c->db, &folder->view, after, skip, pass_on_row, &l);
}

int tree_scope(struct call *c, const struct node *n, struct scope *out)
{
	struct folder f;
	int err = 0;

	*out = (struct scope)SCOPE_ANY;
	switch (n->kind) {
	case NODE_CUSTODY:
	case NODE_CTL:
	case NODE_MARKER:
		return ENOTSUP;
	case NODE_ITEM:
		out->item = n->id;
		return 0;
	case NODE_VIEW:
		return views_scope(c->db, &n->view, out);
	case NODE_DATE:
	case NODE_CASE:
		err = catalog_folder(c->db, n->id, &f);
		if (err != 0)
			return err;
		out->unit = f.unit;
		out->device = f.device;
		out->officer = f.officer;
		out->day = f.day;
		snprintf(out->folder, sizeof out->folder, "%s", f.kase);
		return 0;
	case NODE_ROOT:
	case NODE_BY_UNIT:
	case NODE_UNIT:
	case NODE_DEVICE:
	case NODE_OFFICER:
		break;
	}
	out->unit = n->unit;
	out->device = n->kind >= NODE_DEVICE ? n->device : 0;
	out->officer = n->kind >= NODE_OFFICER ? n->officer : 0;
	return 0;
}
