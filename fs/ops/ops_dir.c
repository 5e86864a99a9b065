/* Listings. */
#include "fs/ops/ops_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/deposit/deposit.h"
#include "fs/tree/tree.h"
#include "policy/litter.h"

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *h = NULL;
	bool markers = false;
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		/* GNOME's indexer looks for them in the listing; people need not be bothered with
		 * them */
		markers = n.kind != NODE_CUSTODY && call_uninvited(&c);
		err = node_is_top(&n) || call_browses(&c) ? 0 : EACCES;
		if (n.kind == NODE_CASE || (n.kind == NODE_VIEW && view_is_leaf(&n.view)))
			deposits_settle(c.fs->deposits, 0);
		call_end(&c);
	}
	if (err == 0)
		err = handle_new(ops_fs(req), HANDLE_DIR, c.who.uid, &h);
	if (err != 0) {
		fuse_reply_err(req, err);
		return;
	}
	h->markers = markers;
	fi->fh = (uint64_t)(uintptr_t)h;
	fuse_reply_open(req, fi);
}

/* A listing under way: entries are packed until the buffer is full. */
struct packing {
	fuse_req_t req;
	struct call *c;
	struct handle *h;
	char *buffer;
	size_t cap, used;
	bool plus;
};

static bool pack(struct packing *p, const char *name, const struct fuse_entry_param *e)
{
	size_t room = p->cap - p->used, need;

	need = p->plus ? fuse_add_direntry_plus(
				 p->req, p->buffer + p->used, room, name, e, p->h->place + 1)
		       : fuse_add_direntry(p->req, p->buffer + p->used, room, name, &e->attr,
				 p->h->place + 1);
	if (need > room)
		return false;
	p->used += need;
	p->h->place++;
	return true;
}

/* Keeps a name of this answer.  Without the memory for it the listing goes on all the same: what
 * comes back to an offset is then counted out. */
static void remember(struct handle *h, const char *name)
{
	size_t len = strlen(name) + 1, room = h->told.room != 0 ? h->told.room : 1024;
	char *wider = h->told.names;

	while (room - h->told.used < len)
		room *= 2;
	if (room != h->told.room)
		wider = realloc(h->told.names, room);
	if (wider == NULL) {
		h->told.used = 0;
		h->told.before = h->place;
		return;
	}
	h->told.names = wider;
	h->told.room = room;
	memcpy(wider + h->told.used, name, len);
	h->told.used += len;
}

/*
 * Goes back into the last answer, to after the name at that offset.  The kernel does so whenever
 * its reader's buffer holds less than an answer; by number, names would be passed over or told
 * twice where others came or went meanwhile.
 */
static bool recall(struct handle *h, off_t off)
{
	off_t n = h->told.before + 1;
	size_t at = 0;

	for (; n < off && at < h->told.used; n++)
		at += strlen(h->told.names + at) + 1;
	if (n != off || at >= h->told.used)
		return false;
	snprintf(h->name, sizeof h->name, "%s", h->told.names + at);
	return true;
}

static bool pack_child(
	void *arg, const struct node *child, const char *name, const struct item *item)
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
	if (!pack(p, name, &e))
		return false;
	snprintf(p->h->name, sizeof p->h->name, "%s", name);
	remember(p->h, name);
	return true;
}

/* The entries before what the tree lists: ".", "..", for an indexer the markers. */
static off_t fixed_entries(const struct handle *h)
{
	return 2 + (h->markers ? MARKERS : 0);
}

static bool pack_fixed(struct packing *p, const struct node *n)
{
	struct fuse_entry_param dot = { .ino = 0,
		.attr = { .st_ino = node_ino(n), .st_mode = S_IFDIR } };
	struct node marker = { .kind = NODE_MARKER, .id = p->h->place - 2 };

	if (p->h->place < 2)
		return pack(p, p->h->place == 0 ? "." : "..", &dot);
	return pack_child(p, &marker, marker_name((int)marker.id), NULL);
}

/* Those first; then from the name told last, or at that offset in the last answer, or, after a seek
 * elsewhere, by number. */
static int pack_folder(struct packing *p, const struct node *n, off_t off)
{
	struct handle *h = p->h;
	off_t fixed = fixed_entries(h);
	int64_t skip = 0;

	if (off != h->place && !recall(h, off)) {
		h->name[0] = '\0';
		skip = off > fixed ? off - fixed : 0;
	}
	h->place = off;
	h->told.used = 0;
	h->told.before = off;
	while (h->place < fixed)
		if (!pack_fixed(p, n))
			return 0;
	if (h->place == fixed) {
		h->name[0] = '\0';
		h->told.used = 0;
		h->told.before = fixed;
	}
	return tree_list(p->c, n, h->name, skip, pack_child, p);
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi,
	bool plus)
{
	struct handle *h = ops_handle(fi);
	struct packing p = { .req = req, .h = h, .cap = size, .plus = plus };
	struct call c;
	struct node n;
	int err = ops_begin_at(req, ino, &c, &n);

	if (err == 0) {
		p.c = &c;
		p.buffer = malloc(size);
		pthread_mutex_lock(&h->lock);
		err = p.buffer != NULL ? pack_folder(&p, &n, off) : ENOMEM;
		pthread_mutex_unlock(&h->lock);
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
	list(req, ino, size, off, fi, false);
}

void op_readdirplus(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	list(req, ino, size, off, fi, true);
}

void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	handle_free(ops_fs(req), ops_handle(fi));
	fuse_reply_err(req, 0);
}

void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	(void)ino, (void)datasync, (void)fi;
	fuse_reply_err(req, committer_barrier(ops_fs(req)->store->committer, COMMIT_DURABLE));
}
