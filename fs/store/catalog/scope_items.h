/* The sealed items that a scope covers. */
#ifndef FS_STORE_CATALOG_SCOPE_ITEMS_H
#define FS_STORE_CATALOG_SCOPE_ITEMS_H

#include "fs/store/catalog/catalog.h"
#include "policy/scope.h"

/* How far a listing has come: behind that name in that folder; for a case or a single item: behind
 * that item's id, in `folder`. */
struct scope_mark {
	int64_t folder;
	char name[NAME_BUFFER];
};
#define SCOPE_START   \
	{             \
		0, "" \
	}

/*
 * In order of their marks, beginning behind *mark, which is then the last one's; `limit` at most.
 * each returns true to go on.  All pages together cost one pass over what the scope covers, and
 * over the store's folders where it covers many.
 */
typedef bool (*items_each)(void *arg, const struct item *item);
int scope_items(struct sql *db, const struct scope *s, struct scope_mark *mark, int64_t limit,
	items_each each, void *arg);

#endif
