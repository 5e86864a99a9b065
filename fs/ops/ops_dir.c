/* Listings. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/deposit/deposit.h"
#include "fs/store/base/annotate.h"
#include "fs/tree/tree.h"
#include "policy/litter.h"

/* An open folder: how far its listing has come. */
struct listing {
	bool markers;                 /* it shows the markers: an indexer's */
	struct mutex lock;            /* all below; held over the catalog: one answer at a time */
	off_t place GUARDED_BY(lock); /* the offset after `name` */
	char name[NAME_BUFFER] GUARDED_BY(lock); /* the last name given */
	struct {
		char *names;
		size_t used, room;
		off_t before;
	} last GUARDED_BY(lock); /* the last answer: its names, each with its NUL; the offset before
				  * the first */
};

/* The caller is its only user. */
static void release_folder(struct fs *fs, void *self) UNCHECKED
{
	struct listing *l = self;

	(void)fs;
	mutex_destroy(&l->lock);
	free(l->last.names);
	free(l);
}

static const struct handle_ops folder_handle = { .release = release_folder };

static int open_folder(struct call *c, const struct node *n, struct handle **out)
{
	struct listing *l;
	int err;

	if (!node_is_top(n) && !call_browses(c))
		return EACCES;
	if (n->kind == NODE_CASE || (n->kind == NODE_VIEW && view_is_leaf(&n->view)))
		deposits_settle(c->fs->deposits, 0);
	err = handle_make(c, &folder_handle, out);
	if (err != 0)
		return err;
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return ENOMEM;
	/* GNOME's indexer looks for the markers in the listing; people need not see them. */
	l->markers = n->kind != NODE_CUSTODY && call_uninvited(c);
	(void)mutex_init(&l->lock);
	(*out)->self = l;
	return 0;
}

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *h = NULL;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		err = open_folder(&c, &n, &h);
		call_end(&c);
	}
	ops_opened(req, err, h, fi);
}

/* A listing under way: entries are packed until the buffer is full. */
struct packing {
	fuse_req_t req;
	struct call *c;
	struct listing *l;
	char *buffer;
	size_t cap, used;
	bool plus;
};

static bool pack_entry(struct packing *p, const char *name, const struct fuse_entry_param *e)
	REQUIRES(p->l->lock)
{
	size_t room = p->cap - p->used, need;

	need = p->plus ? fuse_add_direntry_plus(
				 p->req, p->buffer + p->used, room, name, e, p->l->place + 1)
		       : fuse_add_direntry(p->req, p->buffer + p->used, room, name, &e->attr,
				 p->l->place + 1);
	if (need > room)
		return false;
	p->used += need;
	p->l->place++;
	return true;
}

/* Keeps a name of this answer.  If there is no memory for it the listing goes on: a reader that
 * comes back to an offset is then served by counting. */
static void remember_name(struct listing *l, const char *name) REQUIRES(l->lock)
{
	size_t len = strlen(name) + 1, room = l->last.room != 0 ? l->last.room : 1024;
	char *wider = l->last.names;

	while (room - l->last.used < len)
		room *= 2;
	if (room != l->last.room)
		wider = realloc(l->last.names, room);
	if (wider == NULL) {
		l->last.used = 0;
		l->last.before = l->place;
		return;
	}
	l->last.names = wider;
	l->last.room = room;
	memcpy(wider + l->last.used, name, len);
	l->last.used += len;
}

/*
 * Goes back into the last answer, to after the name at that offset.  The kernel does so whenever
 * its reader's buffer holds less than an answer; by number, names would be left out or given
 * twice where others came or went meanwhile.
 */
static bool go_back(struct listing *l, off_t off) REQUIRES(l->lock)
{
	off_t n = l->last.before + 1;
	size_t at = 0;

	for (; n < off && at < l->last.used; n++)
		at += strlen(l->last.names + at) + 1;
	if (n != off || at >= l->last.used)
		return false;
	snprintf(l->name, sizeof l->name, "%s", l->last.names + at);
	return true;
}

