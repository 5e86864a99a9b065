#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/catalog/scopes.h"
#include "fs/tree/forget.h"

struct forgotten {
	struct forgotten *next;
	uint64_t ino;
	off_t at, len;
	char name[NAME_BUFFER];
}; /* name: in the folder ino; "": the pages of ino */

/*
 * The kernel waits here for a lookup that is under way in that folder, or for pages that are being
 * read, and those for a thread of ours.  So only one thread at a time is in there; what others have
 * to take back meanwhile it takes back for them.
 */
static void take_back(struct fs *fs, const struct forgotten *what)
{
	struct forgotten *f = malloc(sizeof *f);

	if (f == NULL)
		return;
	*f = *what;
	pthread_mutex_lock(&fs->forget_lock);
	f->next = fs->forgotten;
	fs->forgotten = f;
	if (!fs->forgetting) {
		fs->forgetting = true;
		while ((f = fs->forgotten) != NULL) {
			fs->forgotten = f->next;
			pthread_mutex_unlock(&fs->forget_lock);
			if (f->name[0] != '\0')
				(void)fuse_lowlevel_notify_inval_entry(
					fs->session, f->ino, f->name, strlen(f->name));
			else
				(void)fuse_lowlevel_notify_inval_inode(
					fs->session, f->ino, f->at, f->len);
			free(f);
			pthread_mutex_lock(&fs->forget_lock);
		}
		fs->forgetting = false;
	}
	pthread_mutex_unlock(&fs->forget_lock);
}

static void forget(struct fs *fs, const struct node *parent, const char *name)
{
	struct forgotten f = { .ino = node_ino(parent) };

	snprintf(f.name, sizeof f.name, "%s", name);
	take_back(fs, &f);
}

void forget_pages(struct fs *fs, int64_t item, off_t at, off_t len)
{
	take_back(fs,
		&(struct forgotten){
			.ino = node_ino(&(struct node){ .kind = NODE_ITEM, .id = item }),
			.at = at,
			.len = len });
}

void forget_device(struct call *c, int64_t unit, const char *serial)
{
	forget(c->fs, &(struct node){ .kind = NODE_UNIT, .unit = unit }, serial);
}

void forget_officer(struct call *c, int64_t unit, const char *number)
{
	struct sql_rows *rows = sql_query(c->db,
		"SELECT id FROM device WHERE unit=?1 UNION SELECT device FROM folder WHERE unit=?1",
		"i", unit);

	while (sql_next(rows) == 1)
		forget(c->fs,
			&(struct node){
				.kind = NODE_DEVICE, .unit = unit, .device = sql_int(rows, 0) },
			number);
}

/* Attributes alone: that waits for nothing. */
void forget_links(struct call *c, int64_t item)
{
	(void)fuse_lowlevel_notify_inval_inode(
		c->fs->session, node_ino(&(struct node){ .kind = NODE_ITEM, .id = item }), -1, 0);
}

void forget_case_links(struct call *c, int64_t kase)
{
	struct sql_rows *rows = sql_query(
		c->db, "SELECT item FROM case_entry WHERE kase=?", "i", kase);

	while (sql_next(rows) == 1)
		forget_links(c, sql_int(rows, 0));
}

static void forget_in(struct call *c, enum view view, int level, int64_t id, const char *name)
{
	forget(c->fs, &(struct node){ .kind = NODE_VIEW, .view = { view, level, id } }, name);
}

void forget_entry(struct call *c, int64_t kase, const char *name)
{
	struct sql_rows *rows = sql_query(
		c->db, "SELECT id FROM case_alias WHERE kase=?", "i", kase);

	forget_in(c, VIEW_CASE, 1, kase, name);
	forget_in(c, VIEW_PARTY, 2, kase, name);
	forget_in(c, VIEW_CAUSE, 2, kase, name);
	while (sql_next(rows) == 1)
		forget_in(c, VIEW_ALIAS, 1, sql_int(rows, 0), name);
}

void forget_in_group(struct call *c, enum view view, int64_t group, const char *number)
{
	forget_in(c, view, 1, group, number);
}

/* A name in a case that tells it apart by its number is nobody else's, ever, and is left to run
 * out. */
static void forget_names(struct call *c, const struct item *item)
{
	static const enum view views[] = { VIEW_OFFICER, VIEW_DEVICE, VIEW_DATE, VIEW_ASIDE };
	struct folder f = { .kase = "" };
	struct sql_rows *rows;

	forget(c->fs, &(struct node){ .kind = NODE_CASE, .id = item->folder }, item->name);
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
		forget_in(c, views[i], VIEW_LEAF, item->folder, item->name);
	if (catalog_folder_any(c->db, item->folder, &f) != 0)
		return;
	rows = sql_query(c->db, CASES_OF_ITEM("?1", "?2"), "is", item->id, f.kase);
	while (sql_next(rows) == 1)
		forget_entry(c, sql_int(rows, 0), item->name);
}

void forget_item(struct call *c, const struct item *item)
{
	if (item->state == ITEM_SEALED)
		forget_names(c, item);
	forget_pages(c->fs, item->id, 0, 0);
}
