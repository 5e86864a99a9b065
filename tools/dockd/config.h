/*
 * The daemon's settings: the command line, and a file of sections (INI).  [dockd] has what holds
 * for all; every other section is a folder to be watched, under the name that people give it:
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

/* A folder to be watched.  Strings other than name and path may be NULL: not given. */
struct dock {
	char *name; /* the name of its section; its path where the command line gave it */
	char *path; /* absolute, no slash at its end */
	char *unit, *device, *officer, *kase; /* options of `custody deposit` */
	char *into; /* a case folder of the store that takes everything; excludes the four above */
	bool clear, clear_given; /* remove from the folder what is verified to be in the store */
};

struct config {
	char *mount;       /* NULL: `custody` finds it */
	char *state;       /* folder for the lock and the report */
	int64_t quiet_ms;  /* a file must have stayed unchanged for so long */
	int64_t retry_ms;  /* wait after a refusal; doubled each time */
	int64_t rescan_ms; /* how often everything is looked through, whatever inotify reported */
	bool verbose, status, json, help, version;
	struct dock all; /* what holds for all folders, and for those of the command line */
	struct dock docks[CONFIG_DOCKS];
	size_t count;
};

/* Reads both; the command line wins.  0, or STATUS_UNREACHABLE after a complaint. */
int config_read(struct config *c, int argc, char **argv);

/* Takes in one entry of the file.  NULL, or what is wrong with it: an untranslated sentence. */
const char *config_entry(
	struct config *c, const char *section, const char *name, const char *value);

/*
 * What is wrong with the settings as a whole: a sentence in the user's language, malloc'd; NULL
 * where nothing is.
 */
char *config_flaw(const struct config *c);

void config_free(struct config *c);

/* Prints on stdout how it is used. */
void config_usage(void);

#endif
