#include "fs/daemon/mountpoint.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"

#define FUSE_CONF "/etc/fuse.conf"

enum there { NOTHING, OTHER, STORE };

/* What is mounted at an absolute path, by the kernel's table: the mount itself may not answer. */
static enum there mounted_at(const char *path)
{
	FILE *table = setmntent("/proc/self/mounts", "re");
	enum there there = NOTHING;
	struct mntent *m, one;
	char text[8192];

	if (table == NULL)
		return NOTHING;
	while ((m = getmntent_r(table, &one, text, sizeof text)) != NULL)
		if (strcmp(m->mnt_dir, path) == 0)
			there = strcmp(m->mnt_type, "fuse.custodyfs") == 0
				? STORE
				: OTHER; /* the last is on top */
	endmntent(table);
	return there;
}

static bool is_dead(const char *path)
{
	struct statfs s;

	return statfs(path, &s) != 0 && (errno == ENOTCONN || errno == ECONNABORTED);
}

static int run_fusermount(const char *path)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("fusermount3", "fusermount3", "-u", "-q", "-z", "--", path, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0 ? 0 : EPERM;
}

/* The absolute path, without a look at its last part: a mount there may be dead. */
static char *absolute_path(const char *path)
{
	char *copy = strdup(path), *base = strdup(path), *dir = NULL, *out = NULL;

	if (copy == NULL || base == NULL)
		goto out;
	if (strcmp(basename(base), ".") == 0 || strcmp(basename(base), "..") == 0 ||
		strcmp(basename(base), "/") == 0) {
		out = realpath(path, NULL);
		goto out;
	}
	dir = realpath(dirname(copy), NULL);
	if (dir != NULL &&
		asprintf(&out, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, basename(base)) < 0)
		out = NULL;
out:
	free(dir);
	free(base);
	free(copy);
	return out;
}

int mountpoint_clear(const char *path)
{
	char *full = absolute_path(path);
	int err = full == NULL ? errno : 0;

	if (full != NULL && mounted_at(full) == STORE && is_dead(full) &&
		umount2(full, MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
		err = geteuid() == 0 ? errno : run_fusermount(full);
	free(full);
	return err;
}

/* A symbolic link to a folder is as good as the folder. */
static char *resolve_mountpoint(const char *path)
{
	char *given = absolute_path(path), *real;
	struct stat st;

	if (given == NULL || mounted_at(given) != NOTHING || lstat(given, &st) != 0 ||
		!S_ISLNK(st.st_mode))
		return given;
	real = realpath(given, NULL);
	if (real == NULL)
		real = absolute_path(given);
	free(given);
	return real;
}

static bool is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = true;

	if (d == NULL)
		return true; /* unknown */
	while (empty && (e = readdir(d)) != NULL)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	closedir(d);
	return empty;
}

/* The rest of a mount whose daemon died: every access to it fails with ENOTCONN until it is
 * unmounted. */
static int clear_dead_mount(const char *path)
{
	if (!is_dead(path))
		return 0;
	if (mounted_at(path) == STORE && mountpoint_clear(path) == 0) {
		fprintf(stderr,
			_("custodyfs: %s was still mounted by a daemon that has died; that mount "
			  "was removed.\n"),
			path);
		return 0;
	}
	fprintf(stderr,
		_("custodyfs: something is still mounted on %s whose daemon has died. As root, "
		  "unmount it with: umount -l %s\n"),
		path, path);
	return 1;
}

int mountpoint_check(const char *path, bool nonempty, char **out)
{
	char *full = resolve_mountpoint(path);
	struct stat st;
	int rc;

	*out = NULL;
	rc = full != NULL ? clear_dead_mount(full) : 0;
	if (rc == 0 && full != NULL && mounted_at(full) == STORE) {
		fprintf(stderr,
			_("custodyfs: a store is mounted on %s already. Use that mount, or unmount "
			  "it first: umount %s\n"),
			full, full);
		rc = 1;
	}
	if (rc == 0 && (full == NULL || stat(full, &st) != 0 || !S_ISDIR(st.st_mode))) {
		fprintf(stderr,
			_("custodyfs: the mount point %s is not a folder. Make it with mkdir, then "
			  "mount again.\n"),
			path);
		rc = 2;
	}
	if (rc == 0 && !nonempty && !is_empty(full)) {
		fprintf(stderr,
			_("custodyfs: the mount point %s is not empty, and what is in it would be "
			  "hidden by the mount. Perhaps someone copied evidence into it while the "
			  "store was not mounted: move it elsewhere, mount, and deposit it then. "
			  "If it may be hidden, mount with the option nonempty.\n"),
			full);
		rc = 1;
	}
	if (rc == 0 && geteuid() != 0 && access(full, W_OK) != 0) {
		fprintf(stderr,
			_("custodyfs: you may not mount on %s: only root mounts on folders that "
			  "are not one's own. Use a folder of yours, or ask an administrator.\n"),
			full);
		rc = 1;
	}
	if (rc != 0)
		free(full);
	else
		*out = full;
	return rc;
}

bool mountpoint_allow_other(void)
{
	FILE *f = fopen(FUSE_CONF, "re");
	char line[256];
	bool yes = false;

	if (f == NULL)
		return false;
	while (!yes && fgets(line, sizeof line, f) != NULL) {
		char *word = line + strspn(line, " \t");

		word[strcspn(word, " \t\r\n#")] = '\0';
		yes = strcmp(word, "user_allow_other") == 0;
	}
	fclose(f);
	return yes;
}
