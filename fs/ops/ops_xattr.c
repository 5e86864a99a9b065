/* Extended attributes. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/attr/attr.h"
#include "fs/deposit/deposit.h"

/* A value or a list of names, as getxattr(2) and listxattr(2) want it: its length alone where size
 * is 0. */
static void reply_xattr(fuse_req_t req, int err, const char *data, size_t len, size_t size)
{
	if (err == 0 && size != 0 && len > size)
		err = ERANGE;
	if (err != 0)
		fuse_reply_err(req, err);
	else if (size == 0)
		fuse_reply_xattr(req, len);
	else
		fuse_reply_buf(req, data, len);
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	char *value = NULL;
	size_t len = 0;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		if (n.kind == NODE_ITEM) /* it may have been closed a moment ago */
			deposits_settle(c.fs->deposits, n.id);
		err = attr_get(&c, &n, name, &value, &len);
		call_end(&c);
	}
	reply_xattr(req, err, value, len, size);
	free(value);
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	char *names = NULL;
	size_t len = 0;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		err = attr_list(&c, &n, &names, &len);
		call_end(&c);
	}
	reply_xattr(req, err, names, len, size);
	free(names);
}

static void set_xattr(
	fuse_req_t req, fuse_ino_t ino, const char *name, const void *value, size_t size, int flags)
{
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		err = attr_set(&c, &n, name, value, size, flags);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}

void op_setxattr(
	fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags)
{
	set_xattr(req, ino, name, value, size, flags);
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	set_xattr(req, ino, name, NULL, 0, 0);
}
