/* The values of the attributes user.custody.* but holds: one function each, in one table. */
#ifndef FS_ATTR_ATTR_SHOW_H
#define FS_ATTR_ATTR_SHOW_H

#include "fs/attr/attr_set.h"

/* What a value is made from, read once, and the value. */
struct attr_facts {
	struct item item;     /* of an item's node */
	struct folder folder; /* where it lies */
	char text[ATTR_TEXT]; /* out */
};

/* Fills f->text with the value of user.custody.NAME.  ENODATA where there is none at this node. */
int attr_show(struct call *c, const struct node *n, const char *name, struct attr_facts *f);

/* The names of those that have a value at an item now; each returns 0, or an errno that ends it. */
int attr_show_each(struct call *c, const struct node *item, struct attr_facts *f,
	int (*each)(void *arg, const char *name), void *arg);

#endif
