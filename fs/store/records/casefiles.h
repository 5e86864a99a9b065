/* Cases: what is registered of them, their aliases, and the items linked to them. */
#ifndef FS_STORE_RECORDS_CASEFILES_H
#define FS_STORE_RECORDS_CASEFILES_H

#include "fs/store/records/record.h"

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

/* The number of the case with that id; out has NAME_BUFFER bytes.  ENOENT. */
int casefiles_number(struct sql *db, int64_t id, char *out);

#endif
