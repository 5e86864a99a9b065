/*
 * Numbers that the regulation does not give and an office may choose, in the policy's section
 * [settings].  Each has a key, a range, and the default that holds where the policy in force does
 * not name it.  To add one, add a row to setting.c; it is read through policies_setting()
 * (fs/store/records/policies.h).
 */
#ifndef POLICY_SETTING_H
#define POLICY_SETTING_H

#include <stddef.h>
#include <stdint.h>

#define SETTING_KEY 48 /* bytes, NUL included */

struct setting_rule {
	const char *key;     /* lower case, digits and hyphens; ends in its unit where it has one */
	int64_t least, most; /* both included */
	int64_t otherwise;   /* the default */
	const char *help;    /* an English msgid */
};

extern const struct setting_rule setting_rules[];
extern const size_t setting_count;

/* NULL where there is no such key. */
const struct setting_rule *setting_find(const char *key);

#endif
