/* Who is asking, and whom the register knows.  Plain structs; filled by the catalog and by the
 * mount. */
#ifndef POLICY_PERSON_H
#define POLICY_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/calendar.h"

#define UID_NONE UINT32_MAX

struct person {
	int64_t id;      /* 0: nobody */
	char number[64]; /* officer number, e.g. "083017" */
	char name[256];
	uint32_t uid;           /* UID_NONE: no login */
	int64_t unit;           /* id of the unit; 0: none (an administrator, say) */
	unsigned roles;         /* enum role bits */
	bool formal;            /* formal established staff (Art. 7) */
	int32_t certified_from; /* day; DAY_NONE: never certified */
	int32_t certified_to;   /* day, included; DAY_NONE: still certified */
};

/* A process that asks for something; the kernel's word for it. */
struct subject {
	uint32_t uid, gid;
	int32_t pid;
	char program[256];    /* path of its executable, or "" where unknown */
	struct person person; /* id 0 where the uid is nobody's */
};

#endif
