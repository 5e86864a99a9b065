/*
 * The parts of a store, opened one by one: for store.c, which composes them.  Each function gives 0
 * or a positive errno, and then the message says what to do.  What was opened before an error is
 * closed by store_close().
 */
#ifndef FS_STORE_PARTS_H
#define FS_STORE_PARTS_H

#include "fs/store/store.h"

#define PATH_CAP 4096

/* The path of a file of the store.  ENAMETOOLONG. */
int parts_path(const struct store *s, const char *name, char out[PATH_CAP]);

/* The lock of the one process that writes.  EBUSY after three seconds. */
int parts_writer_lock(struct store *s, struct store_message *m);

/* The signing key, from key_fd, or from the file where that is negative; it must be the store's. */
int parts_key(struct store *s, const char *key_path, int key_fd, struct store_message *m);

/* *cut: see ledger_open(). */
int parts_ledger(struct store *s, uint64_t *cut, struct store_message *m);

/* The catalog with all that the ledger has, and the pool of connections that read it. */
int parts_catalog(struct store *s, struct store_message *m);

int parts_clock(struct store *s, struct store_message *m); /* after ledger and catalog */
int parts_blobs(struct store *s, struct store_message *m);

void parts_remove_catalog(const char *path);      /* with the files that SQLite has beside it */
void parts_remove_derived(const struct store *s); /* the ledger's positions and hashes */

#endif
