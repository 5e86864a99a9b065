/* The files in the watched folders. */
#include "tools/dockd/files.h"

#include <errno.h>
#include <fnmatch.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "policy/litter.h"

#define EMPTY_TIMES 10           /* the content of an empty file is probably still to come */
#define FAILED_MS INT64_C(10000) /* first wait after a failure, and the longest */
#define FAILED_MOST_MS INT64_C(600000)
#define RETRY_MOST_MS (INT64_C(6) * 3600 * 1000)

static const char *const unfinished[] = { "*~", "~*", "*.part", "*.partial", "*.filepart", "*.tmp",
	"*.temp", "*.crdownload", "*.download", "*.swp", "*.aria2", "*.!ut", "*.opdownload" };

bool files_ignored_name(const char *name)
{
	return *name == '.' || strcasecmp(name, "lost+found") == 0 || litter_name(name);
}

bool files_unfinished_name(const char *name)
{
	for (size_t i = 0; i < sizeof unfinished / sizeof unfinished[0]; i++)
		if (fnmatch(unfinished[i], name, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

bool files_same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
		a->mtime.tv_sec == b->mtime.tv_sec && a->mtime.tv_nsec == b->mtime.tv_nsec &&
		a->ctime.tv_sec == b->ctime.tv_sec && a->ctime.tv_nsec == b->ctime.tv_nsec;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

void files_begin(struct files *f, int64_t quiet_ms, int64_t retry_ms)
{
	memset(f, 0, sizeof *f);
	for (int i = 0; i < FILE_STATES; i++)
		TAILQ_INIT(&f->list[i]);
	f->quiet_ms = quiet_ms;
	f->retry_ms = retry_ms;
}

static void enter_state(struct files *f, struct file *file, enum file_state state)
{
	file->state = state;
	TAILQ_INSERT_TAIL(&f->list[state], file, link);
	f->count[state]++;
}

static void leave_state(struct files *f, struct file *file)
{
	TAILQ_REMOVE(&f->list[file->state], file, link);
	f->count[file->state]--;
}

static void move_to_state(struct files *f, struct file *file, enum file_state state)
{
	leave_state(f, file);
	enter_state(f, file, state);
}

static void set_trouble(struct file *file, const struct verdict *v)
{
	free(file->status);
	free(file->reason);
	free(file->text);
	file->status = v != NULL && v->status != NULL ? strdup(v->status) : NULL;
	file->reason = v != NULL && v->reason != NULL ? strdup(v->reason) : NULL;
	file->text = v != NULL && v->text != NULL ? strdup(v->text) : NULL;
}

static void drop_file(struct files *f, struct file *file)
{
	leave_state(f, file);
	tdelete(file, &f->by_path, by_path);
	set_trouble(file, NULL);
	free(file->path);
	free(file);
}

void files_end(struct files *f)
{
	for (int i = 0; i < FILE_STATES; i++)
		while (TAILQ_EMPTY(&f->list[i]) == 0)
			drop_file(f, TAILQ_FIRST(&f->list[i]));
}

static struct file *find_file(const struct files *f, const char *path)
{
	struct file key = { .path = (char *)path };
	struct file **found = tfind(&key, &f->by_path, by_path);
	return found != NULL ? *found : NULL;
}

bool files_has(const struct files *f, const char *path)
{
	return find_file(f, path) != NULL;
}

/* The file is new or has changed: its quiet time begins. */
static void wait_quiet(struct files *f, struct file *file, int64_t now)
{
	const char *slash = strrchr(file->path, '/');
	file->due = now + f->quiet_ms * (file->stamp.size != 0 ? 1 : EMPTY_TIMES);
	file->tries = 0;
	file->touched = file->unsure = false;
	move_to_state(f, file,
		files_unfinished_name(slash != NULL ? slash + 1 : file->path) ? FILE_UNFINISHED
									      : FILE_WAITING);
}

static int add_file(struct files *f, const struct sighting *s, int64_t now)
{
	struct file *file = calloc(1, sizeof *file);
	if (file == NULL || (file->path = strdup(s->path)) == NULL ||
		tsearch(file, &f->by_path, by_path) == NULL) {
		if (file != NULL)
			free(file->path);
		free(file);
		return ENOMEM;
	}
	file->dock = s->dock;
	file->walk = s->walk;
	file->stamp = *s->stamp;
	enter_state(f, file, FILE_WAITING);
	wait_quiet(f, file, now);
	return 0;
}

int files_seen(struct files *f, const struct sighting *s, int64_t now)
{
	struct file *file = find_file(f, s->path);
	bool changed;
	if (file == NULL)
		return s->stamp != NULL ? add_file(f, s, now) : 0;
	file->walk = s->walk;
	if (s->stamp == NULL) {
		if (file->state == FILE_RUNNING)
			file->gone = true;
		else
			drop_file(f, file);
		return 0;
	}
	changed = !files_same_stamp(&file->stamp, s->stamp);
	file->stamp = *s->stamp;
	file->gone = false;
	if (file->state == FILE_RUNNING)
		file->touched |= changed;
	else if (changed ||
		(s->closed && (file->state == FILE_WAITING || file->state == FILE_READY)))
		wait_quiet(f, file, now);
	return 0;
}

void files_walked(struct files *f, unsigned dock, unsigned walk)
{
	for (int i = 0; i < FILE_STATES; i++)
		for (struct file *file = TAILQ_FIRST(&f->list[i]), *next; file != NULL;
			file = next) {
			next = TAILQ_NEXT(file, link);
			if (file->dock == dock && file->walk != walk && i != FILE_RUNNING)
				drop_file(f, file);
		}
}

static const enum file_state timed[] = { FILE_WAITING, FILE_TROUBLE };

int64_t files_next(const struct files *f)
{
	int64_t next = INT64_MAX;
	const struct file *file;
	for (size_t i = 0; i < sizeof timed / sizeof timed[0]; i++)
		TAILQ_FOREACH(file, &f->list[timed[i]], link)
			next = file->due < next ? file->due : next;
	return next;
}

static void judge_look(struct files *f, struct file *file, const struct look *look, int64_t now)
{
	if (!look->there) {
		drop_file(f, file);
	} else if (!files_same_stamp(&file->stamp, &look->stamp)) {
		file->stamp = look->stamp;
		wait_quiet(f, file, now);
	} else if (look->writers == WRITERS_SOME) {
		file->due = now + f->quiet_ms;
	} else if (look->writers == WRITERS_UNKNOWN && file->state == FILE_WAITING &&
		!file->unsure) {
		file->unsure = true;
		file->due = now + f->quiet_ms;
	} else {
		move_to_state(f, file, FILE_READY);
	}
}

void files_due(struct files *f, int64_t now,
	void (*look)(void *arg, const struct file *file, struct look *out), void *arg)
{
	for (size_t i = 0; i < sizeof timed / sizeof timed[0]; i++)
		for (struct file *file = TAILQ_FIRST(&f->list[timed[i]]), *next; file != NULL;
			file = next) {
			struct look l = { .there = false };
			next = TAILQ_NEXT(file, link);
			if (file->due > now)
				continue;
			look(arg, file, &l);
			judge_look(f, file, &l, now);
		}
}

size_t files_take(struct files *f, struct file **out, size_t most, uint64_t bytes)
{
	size_t n = 0;
	uint64_t sum = 0;
	for (struct file *file = TAILQ_FIRST(&f->list[FILE_READY]), *next; file != NULL && n < most;
		file = next) {
		next = TAILQ_NEXT(file, link);
		if (n != 0 &&
			(file->dock != out[0]->dock || file->alone || out[0]->alone ||
				sum + file->stamp.size > bytes))
			continue;
		sum += file->stamp.size;
		out[n++] = file;
		file->gone = false;
		move_to_state(f, file, FILE_RUNNING);
	}
	return n;
}

static int64_t doubled_wait(int64_t first, unsigned times, int64_t most)
{
	while (times-- != 0 && first < most)
		first *= 2;
	return first < most ? first : most;
}

static bool texts_equal(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

static bool move_to_trouble(
	struct files *f, struct file *file, const struct verdict *v, int64_t now, int64_t wall)
{
	bool failed = v->outcome == OUTCOME_FAILED,
	     news = !texts_equal(file->status, v->status) || !texts_equal(file->reason, v->reason);
	int64_t first = failed && FAILED_MS < f->retry_ms ? FAILED_MS : f->retry_ms;
	file->due = now +
		doubled_wait(first, file->tries++, failed ? FAILED_MOST_MS : RETRY_MOST_MS);
	if (news)
		file->since = wall;
	set_trouble(file, v);
	move_to_state(f, file, FILE_TROUBLE);
	return news;
}

bool files_verdict(
	struct files *f, struct file *file, const struct verdict *v, int64_t now, int64_t wall)
{
	bool news = true;
	if (v->outcome != OUTCOME_UNANSWERED)
		file->alone = false;
	if (file->gone) {
		drop_file(f, file);
	} else if (file->touched || v->outcome == OUTCOME_CHANGED) {
		wait_quiet(f, file, now);
		news = false;
	} else if (v->outcome == OUTCOME_DONE) {
		set_trouble(file, NULL);
		file->tries = 0;
		move_to_state(f, file, FILE_DONE);
	} else if (v->outcome == OUTCOME_UNANSWERED) {
		file->alone = true;
		move_to_state(f, file, FILE_READY);
		news = false;
	} else {
		news = move_to_trouble(f, file, v, now, wall);
	}
	return news;
}

void files_retry(struct files *f, bool failed, int64_t now)
{
	struct file *file;
	TAILQ_FOREACH(file, &f->list[FILE_TROUBLE], link)
		if (!failed || texts_equal(file->status, "failed")) {
			file->tries = 0;
			file->due = now;
		}
}

void files_again(struct files *f, int64_t now)
{
	while (TAILQ_EMPTY(&f->list[FILE_DONE]) == 0)
		wait_quiet(f, TAILQ_FIRST(&f->list[FILE_DONE]), now);
}
