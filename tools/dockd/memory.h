/*
 * What was dealt with, kept over restarts in the state folder, so that after one only what is new
 * or changed is read again.  It saves work and decides nothing: whatever is not certain (the file
 * is missing, damaged or another's, the store is another or an older state, a file, its name or the
 * settings of its folder are not what they were) is forgotten, and offered to the store again.
 *
 * One text file, replaced whole; the last line is the SHA-256 of all before it:
 *
 *     custody-dockd memory 1
 *     store <uuid>
 *     witness <item> <ledger entry> <SHA-256>
 *     done <device> <inode> <size> <mtime s> <ns> <ctime s> <ns> <how, hex> <path>
 *     sha256 <hex>
 *
 * witness: the newest item seen in the store; it is asked for before anything else is believed.
 * path: backslash and line break as \\ and \n.
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
#define MEMORY_MOST 200000 /* files; others are looked at again */

struct memory;

/* Empty.  NULL: no memory for it. */
struct memory *memory_new(void);
void memory_free(struct memory *m);

/* As it was written; empty where that is not sure.  Whether it was. */
bool memory_read(struct memory *m, const char *path);

/* 0 or an errno; the old one is there then. */
int memory_write(struct memory *m, const char *path);

/* Whether something is to be written, and how many files it knows. */
bool memory_changed(const struct memory *m);
size_t memory_count(const struct memory *m);

/* Whose it is from now on; it forgets what it knew of another.  NULL: nobody's, and nothing is
 * kept. */
void memory_store(struct memory *m, const char *uuid);
void memory_forget(struct memory *m);

/* How a folder's files are deposited: one number for all settings by which that would be
 * elsewhere. */
uint64_t memory_how(const struct dock *d);

/* Whether exactly this file was dealt with in this way. */
bool memory_knows(
	const struct memory *m, const char *path, const struct stamp *stamp, uint64_t how);

/* A file was dealt with; row: what `custody deposit` said of it.  One of which it does not say
 * where on the ledger it stands is not kept. */
void memory_keep(struct memory *m, const char *path, const struct stamp *stamp, uint64_t how,
	const json_t *row);

/* Forgets what lies below a folder and is not there, as the caller knows. */
void memory_sweep(struct memory *m, const char *folder,
	bool (*there)(const void *arg, const char *path), const void *arg);

/* The witness's item, 0 where there is none; and whether `custody show` says of it what was
 * seen. */
long long memory_witness(const struct memory *m);
bool memory_believes(const struct memory *m, const json_t *answer);

#endif
