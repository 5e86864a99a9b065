/* What the daemon says: lines on stderr, with the journal's levels where the journal reads them. */
#ifndef TOOLS_DOCKD_LOG_H
#define TOOLS_DOCKD_LOG_H

#include <stdbool.h>

struct log {
	bool verbose; /* LOG_DEBUG is said, too */
	bool journal; /* stderr goes to the journal: each line begins with "<level>"
		       * (sd-daemon(3)) */
};

/* Finds out who reads stderr. */
void log_begin(struct log *log, bool verbose);

/* One line, made safe to print.  level: as in syslog(3), LOG_ERR to LOG_DEBUG.  Any thread. */
void log_say(const struct log *log, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Tells the service manager (sd_notify(3)), e.g. "READY=1"; nothing where there is none. */
void log_notify(const char *state);

#endif
