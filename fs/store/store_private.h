/* What the files of the store share and no one else needs. */
#ifndef FS_STORE_STORE_PRIVATE_H
#define FS_STORE_STORE_PRIVATE_H

#include <stdarg.h>

#include "fs/store/clock.h"
#include "fs/store/store.h"

#include "fs/store/base/i18n.h"

/* Sets the sentence, in the user's language. */
void store_message_set(struct store_message *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * After a crash: seals deposits that were closed cleanly and whose bytes are those of the close;
 * all others that were still being received become incomplete (promise 7).  Records the mount. cut:
 * the bytes of a torn tail that ledger_open() cut off.
 */
int store_recover(struct store *s, uint64_t cut);

#endif
