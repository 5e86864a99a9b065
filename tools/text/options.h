/* The command line: global options, every command's options, and the words that are left. */
#ifndef TOOLS_TEXT_OPTIONS_H
#define TOOLS_TEXT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/text/output.h"

/* Every option that some command takes.  A command's table row says which (OPTION_BIT). */
enum option_id {
	OPTION_UNIT,
	OPTION_UID,
	OPTION_ROLES,
	OPTION_FORMAL,
	OPTION_AUXILIARY,
	OPTION_CERTIFIED,
	OPTION_PARTY,
	OPTION_CAUSE,
	OPTION_CLASS,
	OPTION_CASE,
	OPTION_PURPOSE,
	OPTION_FROM,
	OPTION_TO,
	OPTION_OPENS,
	OPTION_REASON,
	OPTION_PENDING,
	OPTION_OPEN,
	OPTION_RULE,
	OPTION_ON,
	OPTION_PERSON,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_VERB,
	OPTION_ALL,
	OPTION_AGAINST,
	OPTION_OUTPUT,
	OPTION_DEVICE,
	OPTION_OFFICER,
	OPTION_DRY_RUN,
	OPTION_CLEAR_SOURCE,
	OPTION_RECEIPT,
	OPTION_GROUND,
	OPTION_NO_OFFLINE_COPY,
	OPTION_TYPE,
	OPTION_MANIFEST,
	OPTION_OVERDUE,
	OPTION_HELD,
	OPTION_EXPIRED,
	OPTION_INCOMPLETE,
	OPTION_WITHDRAWN,
	OPTION_DONE,
	OPTION_COUNT
};

#define OPTION_BIT(name) (UINT64_C(1) << OPTION_##name)

struct options {
	const char *mount; /* -m; NULL: custody finds it */
	const char *store; /* -s; NULL: the store is mounted */
	bool json, help, version;
	uint64_t given;                  /* bits of what was given */
	const char *value[OPTION_COUNT]; /* "" for those without a value; NULL: not given */
	int argc; /* the words left over: first the command, later its arguments alone */
	char **argv;
	struct output *out; /* where complaints go */
};

/*
 * Reads argv into *o and moves its options to the front.  Before, only ->out is set.  False, after
 * a complaint, where an option is unknown, lacks its value or is given twice; ->json is right even
 * then.
 */
bool options_parse(int argc, char **argv, struct options *o);

/* Whether all options that were given are among `allowed`; complains where not. */
bool options_allowed(const struct options *o, uint64_t allowed, const char *command);

/* Prints one line for each option in the set, for help. */
void options_explain(uint64_t set);

/* Reads digits alone: a number from 0 to INT64_MAX. */
bool options_number(const char *text, int64_t *out);

#endif
