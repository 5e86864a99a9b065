/* Roles: what a person may do.  A person may have several. */
#ifndef POLICY_ROLE_H
#define POLICY_ROLE_H

#include <stdbool.h>
#include <stddef.h>

enum role {
	ROLE_OFFICER = 1 << 0,
	ROLE_CUSTODIAN = 1 << 1,
	ROLE_APPROVER = 1 << 2,
	ROLE_LEGAL = 1 << 3,
	ROLE_INSPECTOR = 1 << 4,
	ROLE_AUDITOR = 1 << 5,
	ROLE_ADMIN = 1 << 6,
	ROLE_ALL = (1 << 7) - 1
};

#define ROLES_TEXT 80 /* bytes that roles_format() needs, NUL included */

/* Reads one role's name ("officer"); 0 where there is no such role. */
unsigned role_by_name(const char *name);

/* Reads a comma-separated list, blanks allowed around names, at least one; false (and *out
 * untouched) where any is unknown. */
bool roles_parse(const char *list, unsigned *out);

/* Writes "officer,custodian" in the order above; "" for none. */
void roles_format(unsigned set, char out[ROLES_TEXT]);

/* The name of a single role bit; NULL where it is none. */
const char *role_name(unsigned role);

#endif
