#include "fs/uninvited.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/i18n.h"
#include "fs/process.h"
#include "fs/store/policies.h"

/* The rule in a line, without what is around it; "" where there is none. */
static char *rule_of(char *line)
{
	size_t len;

	line[strcspn(line, "#\r\n")] = '\0';
	line += strspn(line, " \t");
	for (len = strlen(line); len > 0 && strchr(" \t", line[len - 1]) != NULL; len--)
		line[len - 1] = '\0';
	return line;
}

static bool take_line(const char *path, unsigned number, char *line, struct reader_list *out)
{
	char *rule = rule_of(line);

	if (*rule == '\0' || readers_add(out, rule))
		return true;
	if (out->count == READERS_MAX)
		fprintf(stderr, _("custodyfs: %s, line %u: there are more rules than the %d that a list can hold. Take some out, then mount again.\n"),
			path, number, READERS_MAX);
	else
		fprintf(stderr, _("custodyfs: %s, line %u: \"%s\" names no program. Give a program's name without its folder, at most %d bytes; a * may stand "
				  "at its beginning or end, and ! before it invites the program after all.\n"), path, number, rule, READER_RULE - 1);
	return false;
}

bool uninvited_load(const char *path, struct reader_list *out)
{
	char *line = NULL;
	size_t cap = 0;
	unsigned number = 0;
	bool good = true;
	FILE *f;

	readers_default(out);
	if (path == NULL)
		return true;
	f = fopen(path, "re");
	if (f == NULL) {
		fprintf(stderr, _("custodyfs: the list of uninvited readers %s cannot be read: %s\n"), path, i18n_error(errno));
		return false;
	}
	errno = 0;
	while (good && getline(&line, &cap, f) >= 0)
		good = take_line(path, ++number, line, out);
	if (good && !feof(f)) {
		fprintf(stderr, _("custodyfs: the list of uninvited readers %s cannot be read: %s\n"), path, i18n_error(errno));
		good = false;
	}
	free(line);
	fclose(f);
	return good;
}

static bool add_rule(void *list, const char *rule)
{
	if (!readers_add(list, rule))   /* they were checked when the policy was loaded: the list is full */
		fprintf(stderr, _("custodyfs: there are more rules for uninvited readers than the %d that a list can hold; \"%s\" of the policy is left out.\n"),
			READERS_MAX, rule);
	return true;
}

/* Makes the list of the policy in force; the former stays where the catalog cannot tell. */
static void renew(struct call *c)
{
	struct reader_list *list = malloc(sizeof *list);

	pthread_rwlock_wrlock(&c->fs->readers_lock);
	if (list != NULL && c->now.policy > c->fs->readers_policy) {
		*list = c->fs->readers;
		if (policy_readers(c->db, add_rule, list) == 0) {
			c->fs->readers_now = *list;
			c->fs->readers_policy = c->now.policy;
		}
	}
	pthread_rwlock_unlock(&c->fs->readers_lock);
	free(list);
}

bool uninvited_match(struct call *c, struct reader_rule *out)
{
	struct reader_process line[READER_LINE];
	size_t count = process_line(c->who.pid, line, READER_LINE);
	struct fs *fs = c->fs;
	const struct reader_rule *rule;
	bool old;

	pthread_rwlock_rdlock(&fs->readers_lock);
	old = c->now.policy > fs->readers_policy;
	pthread_rwlock_unlock(&fs->readers_lock);
	if (old)
		renew(c);
	pthread_rwlock_rdlock(&fs->readers_lock);
	rule = reader_uninvited(&fs->readers_now, line, count);
	if (rule != NULL)
		*out = *rule;
	pthread_rwlock_unlock(&fs->readers_lock);
	return rule != NULL;
}
