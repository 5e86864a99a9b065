#include "fs/tree/tree.h"

#include <errno.h>
#include <string.h>

#include "fs/call/judge.h"
#include "fs/store/query/control.h"
#include "fs/tree/tree_view.h"
#include "policy/litter.h"

static int lookup_fixed(const struct node *parent, const char *name, struct node *out)
{
	if (parent->kind == NODE_ROOT && strcmp(name, "by-unit") == 0)
		out->kind = NODE_BY_UNIT;
	else if (parent->kind == NODE_ROOT && strcmp(name, CONTROL_DIR) == 0)
		out->kind = NODE_CUSTODY;
	else if (parent->kind == NODE_CUSTODY && strcmp(name, CONTROL_FILE) == 0)
		out->kind = NODE_CTL;
	else if (parent->kind == NODE_ROOT && view_top(name, &out->view))
		out->kind = NODE_VIEW;
	else
		return ENOENT;
	return 0;
}

/* Units, devices and officers are the registered ones. */
static int lookup_registered(
	struct call *c, const struct node *parent, const char *name, struct node *out)
{
	struct unit unit = { .id = 0 };
	struct device device = { .id = 0 };
	struct person officer = { .id = 0 };
	int err;

	*out = *parent;
	if (parent->kind == NODE_BY_UNIT) {
		err = catalog_unit_named(c->db, name, &unit);
		out->kind = NODE_UNIT;
		out->unit = unit.id;
	} else if (parent->kind == NODE_UNIT) {
		err = catalog_device_in(c->db, parent->unit, name, &device);
		out->kind = NODE_DEVICE;
		out->device = device.id;
	} else {
		err = catalog_officer_in(c->db, parent->unit, parent->device, name, &officer);
		out->kind = NODE_OFFICER;
		out->officer = officer.id;
	}
	return err;
}

/* For an item that is out of sight: ENOENT, and *out has its id. */
static int lookup_made(
	struct call *c, const struct node *parent, const char *name, struct node *out)
{
	struct folder f = { .id = 0 };
	struct item item;
	int32_t day;
	int err;

	*out = (struct node){ .kind = NODE_ITEM };
	if (parent->kind == NODE_OFFICER) {
		if (!day_parse(name, &day))
			return ENOENT;
		err = catalog_folder_at(
			c->db, parent->unit, parent->device, parent->officer, day, "", &f);
		*out = (struct node){ .kind = NODE_DATE, .id = f.id };
		return err;
	}
	err = catalog_folder(c->db, parent->id, &f);
	if (err != 0)
		return err;
	if (parent->kind == NODE_DATE) {
		err = catalog_folder_at(c->db, f.unit, f.device, f.officer, f.day, name, &f);
		*out = (struct node){ .kind = NODE_CASE, .id = f.id };
		return err;
	}
	err = catalog_item_named(c->db, f.id, name, &item);
	if (err == ENOENT && aside_name(name)) {
		*out = (struct node){ .kind = NODE_VIEW, .view = { VIEW_ASIDE, VIEW_LEAF, f.id } };
		return 0;
	}
	if (err != 0)
		return err;
	out->id = item.id;
	return judge_in_sight(c, &item) ? 0 : ENOENT;
}

/* The markers are in every folder that the subject sees. */
static bool lookup_marker(
	struct call *c, const struct node *parent, const char *name, struct node *out)
{
	int n = parent->kind == NODE_CUSTODY || (!node_is_top(parent) && !call_browses(c))
		? -1
		: marker_find(name);

	if (n >= 0)
		*out = (struct node){ .kind = NODE_MARKER, .id = n };
	return n >= 0;
}

int tree_lookup(struct call *c, const struct node *parent, const char *name, struct node *out)
{
	char clean[NAME_BUFFER];

	*out = (struct node){ .kind = NODE_ROOT };
	if (!node_is_dir(parent))
		return ENOTDIR;
	if (lookup_marker(c, parent, name, out))
		return 0;
	if (parent->kind == NODE_ROOT || parent->kind == NODE_CUSTODY)
		return lookup_fixed(parent, name, out);
	/* A name that is not allowed is not there.  Making it is refused, and that is recorded. */
	if (name_normalise(name, clean) != REASON_NONE || !call_browses(c))
		return ENOENT;
	if (parent->kind == NODE_VIEW)
		return tree_view_lookup(c, parent, clean, out);
	return parent->kind <= NODE_DEVICE ? lookup_registered(c, parent, clean, out)
					   : lookup_made(c, parent, clean, out);
}

int tree_resolve(struct call *c, const char *path, struct node *out)
{
	struct node at = { .kind = NODE_ROOT };
	char name[1024];
	size_t len;
	int err;

	while (*path != '\0') {
		len = strcspn(path, "/");
		if (len >= sizeof name)
			return ENAMETOOLONG;
		if (len > 0) {
			memcpy(name, path, len);
			name[len] = '\0';
			err = tree_lookup(c, &at, name, out);
			if (err != 0)
				return err;
			at = *out;
		}
		path += len + (path[len] == '/');
	}
	*out = at;
	return 0;
}
