/* Listings of folders. */
#include "fs/tree/tree.h"

#include <string.h>

#include "fs/store/catalog/listing.h"
#include "fs/tree/tree_view.h"

/* The names at the top. */
static int list_top(const char *after, int64_t skip, tree_each each, void *arg)
{
	struct node child = { .kind = NODE_VIEW };
	const char *name;
	bool more = true;

	for (size_t i = 0; more && (name = view_top_name(i, &child.view)) != NULL; i++)
		if (strcmp(name, after) > 0 && skip-- <= 0)
			more = each(arg, &child, name, NULL);
	child = (struct node){ .kind = NODE_BY_UNIT };
	if (more && strcmp("by-unit", after) > 0 && skip <= 0)
		each(arg, &child, "by-unit", NULL);
	return 0;
}

struct listing {
	const struct node *folder;
	tree_each each;
	void *arg;
};

static bool pass_on_folder(void *arg, int64_t id, const char *name)
{
	const struct listing *l = arg;
	struct node child = *l->folder;

	child.kind = l->folder->kind == NODE_BY_UNIT ? NODE_UNIT : l->folder->kind + 1;
	if (child.kind == NODE_UNIT)
		child.unit = id;
	else if (child.kind == NODE_DEVICE)
		child.device = id;
	else if (child.kind == NODE_OFFICER)
		child.officer = id;
	else
		child = (struct node){ .kind = child.kind, .id = id };
	return l->each(l->arg, &child, name, NULL);
}

static bool pass_on_item(void *arg, const struct item *item)
{
	const struct listing *l = arg;

	return l->each(
		l->arg, &(struct node){ .kind = NODE_ITEM, .id = item->id }, item->name, item);
}

int tree_list(struct call *c, const struct node *folder, const char *after, int64_t skip,
	tree_each each, void *arg)
{
	struct listing l = { folder, each, arg };
	struct folder f;
	int err;

	if (folder->kind == NODE_ROOT)
		return list_top(after, skip, each, arg);
	if (!call_browses(c))
		return 0;
	switch (folder->kind) {
	case NODE_VIEW:
		return tree_view_list(c, folder, after, skip, each, arg);
	case NODE_BY_UNIT:
		return listing_units(c->db, after, skip, pass_on_folder, &l);
	case NODE_UNIT:
		return listing_devices(c->db, folder->unit, after, skip, pass_on_folder, &l);
	case NODE_DEVICE:
		return listing_officers(
			c->db, folder->unit, folder->device, after, skip, pass_on_folder, &l);
	case NODE_OFFICER:
		return listing_days(c->db, folder->unit, folder->device, folder->officer, after,
			skip, pass_on_folder, &l);
	case NODE_DATE:
		err = catalog_folder(c->db, folder->id, &f);
		return err != 0 ? err : listing_cases(c->db, &f, after, skip, pass_on_folder, &l);
	case NODE_CASE:
		return listing_items(
			c->db, folder->id, c->who.person.id, after, skip, pass_on_item, &l);
	case NODE_ROOT:
	case NODE_CUSTODY: /* is there, and not listed; nor is what is in it */
	case NODE_CTL:
	case NODE_ITEM:
	case NODE_MARKER:
		break;
	}
	return 0;
}
