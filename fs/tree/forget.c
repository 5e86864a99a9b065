#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/catalog/listing.h"
#include "fs/store/catalog/scopes.h"
#include "fs/tree/forget.h"

struct forgotten {
	SLIST_ENTRY(forgotten) others;
	uint64_t ino;
	off_t at, len;
	char name[NAME_BUFFER]; /* in the folder ino; "": the pages of ino */
};

static void tell_kernel(struct fs *fs, const struct forgotten *f) EXCLUDES(fs->forget_lock)
{
	if (f->name[0] != '\0')
		(void)fuse_lowlevel_notify_inval_entry(
			fs->session, f->ino, f->name, strlen(f->name));
	else
		(void)fuse_lowlevel_notify_inval_inode(fs->session, f->ino, f->at, f->len);
}

/*
 * The kernel answers only when lookups under way in that folder, or reads of those pages, are done,
 * and these wait for threads of ours.  So one thread at a time waits for the kernel; what other
 * threads want it to forget meanwhile, that thread passes on.
 */
static void make_forget(struct fs *fs, const struct forgotten *what)
{
	struct forgotten *f = malloc(sizeof *f);

	if (f == NULL)
		return;
	*f = *what;
	mutex_lock(&fs->forget_lock);
	SLIST_INSERT_HEAD(&fs->forgotten, f, others);
	if (!fs->forgetting) {
		fs->forgetting = true;
		while ((f = SLIST_FIRST(&fs->forgotten)) != NULL) {
			SLIST_REMOVE_HEAD(&fs->forgotten, others);
			mutex_unlock(&fs->forget_lock);
			tell_kernel(fs, f);
			free(f);
			mutex_lock(&fs->forget_lock);
		}
		fs->forgetting = false;
	}
	mutex_unlock(&fs->forget_lock);
}

static void forget_name(struct fs *fs, const struct node *parent, const char *name)
{
	struct forgotten f = { .ino = node_ino(parent) };

	snprintf(f.name, sizeof f.name, "%s", name);
	make_forget(fs, &f);
}

void forget_pages(struct fs *fs, int64_t item, off_t at, off_t len)
{
	make_forget(fs,
		&(struct forgotten){
			.ino = node_ino(&(struct node){ .kind = NODE_ITEM, .id = item }),
			.at = at,
			.len = len });
}

void forget_device(struct call *c, int64_t unit, const char *serial)
{
	forget_name(c->fs, &(struct node){ .kind = NODE_UNIT, .unit = unit }, serial);
}

struct forgetting_officer {
	struct call *c;
	int64_t unit;
	const char *number;
};

static bool forget_officer_below(void *arg, int64_t device, const char *serial)
{
	const struct forgetting_officer *f = arg;

	(void)serial;
	forget_name(f->c->fs,
		&(struct node){ .kind = NODE_DEVICE, .unit = f->unit, .device = device },
		f->number);
	return true;
}

void forget_officer(struct call *c, int64_t unit, const char *number)
{
	struct forgetting_officer f = { c, unit, number };

	(void)listing_devices(c->db, unit, "", 0, forget_officer_below, &f);
}

/* For attributes alone the kernel waits for nothing. */
void forget_links(struct call *c, int64_t item)
{
	(void)fuse_lowlevel_notify_inval_inode(
		c->fs->session, node_ino(&(struct node){ .kind = NODE_ITEM, .id = item }), -1, 0);
}

static bool forget_links_each(void *arg, int64_t item)
{
	forget_links(arg, item);
	return true;
}

void forget_case_links(struct call *c, int64_t kase)
{
	(void)views_case_items(c->db, kase, forget_links_each, c);
}

static void forget_in(struct call *c, enum view view, int level, int64_t id, const char *name)
{
	forget_name(c->fs, &(struct node){ .kind = NODE_VIEW, .view = { view, level, id } }, name);
}

struct forgetting_name {
	struct call *c;
	const char *name;
};

static bool forget_below_alias(void *arg, int64_t alias)
{
	const struct forgetting_name *f = arg;

	forget_in(f->c, VIEW_ALIAS, 1, alias, f->name);
	return true;
}

void forget_entry(struct call *c, int64_t kase, const char *name)
{
	struct forgetting_name f = { c, name };

	forget_in(c, VIEW_CASE, 1, kase, name);
	forget_in(c, VIEW_PARTY, 2, kase, name);
	forget_in(c, VIEW_CAUSE, 2, kase, name);
	(void)views_case_aliases(c->db, kase, forget_below_alias, &f);
}

void forget_in_group(struct call *c, enum view view, int64_t group, const char *number)
{
	forget_in(c, view, 1, group, number);
}

static bool forget_below_case(void *arg, int64_t kase)
{
	const struct forgetting_name *f = arg;

	forget_entry(f->c, kase, f->name);
	return true;
}

/* A name in a case that carries the item's number is never another item's: it may expire by itself.
 */
static void forget_names(struct call *c, const struct item *item)
{
	static const enum view views[] = { VIEW_OFFICER, VIEW_DEVICE, VIEW_DATE, VIEW_ASIDE };
	struct forgetting_name f = { c, item->name };

	forget_name(c->fs, &(struct node){ .kind = NODE_CASE, .id = item->folder }, item->name);
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
		forget_in(c, views[i], VIEW_LEAF, item->folder, item->name);
	(void)scopes_cases(c->db, item, forget_below_case, &f);
}

void forget_item(struct call *c, const struct item *item)
{
	if (item->state == ITEM_SEALED)
		forget_names(c, item);
	forget_pages(c->fs, item->id, 0, 0);
}
