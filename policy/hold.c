/* Holds.  The contract is in hold.h. */
#include "policy/hold.h"

#include <stdio.h>
#include <string.h>

#include "policy/act.h"
#include "policy/name.h"
#include "policy/role.h"

bool hold_name_valid(const char *name)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len = strlen(name);

	if (!text_valid(name, HOLD_NAME - 1))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < 0x80 && strchr(letters, name[i]) == NULL)
			return false;
	return true;
}

/* Cuts blanks from both ends, in place. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\n", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

enum reason hold_parse(const char *value, size_t len, int *ground, char reason[HOLD_REASON])
{
	char copy[HOLD_VALUE], *at = copy, *field, *end;

	*ground = 0;
	reason[0] = '\0';
	if (len >= sizeof copy || memchr(value, '\0', len) != NULL)
		return REASON_HOLD_BAD;
	memcpy(copy, value, len);
	copy[len] = '\0';
	while (*(field = at + strspn(at, " \t\n")) != '\0') {
		if (strncmp(field, "reason=", 7) == 0) {
			field = trim(field + 7);
			if (*field != '\0' && !text_valid(field, HOLD_REASON - 1))
				return REASON_HOLD_BAD;
			snprintf(reason, HOLD_REASON, "%s", field);
			break;
		}
		end = field + strcspn(field, ";");
		at = end + (*end == ';');
		*end = '\0';
		field = trim(field);
		if (*ground != 0 || strncmp(field, "ground=", 7) != 0 || field[7] < '1' ||
			field[7] > '4' || field[8] != '\0')
			return REASON_HOLD_BAD;
		*ground = field[7] - '0';
	}
	return *ground == 0 || (*ground == GROUND_OTHER && reason[0] == '\0') ? REASON_HOLD_BAD
									      : REASON_NONE;
}

enum reason hold_may_set(const struct person *who)
{
	return act_roles(who, ROLE_CUSTODIAN | ROLE_LEGAL | ROLE_ADMIN);
}

enum reason hold_may_release(const struct hold *h, const struct person *who)
{
	if (who->id != 0 && (who->id == h->set_by || who->id == h->asked_by))
		return REASON_SECOND_PERSON;
	return act_roles(who, ROLE_APPROVER | ROLE_LEGAL);
}
