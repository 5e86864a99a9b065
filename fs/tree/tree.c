#include "fs/tree/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/call/judge.h"
#include "fs/deposit/deposit.h"
#include "fs/store/catalog/listing.h"
#include "fs/store/query/control.h"
#include "fs/tree/tree_view.h"
#include "policy/litter.h"

#define KEEP_FOLDER 60.0      /* seconds: registered folders come and go with the register */
#define KEEP_FOREVER 86400.0  /* what is sealed and settled */
#define BLOCK_BYTES (1 << 20) /* st_blksize: what cp and others read and write at once */

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

/* An item that is there and not in sight gives ENOENT with its id. */
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
	/* A name that may not be is not there; what would make it is told so, and that is
	 * recorded. */
	if (name_normalise(name, clean) != REASON_NONE || !call_browses(c))
		return ENOENT;
	if (parent->kind == NODE_VIEW)
		return tree_view_lookup(c, parent, clean, out);
	return parent->kind <= NODE_DEVICE ? lookup_registered(c, parent, clean, out)
					   : lookup_made(c, parent, clean, out);
}

static void stat_time(struct timespec *out, int64_t ms)
{
	out->tv_sec = ms / 1000;
	out->tv_nsec = ms % 1000 * 1000000;
}

static void stat_folder(struct call *c, const struct node *n, int64_t made, struct stat *out)
{
	memset(out, 0, sizeof *out);
	out->st_ino = node_ino(n);
	out->st_mode = S_IFDIR | 0755;
	out->st_nlink =
		1; /* "not counted", as Btrfs does: counting would cost more the more there is */
	out->st_blksize = 4096;
	stat_time(&out->st_mtim, made != 0 ? made : c->fs->mounted);
	out->st_atim = out->st_ctim = out->st_mtim;
}

/* Its names in by-unit and in the views: what is sealed is in all of them. */
static nlink_t item_links(struct call *c, const struct item *item)
{
	int64_t links = 1;

	return item->state == ITEM_SEALED && views_links(c->db, item->id, &links) == 0
		? (nlink_t)links
		: 1;
}

void tree_stat_item(
	struct call *c, const struct item *given, struct stat *out, struct tree_timeouts *keep)
{
	struct item item = *given;
	struct deposit *d = item.state == ITEM_RECEIVING ? deposit_get(c->fs->deposits, item.id)
							 : NULL;
	int64_t changed = item.sealed != 0 ? item.sealed : item.begun;
	bool fixed = item.state == ITEM_SEALED && !judge_settling(&item, &c->now);

	if (d != NULL) {
		deposit_stat(d, &item);
		deposit_put(c->fs->deposits, d);
	}
	memset(out, 0, sizeof *out);
	out->st_ino = node_ino(&(struct node){ .kind = NODE_ITEM, .id = item.id });
	out->st_mode = S_IFREG | (item.mode & 0777);
	out->st_nlink = item_links(c, &item);
	out->st_uid = item.uid;
	out->st_gid = item.gid;
	out->st_size = item.size;
	out->st_blocks = (item.size + 511) / 512;
	out->st_blksize = BLOCK_BYTES;
	out->st_mtim.tv_sec = item.mtime / 1000000000;
	out->st_mtim.tv_nsec = item.mtime % 1000000000;
	if (out->st_mtim.tv_nsec < 0) {
		out->st_mtim.tv_nsec += 1000000000;
		out->st_mtim.tv_sec--;
	}
	out->st_atim = out->st_mtim;
	stat_time(&out->st_ctim, changed);
	keep->entry = keep->attr = fixed ? KEEP_FOREVER : 0;
}

/* What its depositor unlinked and still has open can be asked by descriptor: it has no name any
 * more. */
static bool unlinked_and_open(struct call *c, const struct item *item, struct stat *out)
{
	struct deposit *d = item->state == ITEM_INCOMPLETE && item->depositor == c->who.person.id
		? deposit_get(c->fs->deposits, item->id)
		: NULL;
	struct item now = *item;

	if (d == NULL)
		return false;
	deposit_stat(d, &now);
	deposit_put(c->fs->deposits, d);
	out->st_size = now.size;
	out->st_nlink = 0;
	return true;
}

int tree_stat(struct call *c, const struct node *n, struct stat *out, struct tree_timeouts *keep)
{
	struct folder f = { .made = 0 };
	struct item item;
	int err = 0;

	keep->entry = keep->attr = KEEP_FOLDER;
	switch (n->kind) {
	case NODE_ITEM:
		err = catalog_item(c->db, n->id, &item);
		if (err != 0)
			return err;
		tree_stat_item(c, &item, out, keep);
		return call_browses(c) &&
				(judge_in_sight(c, &item) || unlinked_and_open(c, &item, out))
			? 0
			: ENOENT;
	case NODE_CTL:
		stat_folder(c, n, 0, out);
		out->st_mode = S_IFREG | 0666;
		keep->entry = keep->attr = KEEP_FOREVER;
		return 0;
	case NODE_MARKER:
		stat_folder(c, n, 0, out);
		out->st_mode = S_IFREG | 0444;
		return 0;
	case NODE_DATE:
	case NODE_CASE:
		err = catalog_folder(c->db, n->id, &f);
		break;
	case NODE_UNIT:
		/* Asked again at each walk: a gate that lets nobody past who has no role (any
		 * more), however long what lies below it is kept. */
		keep->entry = 0;
		break;
	case NODE_VIEW:
		err = views_there(c->db, &n->view, &f.made);
		if (n->view.level <= 1 && !node_is_top(n))
			keep->entry = 0; /* the same gate */
		break;
	case NODE_ROOT:
	case NODE_BY_UNIT:
	case NODE_CUSTODY:
	case NODE_DEVICE:
	case NODE_OFFICER:
		break;
	}
	if (err != 0)
		return err;
	stat_folder(c, n, f.made, out);
	return node_is_top(n) || call_browses(c) ? 0 : ENOENT;
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
