/* Commands of the control file that change something, each decided in the committer; the kernel
 * says who asks. */
#ifndef FS_CTL_COMMAND_H
#define FS_CTL_COMMAND_H

#include "fs/call/fs.h"
#include "fs/store/query/query.h"
#include "fs/store/query/request.h"

typedef int (*command_fn)(struct call *c, struct query *q, const json_t *request, json_t **answer);

/* A command: its name, what runs it, and the fields that it takes.  Each file has a table of its
 * own, with a row of NULL at its end; command.c lists the tables. */
struct command {
	const char *name;
	command_fn run;
	const struct request_field *fields;
};

const struct command *command_find(const char *name); /* NULL where there is none */

extern const struct command command_case[];
extern const struct command command_clock[];
extern const struct command command_copy[];
extern const struct command command_dispose[];
extern const struct command command_finding[];
extern const struct command command_hold[];
extern const struct command command_policy[];
extern const struct command command_register[];
extern const struct command command_request[];
extern const struct command command_tag[];
extern const struct command command_why[];

/* The node that a request names by "path" or "item" (fs/act/target.h); NOT_FOUND where there is
 * none for this subject. */
int command_target(struct call *c, struct query *q, const json_t *request, struct node *out);

/* Answers with a refusal that an act gave, which has recorded it where it is an attempt. */
int command_refuse(struct query *q, enum reason why, const char *field);

/* The numbers of a list; malloc'd.  *out is NULL where it is no list.  ENOMEM. */
int command_numbers(const json_t *list, int64_t **out, size_t *count);

/* Adds to a status what only the mount knows. */
void command_status(struct call *c, json_t *status);

#endif
