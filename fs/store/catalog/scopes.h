/* Scopes (policy/scope.h) on the ledger and in the catalog. */
#ifndef FS_STORE_CATALOG_SCOPES_H
#define FS_STORE_CATALOG_SCOPES_H

#include <jansson.h>

#include "fs/store/catalog/catalog.h"
#include "fs/store/catalog/numbers.h"
#include "policy/scope.h"

/* Columns of a table whose rows have a scope, in the order of SCOPE_VALUES and scopes_read(). */
#define SCOPE_SCHEMA                                                                               \
	"item INTEGER NOT NULL, kase INTEGER NOT NULL, unit INTEGER NOT NULL, device INTEGER NOT " \
	"NULL, officer INTEGER NOT NULL,"                                                          \
	" day INTEGER NOT NULL, folder TEXT NOT NULL"
#define SCOPE_COLUMNS "item, kase, unit, device, officer, day, folder"
#define SCOPE_FORMAT "iiiiiis"
#define SCOPE_VALUES(s) \
	(s)->item, (s)->kase, (s)->unit, (s)->device, (s)->officer, (int64_t)(s)->day, (s)->folder

/*
 * A condition that holds for the rows of a table whose scope covers an item; arguments 1..6 are
 * SCOPE_ITEM() of where it lies.  It is a few look-ups in an index over (item, unit, device,
 * officer, day, folder, kase), however many rows there are.  A case's scope covers what is in the
 * case's folders, and what is or ever was linked to it, because what keeps an item must not end.
 * What lets people read (SCOPE_COVERS_NOW) covers only what belongs to the case now.
 */
#define SCOPE_COVERS(t) SCOPE_COVERS_IN(t, CASES_OF_ITEM("?1", "?6"))
#define SCOPE_COVERS_NOW(t) \
	SCOPE_COVERS_IN(t, CASES_OF_ITEM("?1", "?6") " AND case_item.unlinked=0")
#define SCOPE_COVERS_IN(t, cases)                                                         \
	t ".item IN (0, ?1) AND " t ".unit IN (0, ?2) AND " t ".device IN (0, ?3) AND " t \
	  ".officer IN (0, ?4) AND " t ".day IN (" SQL_DAY_NONE ", ?5)"                   \
	  " AND " t ".folder IN ('', ?6) AND " t ".kase IN (SELECT 0 UNION ALL " cases ")"
#define SCOPE_ITEM_FORMAT "iiiiis"
#define SCOPE_ITEM(s) \
	(s)->item, (s)->unit, (s)->device, (s)->officer, (int64_t)(s)->day, (s)->folder

/* The ids of the cases that an item belongs to, or ever did: by its folder's name (a number or an
 * alias), or linked.  For IN: one may come twice. */
#define CASES_OF_ITEM(item, folder)                                                       \
	"SELECT casefile.id FROM casefile WHERE casefile.number=" folder                  \
	" UNION ALL SELECT case_alias.kase FROM case_alias WHERE case_alias.name=" folder \
	" UNION ALL SELECT case_item.kase FROM case_item WHERE case_item.item=" item

/* Where an item lies, as a scope of its own.  An item of no folder (an orphan) has only its
 * number. */
int scopes_of_item(struct sql *db, const struct item *item, struct scope *out);

/* The cases that an item belongs to, or ever did (CASES_OF_ITEM); one may come twice. */
int scopes_cases(struct sql *db, const struct item *item, catalog_each each, void *arg);

/* The scope as details of an event: what is set of item, case_id, unit_id, device_id, officer_id,
 * date, folder.  NULL: out of memory. */
json_t *scopes_json(const struct scope *s);
void scopes_parse(const json_t *j, struct scope *out);

/* Reads SCOPE_COLUMNS from `column` on. */
void scopes_read(struct sql_rows *rows, int column, struct scope *out);

/* Its path for people ("by-unit/…", "by-case/…", "by-officer/…").  ENOENT: the catalog does not
 * have it; ENAMETOOLONG. */
int scopes_path(struct sql *db, const struct scope *s, char *out, size_t cap);

/* The path in one arrangement: its top folder, its levels (u unit, d device, o officer, a date, f
 * case folder), and how many of them the scope sets. */
int scopes_path_in(struct sql *db, const struct scope *s, const char *top, const char *levels,
	int depth, char *out, size_t cap);

#endif
