/* Whether the retention of an item lets it go.  The contract is in disposal.h. */
#include "policy/disposal.h"

enum reason disposal_allows(const struct term *t, bool held, int64_t now)
{
	if (held)
		return REASON_HELD;
	if (t->permanent)
		return REASON_TERM_PERMANENT;
	if (term_pending(t))
		return REASON_TERM_OPEN;
	return term_locked(t, now) ? REASON_RETAINED : REASON_NONE;
}

enum reason disposal_alone(const struct term *t, bool held, int64_t now)
{
	enum reason why = disposal_allows(t, held, now);

	return why == REASON_NONE ? REASON_PROCEDURE : why;
}
