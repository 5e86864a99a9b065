/* The whole catalog: the tables of all subjects together. */
#ifndef FS_STORE_RECORDS_SCHEMA_H
#define FS_STORE_RECORDS_SCHEMA_H

#include "fs/store/base/sql.h"

/* Makes the tables. */
int schema_create(struct sql *db);

/* Whether the catalog's tables are those of this version; a catalog of another version is made anew
 * from the ledger. */
int schema_known(struct sql *db, bool *known);

#endif
