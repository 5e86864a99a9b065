/* Removes the content of disposed items once the disposal is on the ledger, and records how it was
 * done. */
#ifndef FS_STORE_ERASE_H
#define FS_STORE_ERASE_H

#include "fs/store/store.h"

#define ERASE_MOST 64 /* items at once */

/* Erases the bytes of disposed items (ERASE_MOST at most), then records it, durably.  *left: how
 * many could not be erased; they are tried again at the next start. */
int erase_items(struct store *s, const int64_t *items, size_t count, size_t *left);

/* Erases what a crash left: items that the ledger says were disposed of, whose bytes are still
 * there. Called at the start, when the committer runs. */
int erase_pending(struct store *s);

#endif
