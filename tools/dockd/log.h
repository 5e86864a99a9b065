/* The daemon's messages: lines on stderr, with levels where the journal reads them. */
#ifndef TOOLS_DOCKD_LOG_H
#define TOOLS_DOCKD_LOG_H

#include <stdbool.h>

struct log {
	bool verbose; /* also log LOG_DEBUG */
	bool journal; /* stderr goes to the journal: each line begins with "<level>"
		       * (sd-daemon(3)) */
};

/* Finds out whether the journal reads stderr. */
void log_begin(struct log *log, bool verbose);

/*
 * Logs one line, made safe to print.  level: LOG_ERR to LOG_DEBUG of syslog(3).  Any thread may
 * call it.
 */
void log_say(const struct log *log, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Tells the service manager (sd_notify(3)), for example "READY=1"; does nothing where there is
 * none.
 */
void log_notify(const char *state);

#endif
