/*
 * Asking to read, and deciding on it (Art. 15, Q14).  Each act judges, decides in the committer,
 * records its event, and is durable when it returns.  A request has no place in the tree, so the
 * face records refusals.  The commands request, approve, deny and revoke are its faces.
 */
#ifndef FS_ACT_REQUEST_H
#define FS_ACT_REQUEST_H

#include "fs/call/fs.h"
#include "fs/store/records/grants.h"

#define REQUEST_TARGETS_MOST 1000
#define REQUEST_FOLDERS_MOST 100
#define REQUEST_LASTS INT64_C(86400000) /* ms: where nothing else is asked for */

struct request_act {
	const struct node *at; /* asking: items, and folders with all that lies in them, now or
				  later; each once or more often */
	size_t count;
	const char *number; /* asking: a case, instead of `at`; NULL */
	const char *purpose;
	int64_t from, to;       /* ms */
	int64_t opens;          /* 0: any number */
	int64_t id;             /* deciding: the request */
	const char *reason;     /* deciding; NULL: none */
	enum reason why;        /* out: the refusal, where the errno is one */
	const char *at_fault;   /* out: which of the above, "purpose"; NULL: none of them */
	size_t at_index;        /* out: of "at", which one; count: all of them */
	struct request request; /* out: as it is now */
};

/* NOT_FOUND: an item that is not sealed; VALUE_BAD: what cannot be asked for, the whole store or a
 * party's folder (its cases are asked for one by one). */
int request_ask(struct call *c, struct request_act *a);

/* STATE: it is decided already (of revoking: it is not approved).  Revoking ends what is open. */
int request_approve(struct call *c, struct request_act *a);
int request_deny(struct call *c, struct request_act *a);
int request_revoke(struct call *c, struct request_act *a);

#endif
