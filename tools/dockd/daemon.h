/*
 * The daemon: what the watch reports goes into the table of files; what is ready there goes to
 * `custody deposit`.
 */
#ifndef TOOLS_DOCKD_DAEMON_H
#define TOOLS_DOCKD_DAEMON_H

#include "tools/dockd/config.h"
#include "tools/dockd/log.h"

/*
 * Runs until SIGTERM or SIGINT, and then finishes the deposit that has begun.  Gives the exit
 * status.
 */
int daemon_run(const struct config *config, const struct log *log);

#endif
