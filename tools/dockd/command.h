/* The command lines for asking `custody` and for depositing with it. */
#ifndef TOOLS_DOCKD_COMMAND_H
#define TOOLS_DOCKD_COMMAND_H

#include "tools/dockd/config.h"
#include "tools/dockd/files.h"

#define COMMAND_FILES 256 /* files for one `custody deposit`: stopping has to wait for these */
#define COMMAND_ARGUMENTS (COMMAND_FILES + 24)

/* The strings remain the caller's; argv ends with NULL. */
void command_ask(
	char *argv[COMMAND_ARGUMENTS], const struct config *c, const char *what, const char *of);
void command_deposit(char *argv[COMMAND_ARGUMENTS], const struct config *c, const struct dock *dock,
	struct file *const *file, size_t files);

#endif
