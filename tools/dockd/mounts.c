/* Mounts at, above or below some folders. */
#include "tools/dockd/mounts.h"

#include <errno.h>
#include <mntent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "/proc/self/mounts"
#define LINE_MAX_BYTES (64 << 10)

struct mounts {
	char **folders;
	size_t count;
	FILE *table; /* stays open: POLLPRI tells that it changed */
	char *seen;  /* the mounts that concern the folders */
	char line[LINE_MAX_BYTES];
};

/* Whether the paths are the same, or one lies below the other. */
static bool are_related(const char *a, const char *b)
{
	size_t n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
	const char *longer = strlen(a) < strlen(b) ? b : a;
	return strncmp(a, b, n) == 0 && (longer[n] == '\0' || longer[n] == '/');
}

static bool concerns_folders(const struct mounts *m, const char *at)
{
	for (size_t i = 0; i < m->count; i++) {
		char *real = realpath(m->folders[i], NULL);
		bool yes = are_related(m->folders[i], at) ||
			(real != NULL && are_related(real, at));
		free(real);
		if (yes)
			return true;
	}
	return false;
}

/* The mounts that concern the folders, as lines; malloc'd, NULL when out of memory. */
static char *list_mounts(struct mounts *m)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	struct mntent entry;
	if (f == NULL)
		return NULL;
	rewind(m->table);
	while (getmntent_r(m->table, &entry, m->line, sizeof m->line) != NULL)
		if (strcmp(entry.mnt_dir, "/") != 0 && concerns_folders(m, entry.mnt_dir))
			fprintf(f, "%s %s %s\n", entry.mnt_dir, entry.mnt_fsname, entry.mnt_type);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int mounts_new(const char *const *folders, size_t count, struct mounts **out)
{
	struct mounts *m = calloc(1, sizeof *m);
	int err = m == NULL || (m->folders = calloc(count, sizeof *m->folders)) == NULL ? ENOMEM
											: 0;
	for (; err == 0 && m->count < count; m->count++)
		if ((m->folders[m->count] = strdup(folders[m->count])) == NULL)
			err = ENOMEM;
	if (err == 0 && (m->table = fopen(TABLE, "re")) == NULL)
		err = errno;
	if (err != 0) {
		mounts_free(m);
		return err;
	}
	m->seen = list_mounts(m);
	*out = m;
	return 0;
}

void mounts_free(struct mounts *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; m->folders != NULL && i < m->count; i++)
		free(m->folders[i]);
	free(m->folders);
	free(m->seen);
	if (m->table != NULL)
		fclose(m->table);
	free(m);
}

bool mounts_changed(struct mounts *m)
{
	struct pollfd p = { .fd = fileno(m->table), .events = POLLPRI };
	char *now;
	bool changed;
	if (poll(&p, 1, 0) <= 0)
		return false;
	now = list_mounts(m);
	changed = now == NULL || m->seen == NULL || strcmp(now, m->seen) != 0;
	free(m->seen);
	m->seen = now;
	return changed;
}
