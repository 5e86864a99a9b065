/*
 * Cases: registered, called by further names, closed (Q9).  Each act judges, decides in the
 * committer, records its event, and is durable when it returns.  They concern no part of the tree,
 * so the face records their refusals.  The commands register.case, case.alias and case.close are
 * their faces; linking.h has what links items to cases.
 */
#ifndef FS_ACT_CASEFILE_H
#define FS_ACT_CASEFILE_H

#include "fs/call/fs.h"

struct casefile_act {
	const char *number; /* of the case; of an existing one, an alias of it will do */
	const char *party, *cause, *class; /* registering; NULL: none; class NULL: unchanged */
	const char *alias;                 /* a further name */
	int32_t date;                      /* closing; DAY_NONE: today */
	enum reason why;                   /* out: the refusal, where the errno is one */
	const char *at_fault;              /* out: which of the above, "alias"; NULL: none */
	struct casefile casefile;          /* out: the case that it was about */
};

/* A known number amends that case.  CONFLICT: it is an alias of another case; CLASS_UNKNOWN;
 * SHORTENS: a class that keeps for less long than those before. */
int casefile_register(struct call *c, struct casefile_act *a);

/* NOT_FOUND; CONFLICT: another case has that name.  The case's own changes nothing. */
int casefile_alias(struct call *c, struct casefile_act *a);

/* A later day than before, never an earlier one.  NOT_FOUND, CLOSED_FUTURE, CLOSED_EARLY,
 * SHORTENS. */
int casefile_close(struct call *c, struct casefile_act *a);

#endif
