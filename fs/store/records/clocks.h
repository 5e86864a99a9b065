/* The compliance clock: what was done over gaps, and proposals to put it right. */
#ifndef FS_STORE_RECORDS_CLOCKS_H
#define FS_STORE_RECORDS_CLOCKS_H

#include "fs/store/records/record.h"

extern const char clocks_schema[];

#define CLOCK_PROPOSE_FIELDS(F, K) F(INT, id) F(TIME, to) F(TEXT, reason)
RECORD(CLOCK_PROPOSE, clock_propose, CLOCK_PROPOSE_FIELDS);

/* id, reason: absent where a test clock is set, which needs no proposal. */
#define CLOCK_SET_FIELDS(F, K) F(TIME, from) F(TIME, to) F(COUNT, id) F(MAYBE, reason)
RECORD(CLOCK_SET, clock_set, CLOCK_SET_FIELDS);

#define CLOCK_REFUSE_FIELDS(F, K) F(TIME, from) F(TIME, to) F(INT, id) F(NOTE, reason)
RECORD(CLOCK_REFUSE, clock_refuse, CLOCK_REFUSE_FIELDS);

/* gap_ms: not mounted; refused_ms: what of it the clock did not take. */
#define CLOCK_GAP_FIELDS(F, K) F(INT, gap_ms) F(INT, refused_ms)
RECORD(CLOCK_GAP, clock_gap, CLOCK_GAP_FIELDS);

#define CLOCK_JUMP_FIELDS(F, K) F(INT, jump_ms)
RECORD(CLOCK_JUMP, clock_jump, CLOCK_JUMP_FIELDS);

#endif
