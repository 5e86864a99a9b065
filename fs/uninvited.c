#include "fs/uninvited.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/i18n.h"

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
