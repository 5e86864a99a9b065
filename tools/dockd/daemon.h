/* The daemon: what the watch tells goes into the table of files, what is ready there goes to
 * `custody deposit`. */
#ifndef TOOLS_DOCKD_DAEMON_H
#define TOOLS_DOCKD_DAEMON_H

#include "tools/dockd/config.h"
#include "tools/dockd/log.h"

/* Runs until SIGTERM or SIGINT, finishing the deposit that is under way.  Gives the exit status. */
int daemon_run(const struct config *config, const struct log *log);

#endif
