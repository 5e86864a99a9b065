/*
 * FUSE's side: each handler unpacks, calls one inner function, and replies once.  Every verb is
 * here, also those that are always refused.
 */
#include "fs/ops/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/act/reading.h"
#include "fs/call/refusal.h"
#include "fs/ctl/ctl.h"
#include "fs/deposit/deposit.h"
#include "fs/ops/opens.h"
#include "fs/ops/ops.h"
#include "fs/store/blob/content.h"
#include "fs/tree/forget.h"
#include "fs/tree/tree.h"
#include "fs/watch/ticker.h"

struct fs *fs_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

struct handle *handle_of(const struct fuse_file_info *fi)
{
	return fi != NULL ? (struct handle *)(uintptr_t)fi->fh : NULL;
}

int begin(fuse_req_t req, struct call *c)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	return call_begin(c, fs_of(req), ctx->uid, ctx->gid, ctx->pid);
}

int begin_at(fuse_req_t req, fuse_ino_t ino, struct call *c, struct node *n)
{
	return node_parse(ino, n) ? begin(req, c) : ENOENT;
}

int new_handle(struct fs *fs, enum handle_kind kind, uint32_t uid, struct handle **out)
{
	struct handle *h = calloc(1, sizeof *h);
	bool item = kind == HANDLE_DEPOSIT || kind == HANDLE_READING;
	int err = h == NULL ? ENOMEM : item ? opens_take(fs->opens, uid) : 0;

	if (err != 0) {
		free(h);
		return err;
	}
	h->kind = kind;
	h->uid = uid;
	h->counted = item;
	pthread_mutex_init(&h->lock, NULL);
	pthread_mutex_lock(&fs->handle_lock);
	h->next = fs->handles;
	h->at = &fs->handles;
	if (h->next != NULL)
		h->next->at = &h->next;
	fs->handles = h;
	pthread_mutex_unlock(&fs->handle_lock);
	*out = h;
	return 0;
}

void free_handle(struct fs *fs, struct handle *h)
{
	pthread_mutex_lock(&fs->handle_lock);
	*h->at = h->next;
	if (h->next != NULL)
		h->next->at = h->at;
	pthread_mutex_unlock(&fs->handle_lock);
	if (h->counted)
		opens_give(fs->opens, h->uid);
	pthread_mutex_destroy(&h->lock);
	free(h->told.names);
	free(h);
}

void ops_end(struct fs *fs)
{
	fs->ending = true;
	while (fs->handles != NULL) {
		struct handle *h = fs->handles;

		if (h->kind == HANDLE_READING && h->reading != NULL)
			reading_release(fs, h->reading);
		else if (h->kind == HANDLE_DEPOSIT && h->deposit != NULL)
			deposit_release(fs, h->deposit);
		free_handle(fs, h);
	}
}

static void op_init(void *userdata, struct fuse_conn_info *conn)
{
	struct fs *fs = userdata;

	conn->max_write = CONTENT_SPAN;
	conn->max_readahead = CONTENT_SPAN;
	conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
		FUSE_CAP_SPLICE_MOVE); /* every byte is looked at */
	conn->want &= ~(unsigned)(FUSE_CAP_WRITEBACK_CACHE | FUSE_CAP_POSIX_ACL);
	conn->want |= conn->capable &
		(FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_ASYNC_READ | FUSE_CAP_IOCTL_DIR);
	ticker_ready(fs->ticker);
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

/* Opens an item for what the flags say. */
static int open_item(struct call *c, int64_t id, struct fuse_file_info *fi, struct handle **out)
{
	bool writing = wants_write(fi->flags);
	int err = new_handle(c->fs, writing ? HANDLE_DEPOSIT : HANDLE_READING, c->who.uid, out);

	if (err == EMFILE)
		return refusal_answer(c, writing ? VERB_OPEN_WRITE : VERB_OPEN_READ,
			&(struct node){ .kind = NODE_ITEM, .id = id }, NULL, REASON_TOO_MANY);
	if (err != 0)
		return err;
	err = writing ? deposit_open(c, id, fi->flags & O_TRUNC, &(*out)->deposit)
		      : reading_open(c, id, &(*out)->reading);
	if (err != 0)
		free_handle(c->fs, *out);
	fi->direct_io = !writing || writes_only(fi->flags);
	return err;
}

static int open_ctl(struct call *c, struct fuse_file_info *fi, struct handle **out)
{
	int err = new_handle(c->fs, HANDLE_CTL, c->who.uid, out);

	if (err != 0)
		return err;
	err = ctl_open(c, &(*out)->ctl);
	if (err != 0)
		free_handle(c->fs, *out);
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
	return new_handle(c->fs, HANDLE_MARKER, c->who.uid, out);
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
	free_handle(fs, h);
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req); /* the request is gone once it is answered */
	struct handle *h = NULL;
	struct call c;
	struct node n;
	int err = begin_at(req, ino, &c, &n);

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
	int err = new_handle(c->fs, HANDLE_DEPOSIT, c->who.uid, out);

	if (err == EMFILE)
		return refusal_answer(c, VERB_CREATE, p, name, REASON_TOO_MANY);
	if (err != 0)
		return err;
	err = deposit_create(c, p, name, mode, &(*out)->deposit, &item);
	if (err != 0) {
		free_handle(c->fs, *out);
		return err;
	}
	memset(e, 0, sizeof *e);
	tree_stat_item(c, &item, &e->attr, &keep);
	e->ino = e->attr.st_ino;
	return 0;
}

