/* Exit statuses of `custody`, as its manual gives them. */
#ifndef TOOLS_TEXT_STATUS_H
#define TOOLS_TEXT_STATUS_H

enum status {
	STATUS_DONE = 0,
	STATUS_REFUSED = 1,     /* refused, failed, or the check failed */
	STATUS_UNREACHABLE = 2, /* wrong usage, or the store cannot be reached */
	STATUS_ROLLED_BACK = 3, /* ledger checkpoint --against: how a kept head does not fit */
	STATUS_REWRITTEN = 4,
	STATUS_FOREIGN = 5,
};

#endif
