/* Walking folders. */
#include "tools/dockd/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/dockd/files.h"
#include "tools/text/render.h"

#define DEPTH 64

static int walk_at(
	const struct walk *w, unsigned root, const char *folder, bool is_root, int depth);

static int entry(
	const struct walk *w, unsigned root, const char *folder, const struct dirent *d, int depth)
{
	unsigned char type = d->d_type;
	struct stat st;
	int e = 0;
	if (name_ignored(d->d_name))
		return 0;
	char *path = render_format("%s/%s", folder, d->d_name);
	if (type == DT_UNKNOWN && !lstat(path, &st))
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
	if (type == DT_REG)
		e = w->file(w->arg, root, path);
	else if (type == DT_DIR && depth < DEPTH)
		e = walk_at(w, root, path, false, depth + 1);
	else if (type == DT_DIR)
		w->unreadable(w->arg, path, ELOOP);
	free(path);
	return e;
}

static int walk_at(const struct walk *w, unsigned root, const char *folder, bool is_root, int depth)
{
	int e = 0, fd;
	if (w->folder(w->arg, folder, is_root))
		return 0;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_root ? 0 : O_NOFOLLOW));
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
			w->unreadable(w->arg, folder, errno);
		if (fd >= 0)
			close(fd);
		return 0;
	}
	const struct dirent *d;
	while (errno = 0, !e && (d = readdir(dir)))
		e = entry(w, root, folder, d, depth);
	if (!e && errno)
		w->unreadable(w->arg, folder, errno);
	closedir(dir);
	return e;
}

int walk_folder(const struct walk *w, unsigned root, const char *folder, bool is_root)
{
	return walk_at(w, root, folder, is_root, 0);
}
