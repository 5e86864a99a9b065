/* A policy in words: its classes, its settings, who may read. */
#ifndef TOOLS_CMD_POLICY_CARD_H
#define TOOLS_CMD_POLICY_CARD_H

#include <jansson.h>

/* Prints a policy (an object of the store's answer) on standard output. */
void policy_card_print(const json_t *policy);

#endif
