/*
 * Watching folders, all that is below them, and what appears there later.  A thread of its own
 * walks them and waits for inotify, by libinotifytools, whose state is the process's and of which
 * only that thread knows.  Events are hints: they save waiting for the next walk, and whatever
 * makes them doubtful (the queue ran over, a folder was moved or unmounted, mounted again, is back)
 * begins a walk with fresh watches.  A folder is watched before it is read, so nothing falls
 * between.
 */
#ifndef TOOLS_DOCKD_WATCH_H
#define TOOLS_DOCKD_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/dockd/log.h"

enum note_kind {
	NOTE_SEEN,   /* a file is there, or was, or changed: look at it */
	NOTE_CLOSED, /* a writer closed it, or it was moved there */
	NOTE_WALKED, /* all of the folder has been seen in this walk; path NULL */
};

struct note {
	enum note_kind kind;
	unsigned root, walk; /* which folder; the number of the walk that it belongs to */
	char *path;          /* absolute; whoever took the note frees it */
	bool there;          /* walked: the folder is there */
};

struct watch;

/*
 * Begins.  roots: absolute paths, which must outlive the watch; each may be away.  Signals should
 * be blocked: the thread keeps the mask.  0, or an errno: EMFILE, too many users of inotify.
 */
int watch_start(const char *const *roots, size_t count, int64_t rescan_ms, const struct log *log,
	struct watch **out);

/* Ends within two seconds or what one disk access takes.  NULL is allowed. */
void watch_stop(struct watch *w);

/* Readable while there are notes. */
int watch_fd(const struct watch *w);

/* The oldest note; false: there is none. */
bool watch_take(struct watch *w, struct note *out);

#endif
