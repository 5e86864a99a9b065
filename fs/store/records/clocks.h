/* The compliance clock: what was done over gaps, and proposals to put it right. */
#ifndef FS_STORE_RECORDS_CLOCKS_H
#define FS_STORE_RECORDS_CLOCKS_H

#include "fs/store/records/record.h"

#define CLOCK_REASON 1024 /* bytes, NUL included */

enum move_state { MOVE_PROPOSED, MOVE_AGREED, MOVE_REFUSED, MOVE_STATE_COUNT };

/* A proposal to put the clock right. */
struct clock_move {
	int64_t id, to; /* to: ms, as all instants here */
	char reason[CLOCK_REASON];
	int64_t proposed_by, proposed_at; /* person; wall clock */
	enum move_state state;
	int64_t decided_by, decided_at; /* 0: not yet */
	char decided_why[CLOCK_REASON]; /* "": no reason was given */
};

const char *clocks_state_name(enum move_state s); /* "proposed", "agreed", "refused" */

/* The next number of a proposal; the committer alone gives them out. */
int clocks_next_id(struct sql *db, int64_t *id);

int clocks_get(struct sql *db, int64_t id, struct clock_move *out); /* ENOENT */

/* The latest `limit` proposals, newest first. */
typedef void (*clocks_each)(void *arg, const struct clock_move *m);
int clocks_latest(struct sql *db, int64_t limit, clocks_each each, void *arg);

/* The latest instant that was agreed on, ms; 0: none. */
int clocks_agreed(struct sql *db, int64_t *out);

extern const char clocks_schema[];

#define CLOCK_PROPOSE_FIELDS(F, K) F(INT, id) F(TIME, to) F(TEXT, reason)
RECORD(CLOCK_PROPOSE, clock_propose, CLOCK_PROPOSE_FIELDS);

#define CLOCK_SET_FIELDS(F, K) F(TIME, from) F(TIME, to) F(INT, id) F(NOTE, reason)
RECORD(CLOCK_SET, clock_set, CLOCK_SET_FIELDS);

/* The same event where a test clock is set, which needs no proposal: it is read as a clock_set
 * whose id is 0. */
#define TEST_CLOCK_SET_FIELDS(F, K) F(TIME, from) F(TIME, to)
RECORD(CLOCK_SET, test_clock_set, TEST_CLOCK_SET_FIELDS);

#define CLOCK_REFUSE_FIELDS(F, K) F(TIME, from) F(TIME, to) F(INT, id) F(NOTE, reason)
RECORD(CLOCK_REFUSE, clock_refuse, CLOCK_REFUSE_FIELDS);

/* gap_ms: not mounted; refused_ms: what of it the clock did not take. */
#define CLOCK_GAP_FIELDS(F, K) F(INT, gap_ms) F(INT, refused_ms)
RECORD(CLOCK_GAP, clock_gap, CLOCK_GAP_FIELDS);

#define CLOCK_JUMP_FIELDS(F, K) F(INT, jump_ms)
RECORD(CLOCK_JUMP, clock_jump, CLOCK_JUMP_FIELDS);

#endif
