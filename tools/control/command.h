/*
 * What a command of `custody` is.  Each file of commands exports one table of them.  Dispatching,
 * checking the arguments and help all use the tables alone.
 */
#ifndef TOOLS_CONTROL_COMMAND_H
#define TOOLS_CONTROL_COMMAND_H

#include "tools/control/control.h"
#include "tools/text/options.h"

#define COMMAND_MANY 1000000 /* as ->max: any number of arguments */

enum command_flag {
	COMMAND_OFFLINE = 1 << 0,    /* also reads a store that is not mounted (-s) */
	COMMAND_PATH_FIRST = 1 << 1, /* the first argument may be a path in the mount */
	COMMAND_PATH_LAST = 1 << 2,  /* the last argument may be one */
	COMMAND_STORELESS = 1 << 3,  /* needs no store at all */
};

/*
 * Runs the command, with the store that was opened for it (NULL where it needs none); gives the
 * exit status.
 */
typedef int command_run(struct control *c, const struct options *o);

/* Tables end with a NULL name.  In a table "show case" must come before "show". */
struct command {
	const char *name;      /* one word or two */
	const char *arguments; /* as in the manual; msgid, or "" */
	int min, max;          /* how many arguments */
	unsigned flags;        /* of enum command_flag */
	uint64_t options;      /* OPTION_BIT()s of those it takes */
	command_run *run;
	const char *help; /* msgid */
};

#endif
