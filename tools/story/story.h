/* A ledger entry in words. */
#ifndef TOOLS_STORY_STORY_H
#define TOOLS_STORY_STORY_H

#include <jansson.h>

/* "opened it for reading under approval 3".  Malloc'd, not yet safe to print. */
char *story_what(const json_t *entry);

/* "王建国 (083017)", "uid 1005", or the store itself.  Malloc'd, not yet safe to print. */
char *story_who(const json_t *entry);

/* The name of the program, without its folder; "" where it is not known.  Malloc'd, not yet safe to
 * print. */
char *story_program(const json_t *entry);

#endif
