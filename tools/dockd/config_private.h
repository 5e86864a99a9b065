/* What the command line and the file of settings share. */
#ifndef TOOLS_DOCKD_CONFIG_PRIVATE_H
#define TOOLS_DOCKD_CONFIG_PRIVATE_H

#include "tools/dockd/config.h"

/* Each gives NULL, or what is wrong with the value: an untranslated sentence. */
const char *config_set(struct config *c, const char *name, const char *value);
const char *config_set_path(char **field, const char *value); /* absolute */

/* The folder of that name, which is added where it is new; NULL where there are too many. */
struct dock *config_dock(struct config *c, const char *name);

/* Reads the file.  False after a complaint. */
bool config_read_file(struct config *c, const char *file);

/* Takes what is not set yet from other settings, or from the defaults. */
void config_inherit(struct config *c, const struct config *from);

#endif
