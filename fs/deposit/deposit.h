/*
 * Deposits: items that are being received.  A deposit lives from create (or from the opening of a
 * still empty file) until its last writing descriptor goes.
 *
 * close() → every byte hashed, synced, and its root on the ledger, durably, before close() returns.
 * The last descriptor gone → sealed.  A task that wrote and then died of a signal, or a write that
 * failed, → incomplete: kept, out of sight, the name free again.
 */
#ifndef FS_DEPOSIT_DEPOSIT_H
#define FS_DEPOSIT_DEPOSIT_H

#include "fs/call/handle_ops.h"

struct deposit;

int deposits_new(struct deposits **out);
void deposits_free(struct deposits *all); /* NULL is fine; nobody may use a deposit any more */

/* Makes an item in a case folder and opens it.  The new deposit has one descriptor.  Refusals are
 * recorded. */
int deposit_create(struct call *c, const struct node *folder, const char *name, uint32_t mode,
	struct deposit **out, struct item *item);

/* Opens an item that is being received, or a still empty settling one, for writing: one more
 * descriptor.  truncate: to nothing, as O_TRUNC. */
int deposit_open(struct call *c, int64_t id, bool truncate, struct deposit **out);

/* What is done with its descriptors: a struct deposit is their `self`.  The last release seals, or
 * ends it as incomplete. */
extern const struct handle_ops deposit_handle;

/* Sets the length of an item that is being received or still empty, by path.  Refusals are
 * recorded. */
int deposit_resize(struct call *c, int64_t id, int64_t size);

/* Reads what has arrived so far; *got: bytes, 0 at the end. */
int deposit_read(struct deposit *d, void *buffer, size_t len, int64_t offset, size_t *got);

/* The open deposit of an item, held until deposit_put(); NULL where it has none.  Holding is not a
 * descriptor. */
struct deposit *deposit_get(struct deposits *all, int64_t id);
void deposit_put(struct deposits *all, struct deposit *d);

/* Sets size, modification time and mode of the item as they are now, for stat(2). */
void deposit_stat(struct deposit *d, struct item *item);
/* Set its label; the next close records it. */
void deposit_set_mtime(struct deposit *d, int64_t ns);
void deposit_set_mode(struct deposit *d, uint32_t mode);

/* Its depositor unlinked it: it is incomplete already, even if more is written. */
void deposit_forgotten(struct deposit *d);
int64_t deposit_id(const struct deposit *d);

/*
 * close(2) returns before the kernel says that the descriptor is gone.  Waits (a tenth of a second
 * at most after the close) for that item's deposit, or with id 0 for every closed one, so that what
 * a client does after close() finds the item sealed.
 */
void deposits_settle(struct deposits *all, int64_t id);

/* Tries again to record ends that could not be recorded (a full disk).  Called each second. */
void deposits_retry(struct fs *fs);

size_t deposits_count(struct deposits *all);

#endif
