/* ioctl(2): questions are answered or not known, all else is refused. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"

/* chattr, and every other ioctl on an item. */
static int judge_ioctl(struct call *c, const struct node *n, enum item_state *state, bool asks)
{
	struct item item;
	int err;

	if (n->kind != NODE_ITEM)
		return ENOTTY;
	err = catalog_item(c->db, n->id, &item);
	if (err != 0)
		return err;
	*state = item.state;
	return asks
		? 0
		: refusal_answer(c, VERB_IOCTL, n, NULL, judge_verb(c, &item, VERB_IOCTL, false));
}

/* Questions, which change nothing and have no answer here: whether it is a terminal (as Python asks
 * of all that it opens), and what is only read. */
static bool is_question(unsigned cmd)
{
	return _IOC_TYPE(cmd) == 'T' || _IOC_DIR(cmd) == _IOC_READ;
}

/* The kernel asks for the flags before it sets them: what is sealed is shown as immutable, which is
 * true. */
void op_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned cmd, void *arg, struct fuse_file_info *fi,
	unsigned flags, const void *in, size_t in_size, size_t out_size)
{
	bool asks = cmd == FS_IOC_GETFLAGS || cmd == FS_IOC_FSGETXATTR;
	enum item_state state = ITEM_RECEIVING;
	struct fsxattr x = { .fsx_xflags = 0 };
	int f = 0;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	(void)arg, (void)fi, (void)flags, (void)in, (void)in_size, (void)out_size;
	if (err == 0) {
		err = asks || !is_question(cmd) ? judge_ioctl(&c, &n, &state, asks) : ENOTTY;
		call_end(&c);
	}
	if (state == ITEM_SEALED) {
		f = FS_IMMUTABLE_FL;
		x.fsx_xflags = FS_XFLAG_IMMUTABLE;
	}
	if (err != 0 || !asks)
		fuse_reply_err(req, err != 0 ? err : ENOTTY);
	else if (cmd == FS_IOC_GETFLAGS)
		fuse_reply_ioctl(req, 0, &f, sizeof f);
	else
		fuse_reply_ioctl(req, 0, &x, sizeof x);
}
