/* A policy in words: its classes, its settings, who may read. */
#ifndef TOOLS_CMD_POLICY_CARD_H
#define TOOLS_CMD_POLICY_CARD_H

#include <jansson.h>

/* Prints a policy, as an answer of the store has it, on standard output. */
void policy_card_print(const json_t *policy);

#endif
