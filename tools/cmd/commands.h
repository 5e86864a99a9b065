/* The tables of commands, one a file: cmd_hold.c has cmd_hold[].  custody.c lists them. */
#ifndef TOOLS_CMD_COMMANDS_H
#define TOOLS_CMD_COMMANDS_H

#include "tools/control/command.h"

extern const struct command cmd_register[], cmd_case[], cmd_list[], cmd_show[], cmd_request[],
	cmd_findings[], cmd_why[], cmd_log[], cmd_hold[], cmd_copy[], cmd_dispose[], cmd_verify[],
	cmd_ledger[], cmd_tag[], cmd_policy[], cmd_status[], cmd_clock[];

#endif
