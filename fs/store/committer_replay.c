/* Replay: the catalog brought up to the ledger, at a start and for a rebuild. */
#include <errno.h>
#include <stdlib.h>

#include "fs/store/catalog/catalog.h"
#include "fs/store/committer.h"
#include "fs/store/records/apply.h"

#define REPLAY_BATCH 5000 /* events a transaction */

static int replay_some(struct ledger *ledger, struct sql *db, uint64_t from, uint64_t to)
{
	json_t *entry;
	char *text;
	size_t len;
	int err = sql_run(db, "BEGIN IMMEDIATE", "");

	for (uint64_t seq = from; err == 0 && seq < to; seq++) {
		err = ledger_entry(ledger, seq, &text, &len);
		if (err != 0)
			break;
		err = event_decode(text, len, seq, &entry);
		free(text);
		if (err != 0)
			break;
		err = event_apply(db, entry);
		json_decref(entry);
	}
	if (err == 0)
		err = sql_run(db, "COMMIT", "");
	if (err != 0)
		sql_rollback(db);
	return err;
}

int committer_replay(
	struct ledger *ledger, struct sql *db, uint64_t end, ledger_progress progress, void *arg)
{
	uint64_t next, to;
	int err = catalog_applied(db, &next);

	while (err == 0 && next < end) {
		to = next + REPLAY_BATCH < end ? next + REPLAY_BATCH : end;
		err = replay_some(ledger, db, next, to);
		next = to;
		if (err == 0)
			err = sql_checkpoint(db);
		if (err == EBUSY) /* a reader is using it; it can wait */
			err = 0;
		if (progress != NULL)
			progress(arg, next, end);
	}
	return err;
}
