/* Watching folders. */
#include "tools/dockd/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "tools/dockd/clock.h"
#include "tools/dockd/files.h"
#include "tools/dockd/mounts.h"
#include "tools/dockd/notes.h"
#include "tools/dockd/walk.h"
#include "tools/text/render.h"

#define EVENTS                                                                              \
	(IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | \
		IN_DELETE_SELF | IN_MOVE_SELF)
#define AFRESH (IN_Q_OVERFLOW | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF)
#define WAIT_SECONDS 1 /* the library takes whole seconds; 0 means for ever */
/* Between two walks of everything, plus ten times the duration of the last. */
#define PAUSE_MS INT64_C(1000)
#define BLIND_MS INT64_C(30000) /* interval of walks where not everything can be watched */

struct root {
	const char *path;
	dev_t dev;
	ino_t ino;
	bool there, said; /* said: it was logged that the folder is missing */
};

struct watch {
	pthread_t thread;
	const struct log *log;
	struct notes *notes;
	struct mounts *mounts;
	struct root *roots;
	size_t count;
	unsigned walk;
	bool open;              /* the library is initialised */
	bool afresh;            /* the watches may be wrong: walk again */
	bool blind, limit_said; /* there are more folders than may be watched */
	int64_t rescan_ms, next, earliest;
};

/*
 * The library keeps the names of folders with a slash at the end; without this it would watch one
 * twice.
 */
static bool is_watched(const char *folder)
{
	char *name = render_format("%s/", folder);
	bool watched = inotifytools_wd_from_filename(name) > 0;
	free(name);
	return watched;
}

static int watch_folder(void *arg, const char *folder, bool root)
{
	struct watch *w = arg;
	int err;
	if (!w->open || is_watched(folder))
		return 0;
	if (inotifytools_watch_file(folder, EVENTS | IN_ONLYDIR | (root ? 0 : IN_DONT_FOLLOW)) != 0)
		return 0;
	err = inotifytools_error();
	if (err != ENOSPC)
		return err == ENOENT || err == ENOTDIR ? err : 0;
	w->blind = true;
	if (!w->limit_said)
		log_say(w->log, LOG_WARNING,
			_("there are more folders than may be watched; they are looked through "
			  "every %d seconds instead; raise the limit: sysctl "
			  "fs.inotify.max_user_watches"),
			(int)(BLIND_MS / 1000));
	w->limit_said = true;
	return 0;
}

static int note_found(void *arg, unsigned root, const char *path)
{
	struct watch *w = arg;
	return notes_put(
		w->notes, &(struct note){ .kind = NOTE_SEEN, .root = root, .walk = w->walk }, path);
}

static void log_unreadable(void *arg, const char *folder, int error)
{
	struct watch *w = arg;
	log_say(w->log, LOG_WARNING, _("%s can't be looked through: %s"), folder,
		i18n_error(error));
}

static void walk_below(struct watch *w, unsigned root, const char *folder, bool is_root)
{
	const struct walk walk = {
		.folder = watch_folder, .file = note_found, .unreadable = log_unreadable, .arg = w
	};
	walk_folder(&walk, root, folder, is_root);
}

/* Whether a root was replaced, has come back, or is gone. */
static bool root_changed(struct root *r)
{
	struct stat st;
	bool there = stat(r->path, &st) == 0 && S_ISDIR(st.st_mode),
	     changed = there != r->there || (there && (st.st_dev != r->dev || st.st_ino != r->ino));
	r->there = there;
	r->dev = there ? st.st_dev : 0;
	r->ino = there ? st.st_ino : 0;
	return changed;
}

static void walk_root(struct watch *w, unsigned i)
{
	struct root *r = &w->roots[i];
	root_changed(r);
	if (r->there)
		walk_below(w, i, r->path, true);
	if (r->there && r->said)
		log_say(w->log, LOG_NOTICE, _("%s is back"), r->path);
	else if (!r->there && !r->said)
		log_say(w->log, LOG_NOTICE, _("%s is not there; waiting for it"), r->path);
	r->said = !r->there;
	notes_put(w->notes,
		&(struct note){
			.kind = NOTE_WALKED, .root = i, .walk = w->walk, .there = r->there },
		NULL);
}

/*
 * Programs must not inherit the library's descriptor, which the library does not tell: searches for
 * it.
 */
