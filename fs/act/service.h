/*
 * Saying when a device was out of service (Art. 20): a recording from that time is a finding.
 * Decided in the committer, durable when it returns; the face records its refusal.  The command
 * register.service is its face.
 */
#ifndef FS_ACT_SERVICE_H
#define FS_ACT_SERVICE_H

#include "fs/call/fs.h"

struct service_act {
	const char *device;   /* its serial number */
	int32_t from;         /* a day; DAY_NONE: malformed */
	int32_t to;           /* a day, included too; DAY_NONE: it is not back yet */
	bool to_bad;          /* malformed */
	const char *note;     /* needed */
	enum reason why;      /* out: the refusal, where the errno is one */
	const char *at_fault; /* out: which of the above, "device"; NULL: none of them */
	int64_t id;           /* out: its number */
};

/* The same device and first day again amends it.  NOT_FOUND: no such device. */
int service_register(struct call *c, struct service_act *a);

#endif
