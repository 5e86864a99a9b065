/* Walking a folder and all that is below it.  Links are not followed, hidden folders not
 * entered. */
#ifndef TOOLS_DOCKD_WALK_H
#define TOOLS_DOCKD_WALK_H

#include <stdbool.h>

struct walk {
	int (*folder)(void *arg, const char *folder,
		bool root); /* called before a folder is read; not 0: the folder is skipped */
	int (*file)(void *arg, unsigned root,
		const char *path); /* a regular file; not 0: the walk ends */
	void (*unreadable)(void *arg, const char *folder, int error);
	void *arg;
};

/* is_root: a root may be a link.  0, or what `file` returned. */
int walk_folder(const struct walk *w, unsigned root, const char *folder, bool is_root);

#endif
