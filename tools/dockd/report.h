/*
 * The report: a JSON file in the state folder that says how the daemon is doing, what waits, and
 * where somebody has to do something.  `custody-dockd --status` prints it for people.
 *
 *     {"version":1, "pid":N, "written":"2026-11-24T18:30:00+08:00", "started":…,
 *      "mount":"/srv/evidence"|null, "store":"here"|"away"|"unknown", "store_text":"…"|null,
 *      "deposited":N, "duplicates":N, "remembered":N, "cleared":N,
 *      "folders":[{"name","path","there":bool}], "waiting":N, "running":["/path"…],
 *      "trouble":[{"path","folder","status","reason","text","since","tries"}…],
 *      "unfinished":["/path"…], "more":N}
 *
 * deposited … cleared: since the daemon started.  more: how many of trouble and unfinished are left
 * out, beyond the first thousand of each.
 */
#ifndef TOOLS_DOCKD_REPORT_H
#define TOOLS_DOCKD_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "tools/dockd/config.h"
#include "tools/dockd/files.h"

enum store { STORE_UNKNOWN, STORE_HERE, STORE_AWAY };

struct standing {
	const struct config *config;
	const struct files *files;
	const bool *there; /* one a folder */
	enum store store;
	const char *store_text; /* a sentence of `custody` about it; NULL: none */
	uint64_t deposited, duplicates, cleared,
		remembered; /* remembered: in the store before the daemon started */
	time_t started;
};

/* Writes the report, replacing it whole.  0 or an errno. */
int report_write(const struct standing *s);

/*
 * Prints the report in `config`'s state folder.  0: all is well; STATUS_REFUSED: somebody has to do
 * something, or the daemon does not run; STATUS_UNREACHABLE: there is no report that can be read.
 */
int report_print(const struct config *config);

/*
 * Locks in the state folder: the daemon's, and one that a deposit holds as long as it runs.  0 or
 * an errno; EWOULDBLOCK: another process holds it.
 */
#define REPORT_LOCK "lock"
#define REPORT_DEPOSIT_LOCK "deposit.lock"
int report_lock(const struct config *config, const char *name, int *fd);

#endif
