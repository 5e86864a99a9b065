/* Verbs on names: looking up, making, removing, renaming; and those that are never allowed. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <string.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/tree/folder.h"
#include "fs/tree/label.h"
#include "fs/tree/tree.h"

static int fill_entry(struct call *c, const struct node *n, struct fuse_entry_param *e)
{
	struct tree_timeouts keep;
	int err;

	memset(e, 0, sizeof *e);
	err = tree_stat(c, n, &e->attr, &keep);
	e->ino = node_ino(n);
	e->entry_timeout = keep.entry;
	e->attr_timeout = keep.attr;
	return err;
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e;
	struct call c;
	struct node p, n;
	int err = ops_begin_at(req, parent, &c, &p);

	if (err == 0) {
		err = tree_lookup(&c, &p, name, &n);
		/* there, but unseen: perhaps closed a moment ago, and not known to be sealed yet */
		if (err == ENOENT && (n.id != 0 || p.kind == NODE_VIEW)) {
			deposits_settle(c.fs->deposits, n.id);
			err = tree_lookup(&c, &p, name, &n);
		} else if (err == 0 && n.kind == NODE_ITEM)
			deposits_settle(c.fs->deposits, n.id);
		if (err == 0)
			err = fill_entry(&c, &n, &e);
		call_end(&c);
	}
	if (err == 0)
		fuse_reply_entry(req, &e);
	else
		fuse_reply_err(req, err);
}

/* Verbs that the tree never has; judged all the same, so that the reason is the right one. */
static void refuse_verb(fuse_req_t req, fuse_ino_t parent, const char *name, enum verb verb)
{
	struct call c;
	struct node p;
	int err = ops_begin_at(req, parent, &c, &p);

	if (err == 0) {
		err = refusal_answer(&c, verb, &p, name,
			p.kind == NODE_VIEW ? REASON_VIEW : REASON_NEVER_ALLOWED);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev)
{
	(void)mode, (void)rdev;
	refuse_verb(req, parent, name, VERB_MKNOD);
}

void op_symlink(fuse_req_t req, const char *link, fuse_ino_t parent, const char *name)
{
	(void)link;
	refuse_verb(req, parent, name, VERB_SYMLINK);
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
	struct call c;
	struct node n, to;
	struct item item;
	int err = node_parse(parent, &to) ? ops_begin_at(req, ino, &c, &n) : ENOENT;

	(void)name;
	if (err == 0) { /* an attempt on the item, wherever the link was to be */
		err = n.kind == NODE_ITEM ? catalog_item(c.db, n.id, &item) : EPERM;
		if (err == 0)
			err = refusal_answer(&c, VERB_LINK, &n, NULL,
				to.kind == NODE_VIEW ? REASON_VIEW
						     : judge_verb(&c, &item, VERB_LINK, false));
		call_end(&c);
	}
	fuse_reply_err(req, err != 0 ? err : EPERM);
}

void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	(void)ino;
	fuse_reply_err(req, EINVAL); /* there are no links */
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct fuse_entry_param e;
	struct call c;
	struct node p, n;
	int err = ops_begin_at(req, parent, &c, &p);

	(void)mode;
	if (err == 0) {
		err = folder_mkdir(&c, &p, name, &n);
		if (err == 0)
			err = fill_entry(&c, &n, &e);
		call_end(&c);
	}
	if (err == 0)
		fuse_reply_entry(req, &e);
	else
		fuse_reply_err(req, err);
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct call c;
	struct node p;
	int err = ops_begin_at(req, parent, &c, &p);

	if (err == 0) {
		err = folder_rmdir(&c, &p, name);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct call c;
	struct node p;
	int err = ops_begin_at(req, parent, &c, &p);

	if (err == 0) {
		err = label_unlink(&c, &p, name);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t newparent,
	const char *newname, unsigned flags)
{
	struct call c;
	struct node from, to;
	int err = node_parse(newparent, &to) ? ops_begin_at(req, parent, &c, &from) : ENOENT;

	if (err == 0) {
		err = label_rename(&c, &from, name, &to, newname, flags);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}
