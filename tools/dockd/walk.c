/* Walking folders. */
#include "tools/dockd/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/dockd/files.h"
#include "tools/text/render.h"

#define DEPTH 64

static int walk_at(
	const struct walk *w, unsigned root, const char *folder, bool is_root, int depth);

static int walk_entry(
	const struct walk *w, unsigned root, const char *folder, const struct dirent *d, int depth)
{
	unsigned char type = d->d_type;
	struct stat st;
	int err = 0;
	char *path;
	if (files_ignored_name(d->d_name))
		return 0;
	path = render_format("%s/%s", folder, d->d_name);
	if (type == DT_UNKNOWN && lstat(path, &st) == 0)
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
	if (type == DT_REG)
		err = w->file(w->arg, root, path);
	else if (type == DT_DIR && depth < DEPTH)
		err = walk_at(w, root, path, false, depth + 1);
	else if (type == DT_DIR)
		w->unreadable(w->arg, path, ELOOP);
	free(path);
	return err;
}

static int walk_at(const struct walk *w, unsigned root, const char *folder, bool is_root, int depth)
{
	int err = 0, fd;
	DIR *dir;
	const struct dirent *d;
	if (w->folder(w->arg, folder, is_root) != 0)
		return 0;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_root ? 0 : O_NOFOLLOW));
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
			w->unreadable(w->arg, folder, errno);
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (errno = 0, err == 0 && (d = readdir(dir)) != NULL)
		err = walk_entry(w, root, folder, d, depth);
	if (err == 0 && errno != 0)
		w->unreadable(w->arg, folder, errno);
	closedir(dir);
	return err;
}

int walk_folder(const struct walk *w, unsigned root, const char *folder, bool is_root)
{
	return walk_at(w, root, folder, is_root, 0);
}
