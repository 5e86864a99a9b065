/* custody copy verify: reads an offline medium and compares it with what the store registered. */
#ifndef TOOLS_CMD_COPY_VERIFY_H
#define TOOLS_CMD_COPY_VERIFY_H

#include "tools/control/command.h"

command_run copy_verify;

#endif
