/*
 * Policies, as the catalog has them: versions in force one after the other, and those that wait for
 * a second person (Q1).  The one in force is the last one loaded; before any was, version 1, the
 * built-in one (policy/policyfile.h).
 */
#ifndef FS_STORE_RECORDS_POLICIES_H
#define FS_STORE_RECORDS_POLICIES_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/records/record.h"
#include "policy/policyfile.h"

enum proposal_state { PROPOSAL_PENDING, PROPOSAL_LOADED, PROPOSAL_REFUSED, PROPOSAL_STATE_COUNT };

struct proposal {
	int64_t id;
	char label[POLICY_LABEL], effective[DAY_TEXT];
	enum proposal_state state;
	int64_t proposed, decided;       /* ms of the compliance clock; 0: not yet */
	int64_t proposed_by, decided_by; /* people; 0: nobody yet */
	char reason[1024];
	int64_t version; /* what it became; 0 */
};

const char *proposal_state_name(enum proposal_state s); /* "pending", "loaded", "refused" */

/* The version that was loaded last, 1 before any was. */
int policies_latest(struct sql *db, int64_t *version);

/* A setting of the policy in force, or its default (policy/setting.h).  EINVAL: there is no such
 * key. */
int policies_setting(struct sql *db, const char *key, int64_t *value);

/* The programs that the policy in force names as uninvited readers, as rules for readers_add(), in
 * the file's order; each returns true to go on. */
int policies_readers(struct sql *db, bool (*each)(void *arg, const char *rule), void *arg);

int policies_proposal(struct sql *db, int64_t id, struct proposal *out); /* ENOENT */
/* The text of a version's file, or of a proposal's; malloc'd.  ENOENT: version 1 has none
 * (policyfile_builtin()), or there is no such. */
int policies_text(struct sql *db, int64_t version, char **text);
int policies_proposal_text(struct sql *db, int64_t id, char **text);

/* The next number of a proposal; the committer alone gives them out. */
int policies_next_proposal(struct sql *db, int64_t *id);

/* Whether a class of the file is of another kind than in a version that was in force.  Only
 * becoming permanent is no such change. */
int policies_changes_kind(struct sql *db, const struct policyfile *p, bool *changes);

#define PROPOSAL_COLUMNS \
	"id, label, effective, state, proposed, proposed_by, decided, decided_by, reason, version"
void policies_read_proposal(struct sql_rows *rows, struct proposal *out);

extern const char policies_schema[];

/* text: the file. */
#define POLICY_PROPOSE_FIELDS(F, K) \
	F(INT, id) F(TEXT, label) F(TEXT, effective) F(TEXT, interpreter) F(TEXT, text)
RECORD(POLICY_PROPOSE, policy_propose, POLICY_PROPOSE_FIELDS);

#define POLICY_REFUSE_FIELDS(F, K) F(INT, id) F(NOTE, reason)
RECORD(POLICY_REFUSE, policy_refuse, POLICY_REFUSE_FIELDS);

/* classes: [{name, kind, months}]; settings: {key: value}; readers: programs. */
#define POLICY_LOAD_FIELDS(F, K) \
	F(INT, id)               \
	F(INT, version)          \
	F(TEXT, label)           \
	F(TEXT, effective)       \
	F(TEXT, interpreter) F(JSON, classes) F(JSON, settings) F(JSON, readers) F(TEXT, text)
RECORD(POLICY_LOAD, policy_load, POLICY_LOAD_FIELDS);

/* Records that a proposal's file is in force from now on (policy.load): all that applying it needs
 * is read from the file here, once. */
int policies_record_load(struct turn *t, const struct about *about, int64_t proposal,
	int64_t version, const struct policyfile *p, const char *text);

#endif
