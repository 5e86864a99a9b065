/* Where the mounted store is. */
#include "tools/control/locate.h"

#include <errno.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "fs/store/query/control.h"
#include "tools/text/output.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define MOUNTS "/proc/self/mounts"

static bool has_control(const char *dir)
{
	struct stat st;
	char *path = render_format("%s/%s/%s", dir, CONTROL_DIR, CONTROL_FILE);
	bool there = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	free(path);
	return there;
}

/* Removes the last component; false where only the root is left. */
static bool cut_last(char *path)
{
	char *slash = strrchr(path, '/');
	if (slash == NULL || slash[1] == '\0')
		return false;
	slash[slash == path] = '\0';
	return true;
}

void locate_tidy(char *path)
{
	char *to = path, *from = path;
	while (*from != '\0') {
		size_t len = strcspn(from, "/");
		char *next = from + len + (from[len] == '/');
		if (len == 2 && strncmp(from, "..", 2) == 0) {
			while (to > path && *--to != '/')
				;
		} else if (len != 0 && !(len == 1 && *from == '.')) {
			if (to > path)
				*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from = next;
	}
	*to = '\0';
}

/*
 * The path made absolute, without slashes at its end; malloc'd.  NULL and errno where the working
 * directory no longer exists.
 */
static char *make_absolute(const char *path)
{
	char *cwd = *path == '/' ? NULL : getcwd(NULL, 0);
	char *whole;
	if (*path != '/' && cwd == NULL)
		return NULL;
	whole = cwd != NULL ? render_format("%s/%s", cwd, path) : render_format("%s", path);
	for (size_t n = strlen(whole); n > 1 && whole[n - 1] == '/'; n--)
		whole[n - 1] = '\0';
	free(cwd);
	return whole;
}

char *locate_canonical(const char *path)
{
	char *whole = make_absolute(path),
	     *head = whole != NULL ? render_format("%s", whole) : NULL;
	char *real = head != NULL ? realpath(head, NULL) : NULL;
	while (head != NULL && real == NULL && (errno == ENOENT || errno == ENOTDIR) &&
		cut_last(head))
		real = realpath(head, NULL);
	if (real != NULL && strcmp(head, whole) != 0) {
		char *joined = render_format("%s/%s", real, whole + strlen(head));
		free(real);
		locate_tidy(joined);
		real = render_format("/%s", joined);
		free(joined);
	}
	free(head);
	free(whole);
	return real;
}

/* The nearest folder above (or the path itself) that has a control file; malloc'd, or NULL. */
static char *find_above(const char *path)
{
	char *dir = locate_canonical(path);
	while (dir != NULL && !has_control(dir)) {
		if (!cut_last(dir)) {
			free(dir);
			return NULL;
		}
	}
	return dir;
}

static bool is_custodyfs(const struct mntent *m)
{
	return strcmp(m->mnt_type, "fuse.custodyfs") == 0 ||
		(strncmp(m->mnt_type, "fuse", 4) == 0 && strcmp(m->mnt_fsname, "custodyfs") == 0);
}

static int find_only_mount(struct output *out, char **mount)
{
	FILE *f = setmntent(MOUNTS, "r");
	char *found = NULL, *others = NULL;
	for (struct mntent *m; f != NULL && (m = getmntent(f)) != NULL;) {
		if (!is_custodyfs(m) || (found != NULL && strcmp(found, m->mnt_dir) == 0))
			continue;
		if (found == NULL) {
			found = render_format("%s", m->mnt_dir);
		} else {
			char *longer = render_format(
				"%s, %s", others != NULL ? others : found, m->mnt_dir);
			free(others);
			others = longer;
		}
	}
	if (f != NULL)
		endmntent(f);
	if (others != NULL)
		output_complain(out, NULL,
			_("several stores are mounted here; say which one with -m: %s"), others);
	else if (found == NULL)
		output_complain(out, NULL, "%s",
			_("no mounted store was found; mount one with custodyfs, or say where it "
			  "is with -m MOUNTPOINT"));
	else
		*mount = found;
	if (*mount != found)
		free(found);
	free(others);
	return *mount != NULL ? 0 : STATUS_UNREACHABLE;
}

int locate_mount(const struct options *o, const char *hint, char **mount)
{
	const char *said = o->mount != NULL ? o->mount : getenv("CUSTODYFS_MOUNT");
	*mount = NULL;
	if (said != NULL && *said != '\0') {
		*mount = realpath(said, NULL);
		if (*mount == NULL)
			output_complain(o->out, said, "%s", i18n_error(errno));
		return *mount != NULL ? 0 : STATUS_UNREACHABLE;
	}
	if ((hint != NULL && (*mount = find_above(hint)) != NULL) ||
		(*mount = find_above(".")) != NULL)
		return 0;
	return find_only_mount(o->out, mount);
}
