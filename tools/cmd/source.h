/*
 * Access to the ledger for verifying, proving and publishing: through a mount's control file, page
 * by page, or in a store on disk.
 */
#ifndef TOOLS_CMD_SOURCE_H
#define TOOLS_CMD_SOURCE_H

#include "fs/store/ledger/ledger.h"
#include "tools/control/control.h"

struct source {
	struct ledger_source
		ledger; /* for the ledger's functions; its size is that of the signed head */
	char checkpoint[CHECKPOINT_MAX]; /* the present head, signed now; "" offline where the key
					    is kept elsewhere */
	struct source_cache *cache;
};

/* 0, or a status after a complaint. */
int source_open(struct control *c, struct source *out);
void source_close(struct source *s);

/*
 * The sentence of the control file's last refusal, which says more than an errno; NULL where there
 * was none.
 */
const char *source_refusal(const struct source *s);

#endif
