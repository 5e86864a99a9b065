/* What the store already has for a day, and which numbers are missing. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/deposit/intake.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

static bool knows_nothing(void *arg, const char *word)
{
	(void)arg;
	(void)word;
	return false;
}

static long long sequence_of(const char *name)
{
	const struct recording_register reg = { knows_nothing, knows_nothing, NULL };
	struct recording r;
	(void)recording_of_name(name, &reg, &r);
	return r.sequence;
}

/*
 * Calls a function for each name in a folder of the store; a folder that does not exist has none.
 */
typedef void each_name(void *arg, int dir, const char *folder, const char *name);

static void each_in(int parent, const char *folder, each_name *each, void *arg)
{
	int fd = openat(parent, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			each(arg, fd, folder, e->d_name);
	if (dir != NULL)
		closedir(dir);
}

static json_t *row_of(const char *folder, const char *name, long long size)
{
	return json_pack("{s:s, s:s, s:I, s:I}", "case", folder, "name", name, "size",
		(json_int_t)size, "sequence", (json_int_t)sequence_of(name));
}

static void add_item(void *arg, int dir, const char *folder, const char *name)
{
	struct stat st;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		json_array_append_new(arg, row_of(folder, name, st.st_size));
}

static void add_case(void *arg, int dir, const char *folder, const char *name)
{
	(void)folder;
	each_in(dir, name, add_item, arg);
}

/*
 * The rows of a date folder ("by-unit/…/2023-03-14"), which is read once.  NULL, which counts as no
 * rows, when out of memory.
 */
static const json_t *rows_of(struct intake *in, const char *date)
{
	json_t *rows = json_object_get(in->days, date);
	char *path;
	if (rows != NULL)
		return rows;
	path = render_format("%s/%s", in->control->mount, date);
	rows = json_array();
	each_in(AT_FDCWD, path, add_case, rows);
	free(path);
	return json_object_set_new(in->days, date, rows) != 0 ? NULL : rows;
}

const json_t *intake_day(struct intake *in, const struct intake_file *f)
{
	char *date = render_format("%s", f->folder), *slash = strrchr(date, '/');
	const json_t *rows;
	if (slash != NULL)
		*slash = '\0';
	rows = rows_of(in, date);
	free(date);
	return rows;
}

void intake_day_add(struct intake *in, const struct intake_file *f)
{
	char *date = render_format("%s", f->folder), *slash = strrchr(date, '/');
	json_t *rows = NULL;
	if (slash != NULL) {
		*slash = '\0';
		/* Not read yet: reading will find the file */
		rows = json_object_get(in->days, date);
	}
	if (rows != NULL) {
		json_t *row = row_of(slash + 1, f->place.name, (long long)f->size);
		json_object_set_new(row, "file", json_integer(f - in->file));
		json_array_append_new(rows, row);
	}
	free(date);
}

/*
 * The numbers of a device's recordings on one day, from all officers: those in the store and those
 * of the run.
 */
struct numbers {
	struct intake *in;
	const struct intake_file *of;
	int64_t *list;
	size_t n, room;
};

static void add_number(struct numbers *numbers, long long number)
{
	if (number < 0)
		return;
	if (numbers->n == numbers->room) {
		size_t room = numbers->room != 0 ? numbers->room * 2 : 256;
		int64_t *more = realloc(numbers->list, room * sizeof *more);
		if (more == NULL)
			return;
		numbers->list = more;
		numbers->room = room;
	}
	numbers->list[numbers->n++] = number;
}

static void add_officer(void *arg, int dir, const char *folder, const char *name)
{
	struct numbers *numbers = arg;
	char day[DAY_TEXT];
	json_t *row;
	size_t i;
	char *date;
	(void)dir;
	(void)folder;
	day_format(numbers->of->place.day, day);
	date = render_format(
		"by-unit/%s/%s/%s/%s", numbers->of->unit, numbers->of->place.device, name, day);
	json_array_foreach(rows_of(numbers->in, date), i, row)
		add_number(numbers, get_number(row, "sequence", -1));
	free(date);
}

static bool same_day(const struct intake_file *a, const struct intake_file *b)
{
	return a->unit != NULL && b->unit != NULL && a->place.day == b->place.day &&
		strcmp(a->place.device, b->place.device) == 0 && strcmp(a->unit, b->unit) == 0;
}

static void add_gaps(struct intake *in, struct numbers *numbers)
{
	size_t found = recording_gaps(numbers->list, numbers->n, NULL, 0);
	struct recording_gap *gap = found != 0 ? calloc(found, sizeof *gap) : NULL;
	struct intake_gap *more = gap != NULL ? realloc(in->gap, (in->gaps + found) * sizeof *more)
					      : NULL;
	if (more != NULL) {
		in->gap = more;
		recording_gaps(numbers->list, numbers->n, gap, found);
		for (size_t i = 0; i < found; i++)
			in->gap[in->gaps++] = (struct intake_gap){ numbers->of, gap[i] };
	}
	free(gap);
}

void intake_find_gaps(struct intake *in)
{
	bool *seen = calloc(in->files + 1, sizeof *seen);
	for (size_t i = 0; seen != NULL && i < in->files; i++) {
		struct numbers numbers = { .in = in, .of = &in->file[i] };
		char *device;
		if (seen[i] || in->file[i].unit == NULL || in->file[i].place.sequence < 0)
			continue;
		for (size_t j = i; j < in->files; j++)
			if (!seen[j] && same_day(&in->file[i], &in->file[j])) {
				seen[j] = true;
				add_number(&numbers, in->file[j].place.sequence);
			}
		device = render_format("%s/by-unit/%s/%s", in->control->mount, in->file[i].unit,
			in->file[i].place.device);
		each_in(AT_FDCWD, device, add_officer, &numbers);
		add_gaps(in, &numbers);
		free(device);
		free(numbers.list);
	}
	free(seen);
}
