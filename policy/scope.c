/* What a hold, a floor or a grant applies to.  The contract is in scope.h. */
#include "policy/scope.h"

#include <string.h>

bool scope_whole(const struct scope *s)
{
	static const struct scope any = SCOPE_ANY;

	return scope_same(s, &any);
}

static bool fits(int64_t wanted, int64_t any, int64_t is)
{
	return wanted == any || wanted == is;
}

bool scope_covers(const struct scope *s, const struct scope *at, bool in_case)
{
	if (s->kase != 0 && !in_case)
		return false;
	return fits(s->item, 0, at->item) && fits(s->unit, 0, at->unit) &&
		fits(s->device, 0, at->device) && fits(s->officer, 0, at->officer) &&
		fits(s->day, DAY_NONE, at->day) &&
		(s->folder[0] == '\0' || strcmp(s->folder, at->folder) == 0);
}

bool scope_same(const struct scope *a, const struct scope *b)
{
	return a->item == b->item && a->kase == b->kase && a->unit == b->unit &&
		a->device == b->device && a->officer == b->officer && a->day == b->day &&
		strcmp(a->folder, b->folder) == 0;
}
