/* Who may do what through `custody`. */
#ifndef POLICY_ACT_H
#define POLICY_ACT_H

#include "policy/person.h"
#include "policy/reason.h"

enum act {
	ACT_BROWSE,        /* anyone with a role */
	ACT_REQUEST,       /* anyone with a role */
	ACT_REGISTER_CASE, /* officer, custodian; legal */
	ACT_DECIDE,        /* approver */
	ACT_INCOMPLETE,    /* see incomplete and withdrawn deposits: custodian, approver, legal,
			    * admin */
	ACT_LEDGER,        /* read the whole ledger: auditor, admin */
	ACT_REGISTER,      /* units, devices, people: admin */
	ACT_CLOCK,         /* admin (a test clock; a real one needs legal as well) */
	ACT_VERIFY,        /* re-read content against its digests, nothing shown: custodian, legal,
			      inspector, auditor, admin */
	ACT_RETAIN,        /* lengthen a term: custodian, legal, admin */
	ACT_FINDINGS, /* see everybody's findings: custodian, approver, legal, inspector, auditor,
			 admin */
	ACT_SERVICE,  /* say when a device was out of service: custodian, admin */
	ACT_POLICY,   /* propose a policy: admin */
	ACT_POLICY_AGREE, /* agree to it, or refuse it: legal, and act_second() */
	ACT_COPY,         /* offline copies: custodian, legal, admin */
	ACT_DISPOSALS,    /* see what is proposed: custodian, approver, legal, auditor, admin */
	ACT_COUNT
};

/* Whether a person has any one of the roles (enum role bits).  REASON_NONE, REASON_NOBODY (no
 * person) or REASON_NO_ROLE. */
enum reason act_roles(const struct person *who, unsigned roles);

/* The same for an act. */
enum reason act_allowed(const struct person *who, enum act act);

/* The same for an act that needs another person than `first`, who began it: else
 * REASON_SECOND_PERSON, judged before the role. */
enum reason act_second(const struct person *who, enum act act, int64_t first);

#endif
