/* Reading, writing, and what else is done by descriptor. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <unistd.h>

#include "fs/store/blob/content.h"
#include "fs/tree/forget.h"
#include "fs/tree/tree.h"

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct fs *fs = ops_fs(req); /* the request is gone once it is answered */
	struct buffers *stock = fs->store->buffers;
	struct handle_read r = { .buffer = buffers_take(stock),
		.len = size < CONTENT_SPAN ? size : CONTENT_SPAN,
		.offset = off,
		.cached = fi->lock_owner == 0 }; /* reading past the cache names its process */
	struct node n;
	struct call c;
	int err = r.buffer == NULL ? ENOMEM : ops_begin_by(req, fi, &c);

	if (err == 0) {
		err = h->ops->read != NULL ? h->ops->read(&c, h->self, &r) : EISDIR;
		call_end(&c);
	}
	if (err == 0)
		fuse_reply_buf(req, r.data, r.got);
	else
		fuse_reply_err(req, err);
	buffers_give(stock, r.buffer);
	if (err == 0 && r.drop && node_parse(ino, &n))
		forget_pages(fs, n.id, off, (off_t)r.len);
}

void op_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t off,
	struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct call c;
	int err = h->ops->write == NULL ? EBADF : ops_begin_by(req, fi, &c);

	(void)ino;
	if (err == 0) {
		err = h->ops->write(&c, h->self, data, size, off);
		call_end(&c);
	}
	if (err == 0)
		fuse_reply_write(req, size);
	else
		fuse_reply_err(req, err);
}

void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct call c;
	int err = 0;

	(void)ino;
	if (h->ops->flush != NULL) {
		err = ops_begin_by(req, fi, &c);
		if (err == 0) {
			err = h->ops->flush(&c, h->self);
			call_end(&c);
		}
	}
	fuse_reply_err(req, err);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);

	(void)ino, (void)datasync;
	fuse_reply_err(req, h->ops->sync != NULL ? h->ops->sync(h->self) : 0);
}

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,
	struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct call c;
	int err = h->ops->allocate == NULL ? EBADF : ops_begin_by(req, fi, &c);

	(void)ino;
	if (err == 0) {
		err = h->ops->allocate(&c, h->self, mode, offset, length);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}

void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t off, int whence, struct fuse_file_info *fi)
{
	struct tree_timeouts keep;
	struct stat st;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

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
		whence == SEEK_HOLE) /* all data, with one hole at the end */
		fuse_reply_lseek(req, whence == SEEK_DATA ? off : st.st_size);
	else
		fuse_reply_err(req, EINVAL);
}

/* Not done inside the mount: the kernel reads and writes instead, and both are recorded. */
void op_copy_file_range(fuse_req_t req, fuse_ino_t ino_in, off_t off_in,
	struct fuse_file_info *fi_in, fuse_ino_t ino_out, off_t off_out,
	struct fuse_file_info *fi_out, size_t len, int flags)
{
	(void)ino_in, (void)off_in, (void)fi_in, (void)ino_out, (void)off_out, (void)fi_out,
		(void)len, (void)flags;
	fuse_reply_err(req, EOPNOTSUPP);
}

void op_bmap(fuse_req_t req, fuse_ino_t ino, size_t blocksize, uint64_t idx)
{
	(void)ino, (void)blocksize, (void)idx;
	fuse_reply_err(req, EINVAL);
}
