/*
 * Inode numbers.  They are computed, not handed out: the same place in the tree has the same number
 * after every mount, and nothing need be remembered.
 *
 *   1 root, 2 by-unit, 3 .custody, 4 .custody/ctl, from 64 on the markers, each the same one in
 *   every folder; and with a kind in the top four bits: unit (unit), device (unit, device), officer
 *   (unit, device, officer), date and case folder (folder), item (item), a view's folder (view,
 *   level, id)
 */
#ifndef FS_CALL_NODE_H
#define FS_CALL_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/catalog/views.h"

enum node_kind {
	NODE_ROOT,
	NODE_BY_UNIT,
	NODE_CUSTODY,
	NODE_CTL,
	NODE_UNIT,
	NODE_DEVICE,
	NODE_OFFICER,
	NODE_DATE,
	NODE_CASE,
	NODE_ITEM,
	NODE_VIEW,
	NODE_MARKER /* an empty file by which a folder asks indexers to stay away
		     * (policy/litter.h) */
};

#define NODE_UNITS_MAX ((1 << 16) - 1)
#define NODE_DEVICES_MAX ((1 << 20) - 1)
#define NODE_PEOPLE_MAX ((1 << 20) - 1)

struct node {
	enum node_kind kind;
	int64_t unit, device, officer; /* of unit, device, officer folders */
	int64_t id;                    /* of a folder or an item; a marker's number */
	struct view_at view;           /* of a view's folder */
};

uint64_t node_ino(const struct node *n);
bool node_parse(uint64_t ino, struct node *out); /* false: no such number can be */
bool node_is_dir(const struct node *n);

/* Whether everyone sees it, also who has no role: the root and the folders right below it. */
bool node_is_top(const struct node *n);

#endif
