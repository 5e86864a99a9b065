/*
 * Watches folders, all that is below them, and what appears there later.
 *
 * A thread of its own walks them and waits for inotify, through libinotifytools; the library's
 * state is global, and only that thread uses it.  Events are hints that save waiting for the next
 * walk.  Whatever makes them doubtful begins a walk with new watches: the queue overflowed, or a
 * folder was moved, unmounted, mounted again or has come back.  A folder is watched before it is
 * read, so that nothing is missed in between.
 */
#ifndef TOOLS_DOCKD_WATCH_H
#define TOOLS_DOCKD_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/dockd/log.h"

enum note_kind {
	NOTE_SEEN,   /* a file exists, existed or changed: look at it */
	NOTE_CLOSED, /* a writer closed it, or it was moved there */
	NOTE_WALKED, /* the walk of the folder is complete; path NULL */
};

struct note {
	enum note_kind kind;
	unsigned root, walk; /* the folder, and the number of the walk */
	char *path;          /* absolute; the caller of watch_take() frees it */
	bool there;          /* walked: the folder is there */
};

struct watch;

/*
 * Begins.  roots: absolute paths, which must stay valid as long as the watch; folders may be
 * missing.  Signals should be blocked: the thread inherits the mask.
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
