/*
 * What lies right below a folder of by-unit, in order of names, to be listed page by page: from the
 * name after `after` on ("" to begin), passing over `skip` entries.  `each` returns true to go on.
 * 0, or an errno of the database.
 */
#ifndef FS_STORE_CATALOG_LISTING_H
#define FS_STORE_CATALOG_LISTING_H

#include "fs/store/catalog/scope_items.h"

typedef bool (*listing_each)(void *arg, int64_t id, const char *name);

int listing_units(struct sql *db, const char *after, int64_t skip, listing_each each, void *arg);

/* The devices registered in a unit, or with a folder there from before. */
int listing_devices(struct sql *db, int64_t unit, const char *after, int64_t skip,
	listing_each each, void *arg);

/* The officers of a unit, or with a folder of that device there from before. */
int listing_officers(struct sql *db, int64_t unit, int64_t device, const char *after, int64_t skip,
	listing_each each, void *arg);

/* The date folders of an officer, by their days. */
int listing_days(struct sql *db, int64_t unit, int64_t device, int64_t officer, const char *after,
	int64_t skip, listing_each each, void *arg);

/* The case folders of a date folder. */
int listing_cases(struct sql *db, const struct folder *date, const char *after, int64_t skip,
	listing_each each, void *arg);

/* The items of a case folder: those that are sealed, and what `depositor` is depositing. */
int listing_items(struct sql *db, int64_t folder, int64_t depositor, const char *after,
	int64_t skip, items_each each, void *arg);

/* The names of all that a device recorded on a day: what is sealed, and what was disposed of. */
int listing_recorded(struct sql *db, int64_t device, int32_t day, listing_each each, void *arg);

#endif
