/* The daemon: what the watch tells goes into the table of files, what is ready there goes to `custody deposit`. */
#ifndef DOCKD_DAEMON_H
#define DOCKD_DAEMON_H

#include "contrib/dockd/config.h"
#include "contrib/dockd/log.h"

/* Runs until SIGTERM or SIGINT, finishing the deposit that is under way.  Gives the exit status. */
int daemon_run(const struct config *config, const struct log *log);

#endif
