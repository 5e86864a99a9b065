/*
 * What the daemon is told: the command line, and a file of sections (INI).  [dockd] holds what goes
 * for all; every other section is a folder to be watched, named as people call it:
 *
 *     [dockd]
 *     mount = /srv/evidence
 *     [北侧采集站]
 *     path = /srv/dock/north
 *     unit = 中都所
 */
#ifndef TOOLS_DOCKD_CONFIG_H
#define TOOLS_DOCKD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_FILE "/etc/custody-dockd.conf"
#define CONFIG_STATE "/var/lib/custody-dockd"
#define CONFIG_DOCKS 64

/* A folder to be watched.  The strings but name and path may be NULL: not given. */
struct dock {
	char *name; /* its section's; its path where it came from the command line */
	char *path; /* absolute, no slash at its end */
	char *unit, *device, *officer, *kase; /* handed on to `custody deposit` */
	char *into; /* a case folder of the store that takes everything; excludes the four */
	bool clear, clear_given; /* what is verified to be in the store is removed from here */
};

struct config {
	char *mount;       /* NULL: `custody` finds it */
	char *state;       /* folder for the lock and the report */
	int64_t quiet_ms;  /* so long must a file have stayed as it is */
	int64_t retry_ms;  /* after a refusal; doubled each time */
	int64_t rescan_ms; /* everything is looked through again, whatever inotify said */
	bool verbose, status, json, help, version;
	struct dock all; /* what goes for all folders, and for those of the command line */
	struct dock docks[CONFIG_DOCKS];
	size_t count;
};

/* Reads both; what the command line says wins.  0, or STATUS_UNREACHABLE and said on stderr what is
 * wrong where. */
int config_read(struct config *c, int argc, char **argv);

/* One entry of the file, for the parser and for tests.  NULL, or what is wrong with it (an
 * untranslated sentence). */
const char *config_entry(
	struct config *c, const char *section, const char *name, const char *value);

/* What is wrong with the whole, as a sentence in the user's language, malloc'd; NULL where all is
 * well. */
char *config_flaw(const struct config *c);

void config_free(struct config *c);

/* How it is used, on stdout. */
void config_usage(void);

#endif
