/* The tables of the commands that look at files to be deposited.  custody.c lists them. */
#ifndef TOOLS_DEPOSIT_COMMANDS_H
#define TOOLS_DEPOSIT_COMMANDS_H

#include "tools/control/command.h"

extern const struct command cmd_deposit[], cmd_kinds[];

#endif
