/*
 * The policy file: what an office decides within the regulation (Q1).  Retention classes, the
 * numbers that the regulation leaves open, the programs that count as uninvited readers.  Its form
 * is INI:
 *
 *   [policy]
 *      label = …
 *      effective = YYYY-MM-DD
 *      interpreter = the section that interprets it (Art. 24)
 *   [class NAME]
 *      kind = recorded | case-closed | case | permanent
 *      months = N or years = N, for the first two
 *   [settings]
 *      KEY = N (policy/setting.h)
 *   [readers]
 *      program = RULE, any number of times; added to the built-in list (policy/reader.h)
 *
 * This file decides what it means and whether it may be in force; fs/store/records/policytext.h
 * reads its lines.
 */
#ifndef POLICY_POLICYFILE_H
#define POLICY_POLICYFILE_H

#include "policy/calendar.h"
#include "policy/reader.h"
#include "policy/setting.h"
#include "policy/term.h"

#define POLICY_TEXT_MAX \
	(16 << 10) /* bytes of a file: in JSON it must fit an event beside what is read from it */
#define POLICY_LABEL 256 /* bytes, NUL included */
#define POLICY_CLASSES 32
#define POLICY_SETTINGS 64 /* room for every row of setting.c */
#define POLICY_READERS 64
#define POLICY_READER READER_RULE
#define POLICY_FORMATTED (POLICY_TEXT_MAX + 1)
#define PATROL_MONTHS_LEAST 6 /* Art. 11 */

struct policy_value {
	const struct setting_rule *rule;
	int64_t value;
};

struct policyfile {
	char label[POLICY_LABEL], interpreter[POLICY_LABEL];
	int32_t effective;                         /* DAY_NONE: not said */
	struct class_rule classes[POLICY_CLASSES]; /* months 0: not said (yet); kind
						      CLASS_KIND_COUNT likewise */
	int class_line[POLICY_CLASSES];
	size_t class_count;
	struct policy_value settings[POLICY_SETTINGS];
	size_t setting_count;
	char readers[POLICY_READERS][POLICY_READER];
	size_t reader_count;
};

#define POLICYFILE_EMPTY              \
	{                             \
		.effective = DAY_NONE \
	}

enum policy_fault_kind {
	FAULT_NONE,
	FAULT_SYNTAX,
	FAULT_BYTES,
	FAULT_SECTION,
	FAULT_KEY,
	FAULT_TWICE,
	FAULT_MANY,
	FAULT_TEXT,
	FAULT_DATE,
	FAULT_CLASS_NAME,
	FAULT_KIND,
	FAULT_TERM,
	FAULT_NUMBER,
	FAULT_READER,
	FAULT_KIND_MISSING,
	FAULT_TERM_MISSING,
	FAULT_TERM_NEEDLESS,
	FAULT_LABEL_MISSING,
	FAULT_EFFECTIVE_MISSING,
	FAULT_INTERPRETER_MISSING,
	FAULT_PATROL,
	FAULT_EVIDENCE,
	FAULT_LONG_TERM,
	FAULT_CASES,
	FAULT_COUNT
};

/* What is wrong, and where; line 0: something is missing in the whole file. */
struct policy_fault {
	enum policy_fault_kind kind;
	int line;
	char section[64], key[64];
};

const char *policy_fault_name(enum policy_fault_kind k); /* "key-unknown"; stable */
const char *policy_fault_text(
	enum policy_fault_kind k); /* an English msgid: what is wrong, and what it should be */

/* Add a section's heading, and a line "key = value" in it.  False: *fault says why. */
bool policyfile_section(
	struct policyfile *p, const char *section, int line, struct policy_fault *fault);
bool policyfile_set(struct policyfile *p, const char *section, const char *key, const char *value,
	int line, struct policy_fault *fault);

/* Whether the whole may be a policy: nothing is missing, patrol is kept at least as long as Art. 11
 * asks, and the required classes exist. */
bool policyfile_check(const struct policyfile *p, struct policy_fault *fault);

/* The built-in policy, version 1: what every store begins with. */
void policyfile_builtin(struct policyfile *p, int32_t effective);

/* Writes it as a file that reads as the same policy.  The buffer has room for any. */
void policyfile_format(const struct policyfile *p, char out[POLICY_FORMATTED]);

#endif
