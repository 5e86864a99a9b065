/* Proposals of disposal, as tables and in full. */
#ifndef TOOLS_CMD_PROPOSAL_H
#define TOOLS_CMD_PROPOSAL_H

#include "tools/text/card.h"
#include "tools/text/table.h"

/* The list of proposals, the items of one, and the register of what was disposed of. */
extern const struct table_kind proposal_list, proposal_items, proposal_done;

card_fill proposal_card;

#endif
