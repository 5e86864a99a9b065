/*
 * The finder: looks through the ledger, in the background, for what the rules call findings
 * (policy/finding.h), and puts them on it.  Nobody waits for it.  How far it has
 * come is on the ledger too, so that a restart misses nothing.
 */
#ifndef FS_WATCH_FINDER_H
#define FS_WATCH_FINDER_H

#include "fs/call/fs.h"

struct finder;

int finder_new(struct fs *fs, struct finder **out);
void finder_free(struct finder *f); /* NULL is fine */

/* A look at what is new, each second; some thousand events at most.  Gaps are looked for once a
 * device's day has been quiet for a minute. */
void finder_tick(struct fs *fs);

/* Looks through all that is new, gaps too, and waits until it is on the ledger: then a list of the
 * findings has all of them. */
int finder_catch_up(struct fs *fs);

#endif
