/* The memory as the daemon uses it: where it lies, when it is written, and which folders it goes
 * for. */
#ifndef TOOLS_DOCKD_REMEMBER_H
#define TOOLS_DOCKD_REMEMBER_H

#include "tools/dockd/log.h"
#include "tools/dockd/memory.h"

struct remember {
	const struct config *config;
	const struct log *log;
	struct memory *memory;
	char *path;
	uint64_t how[CONFIG_DOCKS];
	int64_t next; /* not written before */
};

/* Reads what was kept.  0 or ENOMEM. */
int remember_begin(struct remember *r, const struct config *config, const struct log *log);
void remember_end(struct remember *r);

/* A file that is as it was when it was dealt with, in a folder of which nothing is removed: only
 * the tool removes. */
bool remember_knows(const struct remember *r, const struct file *file);

/* The store has it; row: what `custody deposit` said. */
void remember_keep(struct remember *r, const struct file *file, const json_t *row);

/* A folder was looked through. */
void remember_walked(struct remember *r, unsigned dock, const struct files *files);

/* Writes what changed, once a minute, or at once.  When there is something to be written;
 * INT64_MAX: nothing. */
void remember_write(struct remember *r, bool at_once);
int64_t remember_next(const struct remember *r);

#endif
