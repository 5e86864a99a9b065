/*
 * Whether the retention of an item lets it go (Art. 11, 12; Q9–Q11): one decision, asked by unlink(2), by `why`, and by those who propose, approve and carry out a
 * disposal.  It knows nothing of who asks: that disposal takes two people is the procedure's affair.
 */
#ifndef POLICY_DISPOSAL_H
#define POLICY_DISPOSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/reason.h"
#include "policy/term.h"

/*
 * now: ms of the compliance clock.  A hold is named before the term, for people set it and can act on it: REASON_HELD, REASON_TERM_PERMANENT, REASON_TERM_OPEN,
 * REASON_RETAINED; REASON_NONE where nothing keeps it any more: it may be disposed of, by the procedure.
 */
enum reason disposal_allows(const struct term *t, bool held, int64_t now);

/* The same for somebody who would remove it alone: REASON_PROCEDURE in place of REASON_NONE. */
enum reason disposal_alone(const struct term *t, bool held, int64_t now);

#endif
