/*
 * FUSE's side: each handler unpacks, calls one inner function, and replies once.  Every verb is
 * here, also those that are always refused.
 */
#include "fs/ops/ops_private.h"

#include <errno.h>

#include "fs/ops/ops.h"
#include "fs/store/blob/content.h"
#include "fs/watch/ticker.h"

struct fs *ops_fs(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

struct handle *ops_handle(const struct fuse_file_info *fi)
{
	return fi != NULL ? (struct handle *)(uintptr_t)fi->fh : NULL;
}

int ops_begin(fuse_req_t req, struct call *c)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	return call_begin(c, ops_fs(req), ctx->uid, ctx->gid, ctx->pid);
}

int ops_begin_by(fuse_req_t req, const struct fuse_file_info *fi, struct call *c)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	return handle_begin(ops_handle(fi), ops_fs(req), ctx->uid, ctx->gid, ctx->pid, c);
}

int ops_begin_at(fuse_req_t req, fuse_ino_t ino, struct call *c, struct node *n)
{
	return node_parse(ino, n) ? ops_begin(req, c) : ENOENT;
}

void ops_end(struct fs *fs)
{
	fs->ending = true;
	handles_end(fs);
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
