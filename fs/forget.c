#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include <string.h>

#include "fs/forget.h"

static void forget(struct fs *fs, const struct node *parent, const char *name)
{
	(void)fuse_lowlevel_notify_inval_entry(fs->session, node_ino(parent), name, strlen(name));
}

void forget_device(struct call *c, int64_t unit, const char *serial)
{
	forget(c->fs, &(struct node){ .kind = NODE_UNIT, .unit = unit }, serial);
}

void forget_officer(struct call *c, int64_t unit, const char *number)
{
	struct sql_rows *rows = sql_query(c->db, "SELECT id FROM device WHERE unit=?1 UNION SELECT device FROM folder WHERE unit=?1", "i", unit);

	while (sql_next(rows) == 1)
		forget(c->fs, &(struct node){ .kind = NODE_DEVICE, .unit = unit, .device = sql_int(rows, 0) }, number);
}

void forget_item(struct call *c, const struct item *item)
{
	const struct node n = { .kind = NODE_ITEM, .id = item->id };

	if (item->state == ITEM_SEALED)
		forget(c->fs, &(struct node){ .kind = NODE_CASE, .id = item->folder }, item->name);
	(void)fuse_lowlevel_notify_inval_inode(c->fs->session, node_ino(&n), 0, 0);
}
