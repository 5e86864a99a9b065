/* Cases: what is registered of them, their aliases, and the items linked to them. */
#ifndef FS_STORE_RECORDS_CASEFILES_H
#define FS_STORE_RECORDS_CASEFILES_H

#include "fs/store/catalog/catalog.h"
#include "fs/store/records/record.h"
#include "policy/reason.h"

extern const char casefiles_schema[];

#define REGISTER_CASE_FIELDS(F, K) \
	F(INT, id) F(TEXT, number) F(TEXT, party) F(TEXT, cause) K(TEXT, klass, "class")
RECORD(REGISTER_CASE, register_case, REGISTER_CASE_FIELDS);

#define CASE_ALIAS_FIELDS(F, K) F(INT, case_id) F(TEXT, number) F(TEXT, alias) F(INT, alias_id)
RECORD(CASE_ALIAS, case_alias, CASE_ALIAS_FIELDS);

#define CASE_CLOSE_FIELDS(F, K) F(INT, case_id) F(TEXT, number) F(DAY, date)
RECORD(CASE_CLOSE, case_close, CASE_CLOSE_FIELDS);

#define CASE_LINK_FIELDS(F, K) F(INT, case_id) F(TEXT, number)
RECORD(CASE_LINK, case_link, CASE_LINK_FIELDS);

#define CASE_UNLINK_FIELDS(F, K) F(INT, case_id) F(TEXT, number)
RECORD(CASE_UNLINK, case_unlink, CASE_UNLINK_FIELDS);

/* The next number of a case, and of an alias; the committer alone gives them out. */
int casefiles_next_id(struct sql *db, int64_t *id);
int casefiles_next_alias(struct sql *db, int64_t *id);

/* The folders of a case's party and cause (views_group()); 0: none, or no such case. */
struct casefiles_groups {
	int64_t party, cause;
};
int casefiles_groups(struct sql *db, const char *number, struct casefiles_groups *out);

/* Whether a case (0: a new one) may be given a class: CLASS_UNKNOWN where the policy in force has
 * none that a case can have; SHORTENS where it would, alone, keep for less long than those that the
 * case ever had, counted from the same day. */
int casefiles_judge_class(
	struct sql *db, int64_t kase, const char *class, int64_t policy, enum reason *why);

/* Whether it may be closed on a day: CLOSED_FUTURE, CLOSED_EARLY, SHORTENS where it was closed
 * later. */
enum reason casefiles_judge_close(
	const struct casefile *k, int32_t day, const struct event_time *now);

/* How an item belongs to a case now: it lies in one of its folders, it is linked to it. */
int casefiles_belongs(struct sql *db, int64_t kase, int64_t item, bool *lies, bool *linked);

/* The numbers of the cases that an item belongs to, its folder's first.  each returns true to go
 * on. */
typedef bool (*casefiles_each)(void *arg, const char *number);
int casefiles_of_item(struct sql *db, int64_t item, casefiles_each each, void *arg);

/* The next case after that id that the item (0: any) is linked to.  ENOENT. */
int casefiles_next_linked(struct sql *db, int64_t after, int64_t item, struct casefile *out);

/* What an item is called in by-case; out has NAME_BUFFER bytes, "" where it is not in there. */
int casefiles_entry(struct sql *db, int64_t kase, int64_t item, char *out);

/* The number of the case with that id; out has NAME_BUFFER bytes.  ENOENT. */
int casefiles_number(struct sql *db, int64_t id, char *out);

#endif
