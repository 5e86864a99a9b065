/* The ledger, for verifying, proving and publishing: over a mount's control file, a page at a time,
 * or over a store on disk. */
#ifndef TOOLS_CMD_SOURCE_H
#define TOOLS_CMD_SOURCE_H

#include "fs/store/ledger/ledger.h"
#include "tools/control/control.h"

struct source {
	struct ledger_source
		ledger; /* what the ledger's functions take; its size is the signed head's */
	char checkpoint[CHECKPOINT_MAX]; /* the head as it stands, signed now; "" offline where the
					    key is kept elsewhere */
	struct source_cache *cache;
};

/* 0, or a status and said on stderr. */
int source_open(struct control *c, struct source *out);
void source_close(struct source *s);

/* What the control file's last refusal said, for a message in place of an errno's; NULL where there
 * was none. */
const char *source_refusal(const struct source *s);

#endif
