/*
 * Finds what is to be deposited: the files that were named, and those below the folders that were
 * named.
 */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fs/store/base/i18n.h"
#include "policy/litter.h"
#include "tools/deposit/intake.h"
#include "tools/text/render.h"

/*
 * Files that systems leave on cards and disks, in addition to those that the store never takes, and
 * names of copies that are still being written.
 */
static const char *const litter[] = { "LOST.DIR", "FOUND.000", "lost+found", "autorun.inf", NULL };
static const char *const unfinished[] = { ".part", ".partial", ".tmp", ".temp", ".filepart",
	".crdownload", ".download", NULL };

static bool is_among(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcasecmp(*list, name) == 0)
			return true;
	return false;
}

static bool passed_over(const char *name)
{
	const char *dot = strrchr(name, '.');
	return *name == '.' || name[strlen(name) - 1] == '~' || litter_name(name) ||
		is_among(litter, name) || (dot != NULL && is_among(unfinished, dot));
}

static struct intake_file *add_file(struct intake *in, const char *source, const struct stat *st)
{
	if (in->files == in->room) {
		size_t room = in->room != 0 ? in->room * 2 : 64;
		struct intake_file *more = realloc(in->file, room * sizeof *more);
		if (more == NULL)
			return NULL;
		in->file = more;
		in->room = room;
	}
	in->file[in->files] = (struct intake_file){ .source = render_format("%s", source),
		.closed = -1,
		.sealed = -1,
		.place = { .day = DAY_NONE, .sequence = -1 } };
	if (st != NULL) {
		in->file[in->files].st = *st;
		in->file[in->files].size = (uint64_t)st->st_size;
	}
	return &in->file[in->files++];
}

static void add_failed(struct intake *in, const char *source, enum intake_status status,
	const char *reason, const char *sentence)
{
	struct intake_file *f = add_file(in, source, NULL);
	if (f != NULL)
		intake_settle(in, f, status, reason, render_format("%s", sentence));
}

/* Takes in one entry of the walk through a folder. */
static void meet_entry(struct intake *in, FTS *walk, FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_D:
		if (e->fts_level > FTS_ROOTLEVEL &&
			(passed_over(e->fts_name) || e->fts_dev == in->mount)) {
			fts_set(walk, e, FTS_SKIP);
			in->passed_over++;
		}
		break;
	case FTS_F:
		if (passed_over(e->fts_name))
			in->passed_over++;
		else
			add_file(in, e->fts_path, e->fts_statp);
		break;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		add_failed(in, e->fts_path, INTAKE_FAILED, "read-error", i18n_error(e->fts_errno));
		break;
	case FTS_DP:
		break;
	default:
		in->passed_over++;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void walk_folder(struct intake *in, const char *source)
{
	char *copy = render_format("%s", source), *roots[] = { copy, NULL };
	FTS *walk;
	FTSENT *e;
	for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	errno = 0;
	while (walk != NULL && (e = fts_read(walk)) != NULL)
		meet_entry(in, walk, e);
	if (errno != 0)
		add_failed(in, source, INTAKE_FAILED, "read-error", i18n_error(errno));
	if (walk != NULL)
		fts_close(walk);
	free(copy);
}

void intake_find(struct intake *in, const char *source)
{
	struct stat st;
	if (stat(source, &st) != 0)
		add_failed(in, source, INTAKE_FAILED, "read-error", i18n_error(errno));
	else if (st.st_dev == in->mount)
		add_failed(in, source, INTAKE_REFUSED, "in-store",
			_("this is in the store already; name the files to deposit"));
	else if (S_ISREG(st.st_mode))
		add_file(in, source, &st);
	else if (!S_ISDIR(st.st_mode))
		add_failed(in, source, INTAKE_UNPLACED, "not-a-file",
			_("this is neither a file nor a folder"));
	else if (in->folder != NULL)
		add_failed(in, source, INTAKE_UNPLACED, "not-a-file",
			_("this is not a file; folders are not deposited whole"));
	else
		walk_folder(in, source);
}
