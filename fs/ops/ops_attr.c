/* Attributes, space, and access(2). */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "fs/call/judge.h"
#include "fs/call/refusal.h"
#include "fs/deposit/deposit.h"
#include "fs/store/query/query.h"
#include "fs/store/records/grants.h"
#include "fs/tree/label.h"
#include "fs/tree/tree.h"

static void reply_attr(fuse_req_t req, int err, const struct stat *st, double timeout)
{
	if (err == 0)
		fuse_reply_attr(req, st, timeout);
	else
		fuse_reply_err(req, err);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct tree_timeouts keep = { 0, 0 };
	struct stat st;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	(void)fi;
	if (err == 0) {
		if (n.kind == NODE_ITEM) /* right after its close it is shown as it will remain */
			deposits_settle(c.fs->deposits, n.id);
		err = tree_stat(&c, &n, &st, &keep);
		call_end(&c);
	}
	reply_attr(req, err, &st, keep.attr);
}

static int64_t ns_of(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

/* truncate(2) and ftruncate(2): of an item that is being received, or still empty. */
static int set_size(struct call *c, const struct node *n, const struct handle *h, int64_t size)
{
	if (n->kind == NODE_MARKER)
		return refusal_answer(c, VERB_TRUNCATE, n, NULL, REASON_DESKTOP_FILE);
	if (n->kind != NODE_ITEM)
		return n->kind == NODE_CTL ? 0 : EISDIR;
	return h != NULL && h->ops->truncate != NULL ? h->ops->truncate(c, h->self, size)
						     : deposit_resize(c, n->id, size);
}

static int set_label(struct call *c, const struct node *n, const struct stat *to, int set)
{
	struct label_change w = { .uid = LABEL_KEEP, .gid = LABEL_KEEP };

	if (set & FUSE_SET_ATTR_MTIME) {
		w.set_mtime = true;
		w.mtime = set & FUSE_SET_ATTR_MTIME_NOW ? c->now.wall * 1000000
							: ns_of(&to->st_mtim);
	}
	if (set & FUSE_SET_ATTR_MODE) {
		w.set_mode = true;
		w.mode = to->st_mode & 0777;
	}
	if (set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) {
		w.set_owner = true;
		w.uid = set & FUSE_SET_ATTR_UID ? to->st_uid : LABEL_KEEP;
		w.gid = set & FUSE_SET_ATTR_GID ? to->st_gid : LABEL_KEEP;
	}
	if (!w.set_mtime && !w.set_mode && !w.set_owner && (set & FUSE_SET_ATTR_ATIME)) {
		struct item
			item; /* an access time alone: kept nowhere, judged as a change of times */

		if (n->kind == NODE_ITEM && catalog_item(c->db, n->id, &item) == 0)
			return refusal_answer(c, VERB_UTIMENS, n, NULL,
				judge_verb(c, &item, VERB_UTIMENS, false));
	}
	return w.set_mtime || w.set_mode || w.set_owner ? label_change(c, n, &w) : 0;
}

void op_setattr(
	fuse_req_t req, fuse_ino_t ino, struct stat *attr, int set, struct fuse_file_info *fi)
{
	struct tree_timeouts keep = { 0, 0 };
	struct stat st;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		if (set & FUSE_SET_ATTR_SIZE)
			err = set_size(&c, &n, ops_handle(fi), attr->st_size);
		if (err == 0 && n.kind != NODE_CTL)
			err = set_label(&c, &n, attr, set);
		if (err == 0)
			err = tree_stat(&c, &n, &st, &keep);
		call_end(&c);
	}
	reply_attr(req, err, &st, keep.attr);
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct store *s = ops_fs(req)->store;
	struct statvfs st;
	int err = s->blobs.ops->usage(s->blobs.impl, &st);

	(void)ino;
	if (err == 0) {
		st.f_namemax = NAME_BYTES;
		fuse_reply_statfs(req, &st);
	} else
		fuse_reply_err(req, err);
}

/* Writing in a folder means making something in it.  Nobody may in the register's folders. */
static int judge_folder_access(struct call *c, const struct node *n, int mask)
{
	struct query_place p = { .unit = n->unit,
		.officer = n->officer,
		.day = day_of_instant(c->now.wall, c->now.utc_offset) };
	enum reason why = REASON_NO_ROLE;
	int err = 0;

	if (n->kind == NODE_MARKER)
		return mask & W_OK ? EPERM : mask & X_OK ? EACCES : 0;
	if (!node_is_top(n) && !call_browses(c))
		return EACCES;
	if (!(mask & W_OK) || n->kind == NODE_CTL)
		return 0;
	if (n->kind == NODE_VIEW)
		return reason_errno(REASON_VIEW);
	if (n->kind == NODE_DATE || n->kind == NODE_CASE)
		err = query_place_of(c->db, n->id, &p);
	if (err == 0 && n->kind >= NODE_OFFICER)
		err = judge_deposit(c->db, &c->who, &c->now, p.unit, p.officer, p.day, &why);
	return err != 0 ? err : reason_errno(why);
}

/* access(2): what file managers ask before they offer a verb; a question, not an attempt, so
 * nothing is recorded. */
static int judge_access(struct call *c, const struct node *n, int mask)
{
	struct item item;
	struct grant grant;
	enum reason why = REASON_NONE;
	int err;

	if (n->kind != NODE_ITEM)
		return judge_folder_access(c, n, mask);
	err = catalog_item(c->db, n->id, &item);
	if (err != 0 || !call_browses(c) || !judge_in_sight(c, &item))
		return err != 0 ? err : ENOENT;
	if (mask & X_OK)
		return EACCES;
	if (mask & W_OK)
		why = judge_verb(c, &item, VERB_OPEN_WRITE, false);
	if (why == REASON_NONE && (mask & R_OK))
		why = call_uninvited(c) ? REASON_UNINVITED
					: judge_verb(c, &item, VERB_OPEN_READ, false);
	if (why == REASON_NO_GRANT)
		err = grants_for_item(
			c->db, &item, c->who.person.id, c->now.wall, c->now.clock, &grant, &why);
	return err != 0 ? err : reason_errno(why);
}

void op_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		err = judge_access(&c, &n, mask);
		call_end(&c);
	}
	fuse_reply_err(req, err);
}
