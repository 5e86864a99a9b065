/*
 * The mount's list of uninvited readers (policy/reader.h): what is built in, then the policy in
 * force (its section [readers]), then the file that the mount was given. When a
 * new version of the policy is loaded, it counts from the next open on.
 */
#ifndef FS_CALL_UNINVITED_H
#define FS_CALL_UNINVITED_H

#include "fs/store/base/sql.h"
#include "policy/reader.h"

struct uninvited;

/*
 * path (NULL: none): a file of rules, one a line as readers_add() takes it, blanks around it and
 * empty lines allowed, "#" begins a comment.  Where it cannot be read, or a line is wrong: EINVAL
 * or another errno, and a message on standard error with the line's number.
 */
int uninvited_new(const char *path, struct uninvited **out);
void uninvited_free(struct uninvited *u); /* NULL is fine */

/* Whether a process is one, by the policy of that version; rule: by which.  In any thread. */
bool uninvited_is(struct uninvited *u, struct sql *db, int64_t policy,
	const struct reader_process *line, size_t count, char rule[READER_RULE]);

#endif
