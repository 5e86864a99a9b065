/* What the files of the store share and no one else needs. */
#ifndef FS_STORE_STORE_PRIVATE_H
#define FS_STORE_STORE_PRIVATE_H

#include <stdarg.h>

#include "fs/store/clock.h"
#include "fs/store/store.h"

#include "fs/store/base/i18n.h"

void message(struct store_message *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The last event's clocks and the week's account of gaps. */
int last_mark(struct ledger *ledger, struct sql *db, struct clock_mark *out);

/*
 * After a crash: what was closed cleanly and is as its close says is sealed; all else that was
 * still being received becomes incomplete (promise 7). Records the mount.
 */
int recover(struct store *s, uint64_t cut);

/* Whole-file digests (SHA-256 and SM3) of sealed items, one after the other, on a low-priority
 * thread; each is an event of its own. */
int digester_start(struct store *s, struct digester **out);
void digester_stop(struct digester *d); /* NULL is fine */

#endif
