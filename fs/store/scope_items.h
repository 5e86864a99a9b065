/* The sealed items that a scope covers. */
#ifndef STORE_SCOPE_ITEMS_H
#define STORE_SCOPE_ITEMS_H

#include "fs/store/catalog.h"
#include "policy/scope.h"

/*
 * In order of ids, from the one after `after`, `limit` at most.  each returns true to go on.  Going over all of them, page after page, costs no more than one pass over the
 * store, and for a part of the tree with few folders what is in those.
 */
typedef bool (*items_each)(void *arg, const struct item *item);
int scope_items(struct sql *db, const struct scope *s, int64_t after, int64_t limit, items_each each, void *arg);

#endif
