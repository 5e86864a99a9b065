/* What stat(2) says. */
#include "fs/tree/tree.h"

#include <errno.h>
#include <string.h>

#include "fs/call/judge.h"
#include "fs/deposit/deposit.h"

#define KEEP_FOLDER 60.0      /* seconds: registered folders come and go with the register */
#define KEEP_FOREVER 86400.0  /* what is sealed and settled */
#define BLOCK_BYTES (1 << 20) /* st_blksize: what cp and others read and write at once */

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
	out->st_nlink = 1; /* not counted, as in Btrfs: that would cost more the more there is */
	out->st_blksize = 4096;
	stat_time(&out->st_mtim, made != 0 ? made : c->fs->mounted);
	out->st_atim = out->st_ctim = out->st_mtim;
}

/* The names in by-unit and in the views, where only what is sealed shows. */
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

/* What its depositor unlinked and still has open has no name, but fstat(2) still answers. */
static bool stat_unlinked(struct call *c, const struct item *item, struct stat *out)
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

static int stat_item(struct call *c, int64_t id, struct stat *out, struct tree_timeouts *keep)
{
	struct item item;
	int err = catalog_item(c->db, id, &item);

	if (err != 0)
		return err;
	tree_stat_item(c, &item, out, keep);
	return call_browses(c) && (judge_in_sight(c, &item) || stat_unlinked(c, &item, out))
		? 0
		: ENOENT;
}

int tree_stat(struct call *c, const struct node *n, struct stat *out, struct tree_timeouts *keep)
{
	struct folder f = { .made = 0 };
	int err = 0;

	keep->entry = keep->attr = KEEP_FOLDER;
	switch (n->kind) {
	case NODE_ITEM:
		return stat_item(c, n->id, out, keep);
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
		/* The kernel asks again at each walk: so nobody who has lost the role gets past,
		 * however long it keeps what lies below. */
		keep->entry = 0;
		break;
	case NODE_VIEW:
		err = views_there(c->db, &n->view, &f.made);
		if (n->view.level <= 1 && !node_is_top(n))
			keep->entry = 0; /* the same */
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
