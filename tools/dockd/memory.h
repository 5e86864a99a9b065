/*
 * What is known to be in the store, kept over restarts in the state folder, so that after a restart
 * only new and changed files are read again.
 *
 * It saves work and decides nothing.  Whatever is not certain is forgotten, and offered to the
 * store again: when the file is missing, damaged or belongs to another user, when the store is
 * another or was put back to an older state, when a watched file, its name or the settings of its
 * folder have changed.
 *
 * One text file, which is replaced as a whole; the last line is the SHA-256 of everything before
 * it:
 *
 *     custody-dockd memory 1
 *     store <uuid>
 *     witness <item> <ledger entry> <SHA-256>
 *     done <device> <inode> <size> <mtime s> <ns> <ctime s> <ns> <how, hex> <path>
 *     sha256 <hex>
 *
 * witness: the newest item that was seen in the store; the store is asked for it before anything
 * else is believed.  path: backslash and line break are written as \\ and \n.
 */
#ifndef TOOLS_DOCKD_MEMORY_H
#define TOOLS_DOCKD_MEMORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/dockd/config.h"
#include "tools/dockd/files.h"

#define MEMORY_FILE "memory"
#define MEMORY_MOST 200000 /* files; more than these are read again */

struct memory;

/* An empty memory; NULL when out of memory. */
struct memory *memory_new(void);
void memory_free(struct memory *m);

/* Reads it.  False, and empty, where the file cannot be trusted. */
bool memory_read(struct memory *m, const char *path);

/* 0, or an errno and the old file is unchanged. */
int memory_write(struct memory *m, const char *path);

/* Whether there is something to write, and how many files it knows. */
bool memory_changed(const struct memory *m);
size_t memory_count(const struct memory *m);

/*
 * Says which store it is about from now on; what it knew of another is forgotten.  NULL: none, and
 * nothing is kept.
 */
void memory_store(struct memory *m, const char *uuid);
void memory_forget(struct memory *m);

/* How a folder's files are deposited: one number for all settings that decide where they go. */
uint64_t memory_how(const struct dock *d);

/* Whether exactly this file was deposited in exactly this way. */
bool memory_knows(
	const struct memory *m, const char *path, const struct stamp *stamp, uint64_t how);

/*
 * Notes that the store has a file.  row: the answer of `custody deposit`; a file without its place
 * on the ledger there is not noted.
 */
void memory_keep(struct memory *m, const char *path, const struct stamp *stamp, uint64_t how,
	const json_t *row);

/* Forgets files below a folder that no longer exist; the caller knows which exist. */
void memory_sweep(struct memory *m, const char *folder,
	bool (*there)(const void *arg, const char *path), const void *arg);

/*
 * The item number of the witness, 0 where there is none; and whether the answer of `custody show`
 * agrees with what was noted of it.
 */
long long memory_witness(const struct memory *m);
bool memory_believes(const struct memory *m, const json_t *answer);

#endif