static void op_create(
	fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct fs *fs = fs_of(req);
	struct fuse_entry_param e;
	struct handle *h = NULL;
	struct call c;
	struct node p;
	int err = begin_at(req, parent, &c, &p);

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

/* Replies from a buffer of the store's stock. */
static void reply_read(
	fuse_req_t req, struct buffers *stock, int err, void *buffer, const void *data, size_t len)
{
	if (err == 0)
		fuse_reply_buf(req, data, len);
	else
		fuse_reply_err(req, err);
	buffers_give(stock, buffer);
}

static void op_read(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	struct fs *fs = fs_of(req); /* the request is gone once it is answered */
	struct buffers *stock = fs->store->buffers;
	void *buffer = buffers_take(stock);
	const void *data = buffer;
	struct node n = { .kind = NODE_ITEM };
	bool drop = false;
	size_t got = 0;
	struct call c;
	int err = buffer == NULL ? ENOMEM : begin(req, &c);

	if (err == 0) {
		if (size > CONTENT_SPAN)
			size = CONTENT_SPAN;
		if (h->kind == HANDLE_READING)
			err = reading_read(&c, h->reading, fi->lock_owner == 0, buffer, size, off,
				&data, &got, &drop); /* who reads past the cache is named */
		else if (h->kind == HANDLE_DEPOSIT)
			err = deposit_read(h->deposit, buffer, size, off, &got);
		else if (h->kind == HANDLE_CTL)
			err = ctl_read(h->ctl, buffer, size, off, &got);
		else if (h->kind != HANDLE_MARKER)
			err = EISDIR;
		call_end(&c);
	}
	drop = drop && err == 0 && node_parse(ino, &n);
	reply_read(req, stock, err, buffer, data, got);
	if (drop)
		forget_pages(fs, n.id, off, (off_t)size);
}

static void op_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t off,
	struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	struct call c;
	int err = begin(req, &c);

	(void)ino;
	if (err == 0) {
		err = h->kind == HANDLE_DEPOSIT ? deposit_write(&c, h->deposit, data, size, off)
			: h->kind == HANDLE_CTL ? ctl_write(&c, h->ctl, data, size)
						: EBADF;
		call_end(&c);
	}
	if (err == 0)
		fuse_reply_write(req, size);
	else
		fuse_reply_err(req, err);
}

static void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	struct call c;
	int err = 0;

	(void)ino;
	if (h->kind == HANDLE_DEPOSIT) {
		err = begin(req, &c);
		if (err == 0) {
			err = deposit_flush(&c, h->deposit, c.who.pid);
			call_end(&c);
		}
	}
	fuse_reply_err(req, err);
}

static void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);

	(void)ino, (void)datasync;
	fuse_reply_err(req, h->kind == HANDLE_DEPOSIT ? deposit_fsync(h->deposit) : 0);
}

static void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	let_go(fs_of(req), handle_of(fi));
	fuse_reply_err(req, 0);
}

static void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,
	struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);

	(void)ino;
	fuse_reply_err(req,
		h->kind == HANDLE_DEPOSIT
			? deposit_allocate(fs_of(req), h->deposit, mode, offset, length)
			: EBADF);
}

static void op_lseek(
	fuse_req_t req, fuse_ino_t ino, off_t off, int whence, struct fuse_file_info *fi)
{
	struct tree_timeouts keep;
	struct stat st;
	struct call c;
	struct node n;
	int err = begin_at(req, ino, &c, &n);

	(void)fi;
	if (err == 0) {
		err = tree_stat(&c, &n, &st, &keep);
		call_end(&c);
	}
	if (err == 0 && (off < 0 || off >= st.st_size))
		err = ENXIO;
	if (err != 0)
		fuse_reply_err(req, err);
	else if (whence == SEEK_DATA ||
		whence ==
			SEEK_HOLE) /* all data, one hole at the end: where holes are is not told */
		fuse_reply_lseek(req, whence == SEEK_DATA ? off : st.st_size);
	else
		fuse_reply_err(req, EINVAL);
}

/* Not done inside the mount: the kernel then reads and writes, and both are on the record. */
static void op_copy_file_range(fuse_req_t req, fuse_ino_t ino_in, off_t off_in,
	struct fuse_file_info *fi_in, fuse_ino_t ino_out, off_t off_out,
	struct fuse_file_info *fi_out, size_t len, int flags)
{
	(void)ino_in, (void)off_in, (void)fi_in, (void)ino_out, (void)off_out, (void)fi_out,
		(void)len, (void)flags;
	fuse_reply_err(req, EOPNOTSUPP);
}

static void op_bmap(fuse_req_t req, fuse_ino_t ino, size_t blocksize, uint64_t idx)
{
	(void)ino, (void)blocksize, (void)idx;
	fuse_reply_err(req, EINVAL);
}

static void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
	(void)ino, (void)nlookup; /* numbers are computed: nothing is remembered */
	fuse_reply_none(req);
}

static void op_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
	(void)count, (void)forgets;
	fuse_reply_none(req);
}

const struct fuse_lowlevel_ops fs_ops = {
	.init = op_init,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.setattr = op_setattr,
	.readlink = op_readlink,
	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.unlink = op_unlink,
	.rmdir = op_rmdir,
	.symlink = op_symlink,
	.rename = op_rename,
	.link = op_link,
	.open = op_open,
	.create = op_create,
	.read = op_read,
	.write = op_write,
	.flush = op_flush,
	.release = op_release,
	.fsync = op_fsync,
	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.releasedir = op_releasedir,
	.fsyncdir = op_fsyncdir,
	.statfs = op_statfs,
	.access = op_access,
	.getxattr = op_getxattr,
	.listxattr = op_listxattr,
	.setxattr = op_setxattr,
	.removexattr = op_removexattr,
	.fallocate = op_fallocate,
	.lseek = op_lseek,
	.copy_file_range = op_copy_file_range,
	.ioctl = op_ioctl,
	.bmap = op_bmap,
};