static int library_open(void)
{
	char link[64], name[64];
	if (inotifytools_initialize() == 0)
		return inotifytools_error() != 0 ? inotifytools_error() : EMFILE;
	for (int fd = 0; fd < 1024; fd++) {
		ssize_t n;
		snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
		n = readlink(name, link, sizeof link - 1);
		link[n > 0 ? n : 0] = '\0';
		if (strcmp(link, "anon_inode:inotify") == 0)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

/* Walks everything with new watches, so that none is left of folders that are gone or renamed. */
static void walk_afresh(struct watch *w)
{
	int64_t begun = clock_ms();
	int err;
	int64_t ended, rescan;
	if (w->open)
		inotifytools_cleanup();
	err = library_open();
	w->open = err == 0;
	if (err != 0)
		log_say(w->log, LOG_ERR,
			_("inotify can't be used: %s; the folders are looked through instead"),
			i18n_error(err));
	w->afresh = w->blind = false;
	w->walk++;
	for (unsigned i = 0; i < w->count; i++)
		walk_root(w, i);
	ended = clock_ms();
	rescan = (w->blind || !w->open) && BLIND_MS < w->rescan_ms ? BLIND_MS : w->rescan_ms;
	w->earliest = ended + PAUSE_MS + 10 * (ended - begun);
	w->next = ended + rescan;
}

/* The root above a path; -1: none. */
static int root_of(const struct watch *w, const char *path)
{
	for (size_t i = 0; i < w->count; i++) {
		size_t n = strlen(w->roots[i].path);
		if (strncmp(path, w->roots[i].path, n) == 0 && path[n] == '/')
			return (int)i;
	}
	return -1;
}

static void on_entry(struct watch *w, const struct inotify_event *event)
{
	const char *folder = inotifytools_filename_from_wd(event->wd); /* with its slash */
	char *path = folder != NULL ? render_format("%s%s", folder, event->name) : NULL;
	int root = path != NULL ? root_of(w, path) : -1;
	if (root < 0)
		w->afresh = true;
	else if (files_ignored_name(event->name))
		;
	else if ((event->mask & IN_ISDIR) == 0)
		notes_put(w->notes,
			&(struct note){ .kind = (event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0
					? NOTE_CLOSED
					: NOTE_SEEN,
				.root = (unsigned)root,
				.walk = w->walk },
			path);
	else if ((event->mask & (IN_CREATE | IN_MOVED_TO | IN_ATTRIB)) != 0)
		walk_below(w, (unsigned)root, path, false);
	else
		w->afresh = true;
	free(path);
}

static void on_event(struct watch *w, const struct inotify_event *event)
{
	if ((event->mask & AFRESH) != 0) {
		if ((event->mask & IN_Q_OVERFLOW) != 0)
			log_say(w->log, LOG_NOTICE,
				_("more happened at once than the system can report; everything is "
				  "looked through again"));
		w->afresh = true;
	} else if (event->len != 0 && *event->name != '\0') {
		on_entry(w, event);
	}
}

static void look_around(struct watch *w)
{
	if (mounts_changed(w->mounts))
		w->afresh = true;
	for (size_t i = 0; i < w->count; i++)
		if (root_changed(&w->roots[i]))
			w->afresh = true;
}

/* Waits for an event, for at most WAIT_SECONDS. */
static void await_event(struct watch *w)
{
	const struct inotify_event *event;
	if (!w->open) {
		notes_wait(w->notes, WAIT_SECONDS * 1000);
		return;
	}
	event = inotifytools_next_event(WAIT_SECONDS);
	if (event != NULL)
		on_event(w, event);
	else if (inotifytools_error() != 0 && inotifytools_error() != EINTR)
		w->afresh = true;
}

static void *watch_main(void *arg)
{
	struct watch *w = arg;
	int64_t looked = 0;
	while (!notes_stopped(w->notes)) {
		int64_t now = clock_ms();
		if (now - looked >= WAIT_SECONDS * 1000) {
			look_around(w);
			looked = now;
		}
		if ((w->afresh && now >= w->earliest) || now >= w->next)
			walk_afresh(w);
		await_event(w);
	}
	if (w->open)
		inotifytools_cleanup();
	return NULL;
}

int watch_start(const char *const *roots, size_t count, int64_t rescan_ms, const struct log *log,
	struct watch **out)
{
	struct watch *w = calloc(1, sizeof *w);
	int err = ENOMEM;
	if (w == NULL || (w->roots = calloc(count, sizeof *w->roots)) == NULL)
		goto out;
	for (size_t i = 0; i < count; i++)
		w->roots[i].path = roots[i];
	w->count = count;
	w->log = log;
	w->rescan_ms = rescan_ms;
	w->afresh = true;
	if ((err = notes_new(&w->notes)) != 0 ||
		(err = mounts_new(roots, count, &w->mounts)) != 0 || (err = library_open()) != 0)
		goto out;
	w->open = true;
	if ((err = pthread_create(&w->thread, NULL, watch_main, w)) != 0) {
		inotifytools_cleanup();
		goto out;
	}
	*out = w;
	return 0;
out:
	if (w != NULL) {
		mounts_free(w->mounts);
		notes_free(w->notes);
		free(w->roots);
	}
	free(w);
	return err;
}

void watch_stop(struct watch *w)
{
	if (w == NULL)
		return;
	notes_stop(w->notes);
	pthread_join(w->thread, NULL);
	mounts_free(w->mounts);
	notes_free(w->notes);
	free(w->roots);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return notes_fd(w->notes);
}

bool watch_take(struct watch *w, struct note *out)
{
	return notes_take(w->notes, out);
}
