/* The lists of uninvited readers: what a mount is given, and what the policy in force adds. */
#ifndef FS_UNINVITED_H
#define FS_UNINVITED_H

#include "fs/fs.h"

/*
 * The list that is built in, then (path not NULL) that of a file: one rule a line as readers_add() takes it, blanks around it and empty lines allowed, "#" begins a
 * comment.  False where the file cannot be read or a line is wrong: told on standard error, with its number.
 */
bool uninvited_load(const char *path, struct reader_list *out);

/* Whether a rule of that list, or of those that the policy in force adds to it, has the asker for an uninvited reader; then *out is the rule. */
bool uninvited_match(struct call *c, struct reader_rule *out);

#endif
