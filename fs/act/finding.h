/*
 * Findings: settling one, and reporting what was seen while depositing (policy/finding.h).  Both
 * are decided in the committer and are durable when they return; the face records their refusals.
 * The commands finding.settle and finding.report are their faces.
 */
#ifndef FS_ACT_FINDING_H
#define FS_ACT_FINDING_H

#include "fs/call/fs.h"
#include "fs/store/records/findings.h"

struct finding_act {
	int64_t id;             /* settling */
	int64_t item;           /* reporting: what target_find() found */
	const char *reason;     /* settling needs one */
	enum finding_rule rule; /* reporting; FINDING_RULE_COUNT: malformed */
	const char *note;       /* reporting needs one */
	enum reason why;        /* out: the refusal, where the errno is one */
	const char *at_fault;   /* out: which of the above, "id"; NULL: none of them */
	struct finding finding; /* out: as it is now */
};

/* NOT_FOUND, as finding_may_settle(); SELF_APPROVAL: of one's own recordings; STATE: settled
 * already. */
int finding_settle(struct call *c, struct finding_act *a);

/* One finding an item and rule: a further report gives the existing one. */
int finding_report(struct call *c, struct finding_act *a);

#endif
