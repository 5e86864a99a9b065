/* The daemon's state, and what its files offer one another. */
#ifndef TOOLS_DOCKD_DAEMON_PRIVATE_H
#define TOOLS_DOCKD_DAEMON_PRIVATE_H

#include "tools/dockd/command.h"
#include "tools/dockd/config.h"
#include "tools/dockd/files.h"
#include "tools/dockd/log.h"
#include "tools/dockd/remember.h"
#include "tools/dockd/report.h"
#include "tools/dockd/run.h"
#include "tools/dockd/watch.h"

#define DAEMON_PROBE_MS INT64_C(1000)      /* first wait for a store that is away, */
#define DAEMON_PROBE_MOST_MS INT64_C(5000) /* and the longest */

/* What `custody` was started for. */
enum running { RUNNING_NOTHING, RUNNING_PROBE, RUNNING_WITNESS, RUNNING_DEPOSIT };

/* Whether the memory may be believed: not before the store was asked, and then, where the memory
 * names a witness, not before the store was asked for that item. */
enum belief { BELIEF_NONE, BELIEF_DUE, BELIEF_HELD };

/* Times are milliseconds of clock_ms(). */
struct daemon {
	const struct config *config;
	const struct log *log;
	struct files files;
	struct watch *watch;
	struct run run;
	enum running running;
	struct remember past;
	enum belief belief;
	struct file *batch[COMMAND_FILES]; /* what is being deposited */
	size_t batched;
	struct standing standing;
	bool there[CONFIG_DOCKS];
	char *store_text, *store_uuid;
	long long ledger;             /* its length when the store was asked last */
	int64_t probe_at, probe_wait; /* while the store is not known to be there */
	int64_t here_at;              /* when the store answered last */
	int64_t pass_at, report_at, lock_at;
	bool report_due, stop;
	bool waited; /* it was logged that another's deposit is waited for */
	int signals, lock, deposit_lock;
};

/* Takes in whether the store is there, and a sentence about it, which is taken over. */
void daemon_store_is(struct daemon *d, enum store store, char *text);

/* The store has to be asked whether it is there before anything else is deposited. */
void daemon_doubt_store(struct daemon *d);

/* Asks for the store's status, and takes in the answer. */
void daemon_start_probe(struct daemon *d);
void daemon_end_probe(struct daemon *d, int status);

/*
 * Asks for the newest item that was seen, and takes in the answer.  A store that was put back to an
 * older state and has grown since has as long a ledger as before, but not that item.
 */
void daemon_start_witness(struct daemon *d);
void daemon_end_witness(struct daemon *d);

/* Whether the lock of deposits is held.  A deposit that a killed daemon left behind may still have
 * it; then it is tried again later. */
bool daemon_has_lock(struct daemon *d);

/* Deposits what is ready, one batch, and takes in what came of it. */
void daemon_start_deposit(struct daemon *d);
void daemon_end_deposit(struct daemon *d, int status);

#endif
