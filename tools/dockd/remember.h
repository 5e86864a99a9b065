/*
 * The memory as the daemon uses it: where its file is, when it is written, and for which folders it
 * is used.
 */
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
	int64_t next; /* not to be written earlier */
};

/* Reads the memory.  0 or ENOMEM. */
int remember_begin(struct remember *r, const struct config *config, const struct log *log);
void remember_end(struct remember *r);

/*
 * Whether the store has the file and the file is unchanged.  Never in a folder that is cleared:
 * there `custody deposit` has to see the file, to remove it.
 */
bool remember_knows(const struct remember *r, const struct file *file);

/* Notes that the store has the file.  row: the answer of `custody deposit`. */
void remember_keep(struct remember *r, const struct file *file, const json_t *row);

/* A folder was walked completely. */
void remember_walked(struct remember *r, unsigned dock, const struct files *files);

/*
 * Writes the memory where it changed, at most once a minute unless at_once; and when that is next
 * due, INT64_MAX: not at all.
 */
void remember_write(struct remember *r, bool at_once);
int64_t remember_next(const struct remember *r);

#endif
