/* The command lines by which `custody` is asked and deposits. */
#ifndef TOOLS_DOCKD_COMMAND_H
#define TOOLS_DOCKD_COMMAND_H

#include "tools/dockd/config.h"
#include "tools/dockd/files.h"

#define COMMAND_FILES 256 /* that one `custody deposit` gets: a stop waits for no more */
#define COMMAND_ARGUMENTS (COMMAND_FILES + 24)

/* The strings are the caller's; argv ends with NULL. */
void command_ask(
	char *argv[COMMAND_ARGUMENTS], const struct config *c, const char *what, const char *of);
void command_deposit(char *argv[COMMAND_ARGUMENTS], const struct config *c, const struct dock *dock,
	struct file *const *file, size_t files);

#endif
