/*
 * Views: the same items in other arrangements, read-only (Art. 16, Q15).  Only sealed items show in
 * them, and only folders with a sealed item somewhere below.
 *
 *   by-officer/<number>/<date>/<unit>/<device>/<case>/<file>
 *   by-device/<serial>/<date>/<unit>/<officer>/<case>/<file>
 *   by-date/<date>/<unit>/<device>/<officer>/<case>/<file>
 *      Pure rearrangements of by-unit: the last folder is exactly one case folder of it.
 *
 *   by-case/<number or alias>/<file>
 *      What lies in the case's folders or is linked to it; there as soon as the case is registered.
 *   by-case/by-party/<party>/<number>/<file>
 *   by-case/by-cause/<cause>/<number>/<file>
 *
 *   by-unit/<unit>/<device>/<officer>/<date>/<case>/<aside>/<file>
 *      The case folder once more, unlisted: copying programs look there for their own files.
 *
 * In by-case an item has one name per case.  Where two items have the same name, the first keeps it
 * and the others get their number ("a (17).mp4"), for good.
 */
#ifndef FS_STORE_CATALOG_VIEWS_H
#define FS_STORE_CATALOG_VIEWS_H

#include "fs/store/catalog/catalog.h"
#include "policy/scope.h"

extern const char views_schema[];

#define VIEW_BY_CASE "by-case"
#define VIEW_BY_PARTY "by-party"
#define VIEW_BY_CAUSE "by-cause"

enum view {
	VIEW_OFFICER,
	VIEW_DEVICE,
	VIEW_DATE,
	VIEW_CASE,
	VIEW_ALIAS,
	VIEW_PARTY,
	VIEW_CAUSE,
	VIEW_ASIDE,
	VIEW_COUNT
};

/*
 * A folder of a view.  level: how far below the view's top, which is 0 (ALIAS has no top of its
 * own: its folders are in CASE's; ASIDE has only leaves).  id: keeps the inode number of a place
 * the same for ever: 0 at the top; on level 1 the id of the officer, device, case, alias, party or
 * cause, or for a date its day counted from VIEW_DAY_ZERO; on level 2 of PARTY and CAUSE the
 * case's; else the smallest id of the folders of by-unit in it.
 */
struct view_at {
	enum view view;
	int level;
	int64_t id;
};

/* Level of a case folder in OFFICER, DEVICE, DATE and ASIDE; its id is the case folder's of
 * by-unit. */
#define VIEW_LEAF 5
#define VIEW_LEVELS_MAX 15
#define VIEW_ID_MAX ((INT64_C(1) << 52) - 1)
#define VIEW_DAY_ZERO (-(INT64_C(1) << 31))

/* Whether the view has such a level. */
bool view_level_valid(const struct view_at *at);

/* Whether the folder holds items rather than folders. */
bool view_is_leaf(const struct view_at *at);

/* A view at the top of the mount ("by-case"), by name. */
bool view_top(const char *name, struct view_at *out);
/* The tops in order of names, i from 0; NULL after the last. */
const char *view_top_name(size_t i, struct view_at *out);

/* The child of that name.  0 and *out, or, below a leaf, *item.  ENOENT; ENOTDIR is left to the
 * caller. */
int views_lookup(struct sql *db, const struct view_at *parent, const char *name,
	struct view_at *out, int64_t *item);

/* Whether the folder is (still) there, and since when (ms; 0: not known). */
int views_there(struct sql *db, const struct view_at *at, int64_t *since);

/*
 * The part of the tree that the folder shows, as a scope: for a top, one without any field set;
 * ENOTSUP for a party or a cause, which no scope can express.  ENOENT.
 */
int views_scope(struct sql *db, const struct view_at *at, struct scope *out);

/* Its path ("by-officer/083017"), no slash before.  ENOENT, ENAMETOOLONG. */
int views_path(struct sql *db, const struct view_at *at, char *out, size_t cap);

/*
 * Lists a folder in order of names after `after`, passing over `skip` of them.  each: gets a name
 * with either a child or, in a leaf, an item; returns true to go on.
 */
typedef bool (*views_each)(
	void *arg, const char *name, const struct view_at *child, const struct item *item);
int views_list(struct sql *db, const struct view_at *folder, const char *after, int64_t skip,
	views_each each, void *arg);

/* The items that have a name in a case's folder, and the other names of a case. */
int views_case_items(struct sql *db, int64_t kase, catalog_each each, void *arg);
int views_case_aliases(struct sql *db, int64_t kase, catalog_each each, void *arg);

/* How many names a sealed item has in views and by-unit together. */
int views_links(struct sql *db, int64_t item, int64_t *links);

/* For apply: views_enter() gives the item a name in each of its cases where it has none yet;
 * views_leave() removes its name from one case, or from all (0). */
int views_enter(struct sql *db, int64_t item);
int views_leave(struct sql *db, int64_t item, int64_t kase);

/* The id of the folder of a party or a cause, made where it is missing; 0 for no text.  For
 * apply. */
int views_group(struct sql *db, enum view view, const char *text, int64_t *id);

#endif
