/* The list of uninvited readers that a mount is given. */
#ifndef FS_UNINVITED_H
#define FS_UNINVITED_H

#include "policy/reader.h"

/*
 * The list that is built in, then (path not NULL) that of a file: one rule a line as readers_add() takes it, blanks around it and empty lines allowed, "#" begins a
 * comment.  False where the file cannot be read or a line is wrong: told on standard error, with its number.
 */
bool uninvited_load(const char *path, struct reader_list *out);

#endif
