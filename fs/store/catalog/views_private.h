/* What views.c and views_list.c share. */
#ifndef FS_STORE_CATALOG_VIEWS_PRIVATE_H
#define FS_STORE_CATALOG_VIEWS_PRIVATE_H

#include "fs/store/catalog/numbers.h"
#include "fs/store/catalog/views.h"

/* What each level of a view that rearranges by-unit is: u unit, d device, o officer, a date, f case
 * folder.  NULL for the others. */
extern const char *const view_orders[VIEW_COUNT];

bool view_rearranges(const struct view_at *at);
bool view_groups(const struct view_at *at); /* by party or cause */

#define NUMBER_VIEW_DAY_ZERO -2147483648
#define SQL_VIEW_DAY_ZERO NUMBER_TEXT(NUMBER_VIEW_DAY_ZERO)
_Static_assert(
	NUMBER_VIEW_DAY_ZERO == VIEW_DAY_ZERO, "the first day of views and its number in SQL");

/* Conditions: a folder of by-unit has a sealed item; a party or cause is that of a case. */
#define FOLDER_SHOWS                                                                        \
	"EXISTS(SELECT 1 FROM item WHERE item.folder=folder.id AND item.state" SQL_HAS_NAME \
	" AND "                                                                             \
	"item.state=" SQL_SEALED ")"
#define GROUP_SHOWS                                                                    \
	"(EXISTS(SELECT 1 FROM casefile WHERE casefile.party_group=case_group.id) OR " \
	"EXISTS(SELECT 1 FROM casefile WHERE casefile.cause_group=case_group.id))"

#endif
