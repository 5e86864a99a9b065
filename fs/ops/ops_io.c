/* Reading, writing, and what else is done by descriptor. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <unistd.h>

#include "fs/act/reading.h"
#include "fs/ctl/ctl.h"
#include "fs/deposit/deposit.h"
#include "fs/store/blob/content.h"
#include "fs/tree/forget.h"
#include "fs/tree/tree.h"

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

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct fs *fs = ops_fs(req); /* the request is gone once it is answered */
	struct buffers *stock = fs->store->buffers;
	void *buffer = buffers_take(stock);
	const void *data = buffer;
	struct node n = { .kind = NODE_ITEM };
	bool drop = false;
	size_t got = 0;
	struct call c;
	int err = buffer == NULL ? ENOMEM : ops_begin(req, &c);

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

void op_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t off,
	struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct call c;
	int err = ops_begin(req, &c);

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

void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);
	struct call c;
	int err = 0;

	(void)ino;
	if (h->kind == HANDLE_DEPOSIT) {
		err = ops_begin(req, &c);
		if (err == 0) {
			err = deposit_flush(&c, h->deposit, c.who.pid);
			call_end(&c);
		}
	}
	fuse_reply_err(req, err);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);

	(void)ino, (void)datasync;
	fuse_reply_err(req, h->kind == HANDLE_DEPOSIT ? deposit_fsync(h->deposit) : 0);
}

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,
	struct fuse_file_info *fi)
{
	struct handle *h = ops_handle(fi);

	(void)ino;
	fuse_reply_err(req,
		h->kind == HANDLE_DEPOSIT
			? deposit_allocate(ops_fs(req), h->deposit, mode, offset, length)
			: EBADF);
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
		whence ==
			SEEK_HOLE) /* all data, one hole at the end: where holes are is not told */
		fuse_reply_lseek(req, whence == SEEK_DATA ? off : st.st_size);
	else
		fuse_reply_err(req, EINVAL);
}

/* Not done inside the mount: the kernel then reads and writes, and both are on the record. */
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
