/*
 * Makes the kernel forget names, attributes and pages that it may keep for a while, when they are
 * no longer right.  Best effort: names of folders expire within a minute by themselves, those of
 * items within a day.
 */
#ifndef FS_TREE_FORGET_H
#define FS_TREE_FORGET_H

#include "fs/call/fs.h"

/* The name of a device that left a unit; of a person who is no longer an officer there. */
void forget_device(struct call *c, int64_t unit, const char *serial);
void forget_officer(struct call *c, int64_t unit, const char *number);

/* An item that left the tree: its name there and in the views, as it was, and the pages of its
 * content. */
void forget_item(struct call *c, const struct item *item);

/* Pages of an item's content from a byte on; len 0: to its end. */
void forget_pages(struct fs *fs, int64_t item, off_t at, off_t len);

/* How many names an item has (st_nlink). */
void forget_links(struct call *c, int64_t item);

/* The same of all items of a case. */
void forget_case_links(struct call *c, int64_t kase);

/* An item's name in all folders of a case. */
void forget_entry(struct call *c, int64_t kase, const char *name);

/* A case's folder below a party or a cause (VIEW_PARTY, VIEW_CAUSE). */
void forget_in_group(struct call *c, enum view view, int64_t group, const char *number);

#endif
