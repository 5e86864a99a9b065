/* Reading the lines of a policy file (INI). */
#ifndef FS_STORE_RECORDS_POLICYTEXT_H
#define FS_STORE_RECORDS_POLICYTEXT_H

#include <stddef.h>

#include "policy/policyfile.h"

/* Reads and checks a whole file.  0; EINVAL: *fault is the first thing that is wrong; ENOMEM. */
int policytext_parse(
	const char *text, size_t len, struct policyfile *out, struct policy_fault *fault);

#endif
