/* Opening, making, and releasing. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fs/act/reading.h"
#include "fs/call/refusal.h"
#include "fs/ctl/ctl.h"
#include "fs/deposit/deposit.h"
#include "fs/tree/tree.h"

static bool wants_write(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);
}

/*
 * What goes past the kernel's page cache: all reading, because a page there would be read without a
 * record; and writing by those who only write, because it costs a copy, memory, and a question for
 * security.capability at each write.  A shared writable mapping needs the cache, and a descriptor
 * that reads too.
 */
static bool writes_only(int flags)
{
	return (flags & O_ACCMODE) == O_WRONLY;
}

/* Opens an item for what the flags say. */
static int open_item(struct call *c, int64_t id, struct fuse_file_info *fi, struct handle **out)
{
	bool writing = wants_write(fi->flags);
	int err = handle_new(c->fs, writing ? HANDLE_DEPOSIT : HANDLE_READING, c->who.uid, out);

	if (err == EMFILE)
		return refusal_answer(c, writing ? VERB_OPEN_WRITE : VERB_OPEN_READ,
			&(struct node){ .kind = NODE_ITEM, .id = id }, NULL, REASON_TOO_MANY);
	if (err != 0)
		return err;
	err = writing ? deposit_open(c, id, fi->flags & O_TRUNC, &(*out)->deposit)
		      : reading_open(c, id, &(*out)->reading);
	if (err != 0)
		handle_free(c->fs, *out);
	fi->direct_io = !writing || writes_only(fi->flags);
	return err;
}

static int open_ctl(struct call *c, struct fuse_file_info *fi, struct handle **out)
{
	int err = handle_new(c->fs, HANDLE_CTL, c->who.uid, out);

	if (err != 0)
		return err;
	err = ctl_open(c, &(*out)->ctl);
	if (err != 0)
		handle_free(c->fs, *out);
	fi->direct_io = 1;
	fi->nonseekable = 0;
	return err;
}

/* A marker is empty, and stays so. */
static int open_marker(
	struct call *c, const struct node *n, const struct fuse_file_info *fi, struct handle **out)
{
	if (wants_write(fi->flags))
		return refusal_answer(c, VERB_OPEN_WRITE, n, NULL, REASON_DESKTOP_FILE);
	return handle_new(c->fs, HANDLE_MARKER, c->who.uid, out);
}

static int open_node(
	struct call *c, const struct node *n, struct fuse_file_info *fi, struct handle **out)
{
	if (n->kind == NODE_ITEM)
		return open_item(c, n->id, fi, out);
	if (n->kind == NODE_CTL)
		return open_ctl(c, fi, out);
	if (n->kind == NODE_MARKER)
		return open_marker(c, n, fi, out);
	return EISDIR;
}

static void let_go(struct fs *fs, struct handle *h)
{
	if (h->kind == HANDLE_DEPOSIT)
		deposit_release(fs, h->deposit);
	else if (h->kind == HANDLE_READING)
		reading_release(fs, h->reading);
	else if (h->kind == HANDLE_CTL)
		ctl_release(h->ctl);
	handle_free(fs, h);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = ops_fs(req); /* the request is gone once it is answered */
	struct handle *h = NULL;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		err = open_node(&c, &n, fi, &h);
		call_end(&c);
	}
	if (err != 0) {
		fuse_reply_err(req, err);
		return;
	}
	fi->fh = (uint64_t)(uintptr_t)h;
	if (fuse_reply_open(req, fi) ==
		-ENOENT) /* the open was interrupted: there will be no release */
		let_go(fs, h);
}

static int create_item(struct call *c, const struct node *p, const char *name, mode_t mode,
	struct handle **out, struct fuse_entry_param *e)
{
	struct tree_timeouts keep;
	struct item item;
	int err = handle_new(c->fs, HANDLE_DEPOSIT, c->who.uid, out);

	if (err == EMFILE)
		return refusal_answer(c, VERB_CREATE, p, name, REASON_TOO_MANY);
	if (err != 0)
		return err;
	err = deposit_create(c, p, name, mode, &(*out)->deposit, &item);
	if (err != 0) {
		handle_free(c->fs, *out);
		return err;
	}
	memset(e, 0, sizeof *e);
	tree_stat_item(c, &item, &e->attr, &keep);
	e->ino = e->attr.st_ino;
	return 0;
}

void op_create(
	fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct fs *fs = ops_fs(req);
	struct fuse_entry_param e;
	struct handle *h = NULL;
	struct call c;
	struct node p;
	int err = ops_begin_at(req, parent, &c, &p);

	if (err == 0) {
		err = create_item(&c, &p, name, mode, &h, &e);
		call_end(&c);
	}
	if (err != 0) {
		fuse_reply_err(req, err);
		return;
	}
	fi->fh = (uint64_t)(uintptr_t)h;
	fi->direct_io = writes_only(fi->flags);
	if (fuse_reply_create(req, &e, fi) == -ENOENT)
		let_go(fs, h);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	let_go(ops_fs(req), ops_handle(fi));
	fuse_reply_err(req, 0);
}
