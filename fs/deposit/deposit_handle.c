/* What can be done with a deposit's descriptor. */
#include "fs/deposit/deposit_private.h"

static int read_deposit(struct call *c, void *self, struct handle_read *r)
{
	(void)c;
	r->data = r->buffer;
	return deposit_read(self, r->buffer, r->len, r->offset, &r->got);
}

static int write_deposit(struct call *c, void *self, const void *data, size_t len, int64_t offset)
{
	return deposit_write(c, self, data, len, offset);
}

static int truncate_deposit(struct call *c, void *self, int64_t size)
{
	return deposit_truncate(c->fs, self, size);
}

static int allocate_deposit(struct call *c, void *self, int mode, int64_t offset, int64_t len)
{
	return deposit_allocate(c->fs, self, mode, offset, len);
}

static int flush_deposit(struct call *c, void *self)
{
	return deposit_flush(c, self, c->who.pid);
}

static int sync_deposit(void *self)
{
	struct deposit *d = self;

	return d->blob->ops->sync(d->blob);
}

static void release_deposit(struct fs *fs, void *self)
{
	deposit_release(fs, self);
}

const struct handle_ops deposit_handle = {
	.item = true,
	.read = read_deposit,
	.write = write_deposit,
	.truncate = truncate_deposit,
	.allocate = allocate_deposit,
	.flush = flush_deposit,
	.sync = sync_deposit,
	.release = release_deposit,
};
