/*
 * The files in the watched folders, and when each is to be deposited.  No I/O, and the time is a
 * parameter: who calls looks at the disk and says what was seen.
 *
 *     waiting ─ stays as it is ─► ready ─► running ─► done
 *        ▲ ─────── changed ────────┴──────────┴► trouble ─ its time has come, or it changed ─► …
 *     unfinished: has the name of a copy that is under way; a rename ends that.
 *     An empty file waits ten quiet times: its bytes are likely to be still on their way.
 *
 * What is kept here saves work and is lost at the end of the process (memory.h keeps what was
 * done): whether a file is in the store is the store's to say.
 */
#ifndef TOOLS_DOCKD_FILES_H
#define TOOLS_DOCKD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/stat.h>

enum file_state {
	FILE_WAITING,
	FILE_UNFINISHED,
	FILE_READY,
	FILE_RUNNING,
	FILE_DONE,
	FILE_TROUBLE,
	FILE_STATES
};

/* By these a changed file is recognised. */
struct stamp {
	uint64_t dev, ino, size;
	struct timespec mtime, ctime;
};

bool files_same_stamp(const struct stamp *a, const struct stamp *b);

struct file {
	char *path;
	unsigned dock; /* which folder it lies below */
	enum file_state state;
	struct stamp stamp;
	int64_t due;    /* waiting, trouble: when to look again; monotonic ms */
	unsigned walk;  /* number of the last walk that found it */
	unsigned tries; /* tries without success, one after the other */
	bool touched;   /* running: it has changed since */
	bool unsure;    /* waiting: once more, because it is not known whether anybody writes */
	bool gone;      /* running: it is gone */
	bool alone;     /* deposit it by itself: with others there was no answer */
	char *status, *reason, *text; /* trouble: the last outcome; else NULL */
	int64_t since;                /* trouble: since when; wall clock, seconds */
	TAILQ_ENTRY(file) link;
};

TAILQ_HEAD(file_list, file);

struct files {
	void *by_path;
	struct file_list list[FILE_STATES];
	size_t count[FILE_STATES];
	int64_t quiet_ms, retry_ms;
};

void files_begin(struct files *f, int64_t quiet_ms, int64_t retry_ms);
void files_end(struct files *f);

/* A look at a path, and why it was looked at. */
struct sighting {
	const char *path;
	unsigned dock, walk;
	const struct stamp *stamp; /* NULL: no regular file is there */
	bool closed;               /* a writer closed it, or it was moved there */
};

/* Takes in what was seen.  0 or ENOMEM. */
int files_seen(struct files *f, const struct sighting *s, int64_t now);

/* Whether a file of that path is known. */
bool files_has(const struct files *f, const char *path);

/* The walk of a folder is complete: files that it did not find no longer exist. */
void files_walked(struct files *f, unsigned dock, unsigned walk);

/* When files_due() next has something to do; INT64_MAX: never. */
int64_t files_next(const struct files *f);

/* The result of a look at the disk.  there: a regular file exists. */
enum writers { WRITERS_NONE, WRITERS_SOME, WRITERS_UNKNOWN };
struct look {
	bool there;
	struct stamp stamp;
	enum writers writers; /* whether someone has it open for writing */
};

/*
 * Looks at each file whose quiet time, or wait before the next try, is over.  A file that is
 * unchanged and has no writer is ready then; where it is not known whether there are writers, it
 * waits a quiet time more.
 */
void files_due(struct files *f, int64_t now,
	void (*look)(void *arg, const struct file *file, struct look *out), void *arg);

/*
 * Takes ready files of one folder: at most `most`, and so many bytes (but at least one file).  They
 * are running then.  Gives how many.
 */
size_t files_take(struct files *f, struct file **out, size_t most, uint64_t bytes);

/* The outcome for a file that ran. */
enum outcome {
	OUTCOME_DONE,       /* the store has it */
	OUTCOME_CHANGED,    /* it was not finished yet: it waits again */
	OUTCOME_FAILED,     /* a later try may succeed */
	OUTCOME_REFUSED,    /* somebody has to do something first */
	OUTCOME_UNANSWERED, /* not known; it is ready again, to be tried alone */
};

struct verdict {
	enum outcome outcome;
	const char *status, *reason, *text; /* `custody deposit`'s; NULL: none */
};

/*
 * Takes in the outcome; the file may be freed.  True where people should be told: the outcome is
 * another than the last time.
 */
bool files_verdict(
	struct files *f, struct file *file, const struct verdict *v, int64_t now, int64_t wall);

/* Makes everything in trouble due now; if `failed`, only what failed. */
void files_retry(struct files *f, bool failed, int64_t now);

/* Makes all files that are done wait again: the store may not have them. */
void files_again(struct files *f, int64_t now);

/*
 * Names.  Hidden files and those that systems leave behind (Thumbs.db and the like) are ignored, as
 * `custody deposit` does.  Unfinished ones are those of a copy that is still being written: .part,
 * .tmp, ~ and the like.
 */
bool files_ignored_name(const char *name);
bool files_unfinished_name(const char *name);

#endif
