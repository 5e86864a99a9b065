/* Roles and their names.  The contract is in role.h. */
#include "policy/role.h"

#include <string.h>

#define BLANKS " \t"

static const struct {
	unsigned bit;
	const char *name;
} roles[] = {
	{ ROLE_OFFICER, "officer" },
	{ ROLE_CUSTODIAN, "custodian" },
	{ ROLE_APPROVER, "approver" },
	{ ROLE_LEGAL, "legal" },
	{ ROLE_INSPECTOR, "inspector" },
	{ ROLE_AUDITOR, "auditor" },
	{ ROLE_ADMIN, "admin" },
};

#define ROLES (sizeof roles / sizeof roles[0])

/* The role whose name is the `len` bytes at `name`; 0 where there is none. */
static unsigned role_lookup(const char *name, size_t len)
{
	for (size_t i = 0; i < ROLES; i++) {
		if (strlen(roles[i].name) == len && memcmp(roles[i].name, name, len) == 0)
			return roles[i].bit;
	}
	return 0;
}

unsigned role_by_name(const char *name)
{
	return role_lookup(name, strlen(name));
}

bool roles_parse(const char *list, unsigned *out)
{
	unsigned sum = 0;

	for (;;) {
		size_t field, len;
		unsigned bit;

		list += strspn(list, BLANKS);
		field = strcspn(list, ",");
		len = strcspn(list, "," BLANKS);
		bit = role_lookup(list, len);
		if (bit == 0 || len + strspn(list + len, BLANKS) != field)
			return false;
		sum |= bit;
		if (list[field] == '\0')
			break;
		list += field + 1;
	}
	*out = sum;
	return true;
}

void roles_format(unsigned set, char out[ROLES_TEXT])
{
	char *end = out;

	for (size_t i = 0; i < ROLES; i++) {
		if (!(set & roles[i].bit))
			continue;
		if (end != out)
			*end++ = ',';
		end = stpcpy(end, roles[i].name);
	}
	*end = '\0';
}

const char *role_name(unsigned role)
{
	for (size_t i = 0; i < ROLES; i++) {
		if (roles[i].bit == role)
			return roles[i].name;
	}
	return NULL;
}
