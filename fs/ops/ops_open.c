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

void ops_opened(fuse_req_t req, int err, struct handle *h, struct fuse_file_info *fi)
{
	ops_created(req, err, h, NULL, fi);
}

/* With an entry it is a create's answer, without one an open's. */
void ops_created(fuse_req_t req, int err, struct handle *h, const struct fuse_entry_param *e,
	struct fuse_file_info *fi)
{
	struct fs *fs = ops_fs(req); /* the request is gone once it is answered */
	int sent = 0;

	fi->fh = (uint64_t)(uintptr_t)h;
	if (err != 0 && h != NULL)
		handle_release(fs, h);
	if (err != 0)
		fuse_reply_err(req, err);
	else
		sent = e != NULL ? fuse_reply_create(req, e, fi) : fuse_reply_open(req, fi);
	if (sent == -ENOENT) /* the open was interrupted: there will be no release */
		handle_release(fs, h);
}

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

/* A handle for an item; refused where its user has too many. */
static int new_item_handle(struct call *c, const struct handle_ops *ops, enum verb verb,
	const struct node *n, const char *name, struct handle **out)
{
	int err = handle_make(c, ops, out);

	return err == EMFILE ? refusal_answer(c, verb, n, name, REASON_TOO_MANY) : err;
}

static int open_for_writing(
	struct call *c, const struct node *n, struct fuse_file_info *fi, struct handle **out)
{
	struct deposit *d;
	int err = new_item_handle(c, &deposit_handle, VERB_OPEN_WRITE, n, NULL, out);

	if (err == 0)
		err = deposit_open(c, n->id, fi->flags & O_TRUNC, &d);
	if (err == 0)
		(*out)->self = d;
	fi->direct_io = writes_only(fi->flags);
	return err;
}

static int open_for_reading(
	struct call *c, const struct node *n, struct fuse_file_info *fi, struct handle **out)
{
	struct reading *r;
	int err = new_item_handle(c, &reading_handle, VERB_OPEN_READ, n, NULL, out);

	if (err == 0)
		err = reading_open(c, n->id, &r);
	if (err == 0)
		(*out)->self = r;
	fi->direct_io = 1;
	return err;
}

static int open_ctl(struct call *c, struct fuse_file_info *fi, struct handle **out)
{
	struct ctl *ctl;
	int err = handle_make(c, &ctl_handle, out);

	if (err == 0)
		err = ctl_open(c, &ctl);
	if (err == 0)
		(*out)->self = ctl;
	fi->direct_io = 1;
	fi->nonseekable = 0;
	return err;
}

static int read_nothing(struct call *c, void *self, struct handle_read *r)
{
	(void)c, (void)self;
	r->got = 0;
	return 0;
}

/* A marker is empty, and stays so. */
static const struct handle_ops marker_handle = { .read = read_nothing };

static int open_marker(
	struct call *c, const struct node *n, const struct fuse_file_info *fi, struct handle **out)
{
	if (wants_write(fi->flags))
		return refusal_answer(c, VERB_OPEN_WRITE, n, NULL, REASON_DESKTOP_FILE);
	return handle_make(c, &marker_handle, out);
}

/* *out is set where there is a handle, also after an error. */
static int open_node(
	struct call *c, const struct node *n, struct fuse_file_info *fi, struct handle **out)
{
	if (n->kind == NODE_CTL)
		return open_ctl(c, fi, out);
	if (n->kind == NODE_MARKER)
		return open_marker(c, n, fi, out);
	if (n->kind != NODE_ITEM)
		return EISDIR;
	return wants_write(fi->flags) ? open_for_writing(c, n, fi, out)
				      : open_for_reading(c, n, fi, out);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *h = NULL;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		err = open_node(&c, &n, fi, &h);
		call_end(&c);
	}
	ops_opened(req, err, h, fi);
}

static int create_item(struct call *c, const struct node *p, const char *name, mode_t mode,
	struct handle **out, struct fuse_entry_param *e)
{
	struct tree_timeouts keep;
	struct deposit *d;
	struct item item;
	int err = new_item_handle(c, &deposit_handle, VERB_CREATE, p, name, out);

	if (err == 0)
		err = deposit_create(c, p, name, mode, &d, &item);
	if (err != 0)
		return err;
	(*out)->self = d;
	memset(e, 0, sizeof *e);
	tree_stat_item(c, &item, &e->attr, &keep);
	e->ino = e->attr.st_ino;
	return 0;
}

void op_create(
	fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct fuse_entry_param e;
	struct handle *h = NULL;
	struct call c;
	struct node p;
	int err = ops_begin_at(req, parent, &c, &p);

	if (err == 0) {
		err = create_item(&c, &p, name, mode, &h, &e);
		call_end(&c);
	}
	fi->direct_io = writes_only(fi->flags);
	ops_created(req, err, h, &e, fi);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	handle_release(ops_fs(req), ops_handle(fi));
	fuse_reply_err(req, 0);
}
