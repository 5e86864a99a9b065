/*
 * What a hold, a floor or a grant applies to: an item, a case, or a part of the tree.  A field that
 * is not set means any, so one scope can be "unit 3", "what officer 5 recorded with device 2 on
 * that day", or "case 7, in whatever folders its items are".
 */
#ifndef POLICY_SCOPE_H
#define POLICY_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/calendar.h"
#include "policy/name.h"

struct scope {
	int64_t item;                  /* 0: any */
	int64_t kase;                  /* a registered case's id; 0: any */
	int64_t unit, device, officer; /* 0: any */
	int32_t day;                   /* DAY_NONE: any */
	char folder[NAME_BUFFER];      /* name of the case folder in the tree; "": any */
};

#define SCOPE_ANY               \
	{                       \
		.day = DAY_NONE \
	}

/* Whether no field is set: such a scope would cover the whole store. */
bool scope_whole(const struct scope *s);

/*
 * Whether it covers an item that lies at `at` (item, unit, device, officer, day and folder set;
 * kase is not looked at).  in_case: whether the item belongs to s->kase, or ever did.
 */
bool scope_covers(const struct scope *s, const struct scope *at, bool in_case);

bool scope_same(const struct scope *a, const struct scope *b);

#endif
