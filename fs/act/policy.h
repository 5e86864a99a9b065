/*
 * The policy: an administrator proposes a file, the legal section agrees to it or refuses it, and
 * nobody is both (Q1).  Each act is decided in the committer and is durable when it returns.  They
 * concern no part of the tree, so the face records their refusals.  The commands policy.propose,
 * policy.agree and policy.refuse are their faces.
 */
#ifndef FS_ACT_POLICY_H
#define FS_ACT_POLICY_H

#include "fs/call/fs.h"
#include "fs/store/records/policies.h"

struct policy_act {
	const char *text;     /* proposing: the file */
	int64_t id;           /* the proposal: to decide on; out, when proposing */
	const char *reason;   /* deciding; NULL: none */
	enum reason why;      /* out: the refusal, where the errno is one */
	const char *at_fault; /* out: which of the above, "text"; NULL: none of them */
	struct proposal now;  /* out: the proposal as it is now */
};

/* VALUE_BAD: the file is malformed; CLASS_CHANGED: it gives a class another kind. */
int policy_propose(struct call *c, struct policy_act *a);

/* In force from now on; POLICY_EARLY before its effective date.  NOT_FOUND, SECOND_PERSON, STATE.
 */
int policy_agree(struct call *c, struct policy_act *a);

int policy_refuse(struct call *c, struct policy_act *a);

#endif