/* A tree_each: with the listing's lock, as pack_folder() has it. */
static bool pack_child(
	void *arg, const struct node *child, const char *name, const struct item *item) UNCHECKED
{
	struct packing *p = arg;
	struct tree_timeouts keep = { 0, 0 };
	struct fuse_entry_param e = { .ino = node_ino(child) };

	e.attr.st_ino = e.ino;
	e.attr.st_mode = node_is_dir(child) ? S_IFDIR : S_IFREG;
	if (p->plus) {
		if (item != NULL)
			tree_stat_item(p->c, item, &e.attr, &keep);
		else if (tree_stat(p->c, child, &e.attr, &keep) != 0)
			return true;
		e.entry_timeout = keep.entry;
		e.attr_timeout = keep.attr;
	}
	if (!pack_entry(p, name, &e))
		return false;
	snprintf(p->l->name, sizeof p->l->name, "%s", name);
	remember_name(p->l, name);
	return true;
}

/* The entries before what the tree lists: ".", "..", for an indexer the markers. */
static off_t fixed_entries(const struct listing *l)
{
	return 2 + (l->markers ? MARKERS : 0);
}

static bool pack_fixed(struct packing *p, const struct node *n) REQUIRES(p->l->lock)
{
	struct fuse_entry_param dot = { .ino = 0,
		.attr = { .st_ino = node_ino(n), .st_mode = S_IFDIR } };
	struct node marker = { .kind = NODE_MARKER, .id = p->l->place - 2 };

	if (p->l->place < 2)
		return pack_entry(p, p->l->place == 0 ? "." : "..", &dot);
	return pack_child(p, &marker, marker_name((int)marker.id), NULL);
}

/* Those first; then from the last name on, or from that offset in the last answer, or, after a seek
 * elsewhere, by number. */
static int pack_folder(struct packing *p, const struct node *n, off_t off) REQUIRES(p->l->lock)
{
	off_t fixed = fixed_entries(p->l);
	int64_t skip = 0;

	if (off != p->l->place && !go_back(p->l, off)) {
		p->l->name[0] = '\0';
		skip = off > fixed ? off - fixed : 0;
	}
	p->l->place = off;
	p->l->last.used = 0;
	p->l->last.before = off;
	while (p->l->place < fixed)
		if (!pack_fixed(p, n))
			return 0;
	if (p->l->place == fixed) {
		p->l->name[0] = '\0';
		p->l->last.used = 0;
		p->l->last.before = fixed;
	}
	return tree_list(p->c, n, p->l->name, skip, pack_child, p);
}

static void list_folder(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
	struct fuse_file_info *fi, bool plus)
{
	struct packing p = { .req = req, .l = ops_handle(fi)->self, .cap = size, .plus = plus };
	struct call c;
	struct node n;
	int err = node_parse(ino, &n) ? ops_begin_by(req, fi, &c) : ENOENT;

	if (err == 0) {
		p.c = &c;
		p.buffer = malloc(size);
		err = p.buffer == NULL ? ENOMEM : call_connect(&c);
		mutex_lock(&p.l->lock);
		if (err == 0)
			err = pack_folder(&p, &n, off);
		mutex_unlock(&p.l->lock);
		call_end(&c);
	}
	if (err == 0)
		fuse_reply_buf(req, p.buffer, p.used);
	else
		fuse_reply_err(req, err);
	free(p.buffer);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	list_folder(req, ino, size, off, fi, false);
}

void op_readdirplus(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	list_folder(req, ino, size, off, fi, true);
}

void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	handle_release(ops_fs(req), ops_handle(fi));
	fuse_reply_err(req, 0);
}

void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	(void)ino, (void)datasync, (void)fi;
	fuse_reply_err(req, committer_barrier(ops_fs(req)->store->committer, COMMIT_DURABLE));
}
