#include "fs/call/uninvited.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/store/base/i18n.h"
#include "fs/store/records/policies.h"

struct uninvited {
	struct reader_list file; /* as it was read; does not change */
	pthread_rwlock_t lock;
	int64_t version; /* of the policy that the list is made for; 0: none yet */
	struct reader_list list;
};

/* The rule in a line, without what is around it; "" where there is none. */
static char *trim_rule(char *line)
{
	size_t len;

	line[strcspn(line, "#\r\n")] = '\0';
	line += strspn(line, " \t");
	for (len = strlen(line); len > 0 && strchr(" \t", line[len - 1]) != NULL; len--)
		line[len - 1] = '\0';
	return line;
}

static bool take_rule_line(const char *path, unsigned number, char *line, struct reader_list *out)
{
	char *rule = trim_rule(line);

	if (*rule == '\0' || readers_add(out, rule))
		return true;
	if (out->count == READERS_MAX)
		fprintf(stderr,
			_("custodyfs: %s, line %u: there are more rules than the %d that a list "
			  "can hold. Take some out, then mount again.\n"),
			path, number, READERS_MAX);
	else
		fprintf(stderr,
			_("custodyfs: %s, line %u: \"%s\" names no program. Give a program's name "
			  "without its folder, at most %d bytes; a * may stand at its beginning or "
			  "end, and ! before it invites the program after all.\n"),
			path, number, rule, READER_RULE - 1);
	return false;
}

static int read_rules(const char *path, struct reader_list *out)
{
	char *line = NULL;
	size_t cap = 0;
	unsigned number = 0;
	bool good = true;
	FILE *f = fopen(path, "re");
	int err = f == NULL ? errno : 0;

	errno = 0;
	while (err == 0 && good && getline(&line, &cap, f) >= 0)
		good = take_rule_line(path, ++number, line, out);
	if (err == 0 && good && !feof(f))
		err = errno != 0 ? errno : EIO;
	if (err != 0)
		fprintf(stderr,
			_("custodyfs: the list of uninvited readers %s cannot be read: %s\n"), path,
			i18n_error(err));
	free(line);
	if (f != NULL)
		fclose(f);
	return err != 0 ? err : good ? 0 : EINVAL;
}

int uninvited_new(const char *path, struct uninvited **out)
{
	struct uninvited *u = calloc(1, sizeof *u);
	int err = u == NULL ? ENOMEM : path != NULL ? read_rules(path, &u->file) : 0;

	if (err != 0) {
		free(u);
		return err;
	}
	pthread_rwlock_init(&u->lock, NULL);
	*out = u;
	return 0;
}

void uninvited_free(struct uninvited *u)
{
	if (u == NULL)
		return;
	pthread_rwlock_destroy(&u->lock);
	free(u);
}

static bool add_policy_rule(void *list, const char *rule)
{
	(void)readers_add(list, rule); /* checked when the policy was loaded */
	return true;
}

/* Makes the list anew for the policy in db.  Under the lock. */
static int reload_rules(struct uninvited *u, struct sql *db)
{
	struct reader_list *list = malloc(sizeof *list);
	int64_t version = 1;
	int err = list == NULL ? ENOMEM : policies_latest(db, &version);

	if (err == 0) {
		readers_default(list);
		err = policies_readers(db, add_policy_rule, list);
	}
	for (size_t i = 0; err == 0 && i < u->file.count; i++)
		(void)readers_join(list, &u->file.rule[i]);
	if (err == 0) {
		u->list = *list;
		u->version = version;
	}
	free(list);
	return err;
}

bool uninvited_is(struct uninvited *u, struct sql *db, int64_t policy,
	const struct reader_process *line, size_t count, char text[READER_RULE])
{
	const struct reader_rule *rule;

	pthread_rwlock_rdlock(&u->lock);
	if (u->version < policy) {
		pthread_rwlock_unlock(&u->lock);
		pthread_rwlock_wrlock(&u->lock);
		if (u->version < policy && reload_rules(u, db) != 0 && u->version == 0)
			readers_default(&u->list); /* the next call tries again */
	}
	rule = reader_uninvited(&u->list, line, count);
	snprintf(text, READER_RULE, "%s", rule != NULL ? rule->name : "");
	pthread_rwlock_unlock(&u->lock);
	return rule != NULL;
}
