/*
 * A store read without its mount, as root, beside a running mount or not: the library's side of
 * `custody -s STORE`.  No content, event or catalog row is changed.
 */
#ifndef FS_STORE_QUERY_OFFLINE_H
#define FS_STORE_QUERY_OFFLINE_H

#include <jansson.h>
#include <stddef.h>

#include "fs/store/ledger/ledger.h"

struct offline;

/* 0 or an errno of store_open(); text: a sentence for people, translated. */
int offline_open(const char *path, struct offline **out, char *text, size_t cap);
void offline_close(struct offline *o); /* NULL is fine */

/* The ledger, for verifying, proving and publishing.  Valid until offline_close(). */
int offline_source(struct offline *o, struct ledger_source *out);

/* Signs the head with the store's key and stores nothing.  ENOKEY where the key is kept
 * elsewhere. */
int offline_checkpoint(struct offline *o, char out[CHECKPOINT_MAX]);

/* As the control file; commands that only read, with every right. */
int offline_transact(struct offline *o, const json_t *request, json_t **answer);

#endif
