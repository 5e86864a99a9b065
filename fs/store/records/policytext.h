/* Reading the lines of a policy file (INI). */
#ifndef FS_STORE_RECORDS_POLICYTEXT_H
#define FS_STORE_RECORDS_POLICYTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/policyfile.h"

/* Reads and checks a whole file.  False: *fault is the first thing that is wrong. */
bool policytext_parse(
	const char *text, size_t len, struct policyfile *out, struct policy_fault *fault);

#endif
