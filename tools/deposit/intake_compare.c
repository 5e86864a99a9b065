/* Whether the store, or this run, has a file already. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/i18n.h"
#include "policy/reason.h"
#include "tools/deposit/intake_private.h"
#include "tools/deposit/kinds.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

static const char name_taken[] = N_(
	"the name is taken there by a file with other content; nothing was changed");

/*
 * Whether the item at a path has the file's content, which the store is asked for.  May settle the
 * file.
 */
static bool is_same(struct intake *in, struct intake_file *f, int from, const char *path,
	struct intake_held *held)
{
	intake_held(in, path, (uint64_t)f->st.st_size, held);
	f->item = held->item;
	if (held->receiving)
		intake_settle_as(in, f, INTAKE_FAILED, "unconfirmed",
			_("somebody is copying a file of that name there just now; try again "
			  "later"));
	else if (held->item != 0 && held->size == f->st.st_size &&
		(*held->sha256 == '\0' || *held->sm3 == '\0'))
		intake_settle_as(in, f, INTAKE_FAILED, "unconfirmed",
			_("the name is taken there, and its digest is not computed yet; try again "
			  "later"));
	else if (held->item != 0 && held->size == f->st.st_size && intake_hash(in, f, from))
		return strcmp(held->sha256, f->sha256) == 0 && strcmp(held->sm3, f->sm3) == 0;
	return false;
}

/* Whether it really has, by the digests of both. */
static bool is_same_source(
	struct intake *in, struct intake_file *f, int from, struct intake_file *earlier)
{
	int other = intake_is_alike(f, earlier) ? intake_open_source(earlier) : -1;
	bool same = other >= 0 && !intake_has_changed(earlier, other) &&
		intake_hash(in, earlier, other) && intake_hash(in, f, from) &&
		strcmp(earlier->sha256, f->sha256) == 0 && strcmp(earlier->sm3, f->sm3) == 0;
	if (other >= 0)
		close(other);
	return same;
}

/* Settles the file as a duplicate of what is at `path`, which is taken over. */
static void settle_duplicate(struct intake *in, struct intake_file *f, char *path)
{
	free(f->path);
	f->path = path;
	intake_settle_as(in, f, INTAKE_DUPLICATE, NULL, NULL);
}

void intake_compare(struct intake *in, struct intake_file *f, int from)
{
	struct intake_held held;
	if (is_same(in, f, from, f->path, &held))
		settle_duplicate(in, f, render_format("%s", f->path));
	else if (f->status == INTAKE_PLANNED) {
		/* the finding names what was not taken by its digest */
		if (f->item != 0 && !in->dry_run && intake_hash(in, f, from))
			kinds_report(in->control, "name-conflict", f->path, f->sha256);
		if (f->status != INTAKE_PLANNED)
			return;
		intake_settle_as(in, f, INTAKE_REFUSED, reason_name(REASON_NAME_TAKEN),
			f->item != 0 ? _(name_taken) : _(reason_text(REASON_NAME_TAKEN)));
	}
}

/*
 * Whether a file in the store may have the same content: the same size, a name that says as much,
 * and no digest that differs.
 */
static bool is_alike(const struct intake_file *f, const json_t *row)
{
	const char *sha256 = get_text(row, "sha256");
	return f->st.st_size != 0 && get_number(row, "size", -1) == f->st.st_size &&
		name_important(get_text(row, "name")) == name_important(f->place.name) &&
		!(sha256 != NULL && *f->sha256 != '\0' && strcmp(sha256, f->sha256) != 0);
}

bool intake_is_there_otherwise(struct intake *in, struct intake_file *f, int from)
{
	size_t i, date = (size_t)(strrchr(f->folder, '/') - f->folder);
	json_t *row;
	json_array_foreach(intake_day(in, f), i, row) {
		struct intake_held held;
		long long earlier = get_number(row, "file", -1);
		char *path;
		if (!is_alike(f, row) || (earlier >= 0 && !intake_is_alike(f, &in->file[earlier])))
			continue;
		path = render_format("%.*s/%s/%s", (int)date, f->folder, get_text(row, "case"),
			get_text(row, "name"));
		if (is_same(in, f, from, path, &held)) {
			settle_duplicate(in, f, path);
			return true;
		}
		free(path);
		if (f->status != INTAKE_PLANNED)
			return true;
		/* asked for once */
		if (*held.sha256 != '\0')
			json_object_set_new(row, "sha256", json_string(held.sha256));
	}
	f->item = 0;
	return false;
}

void intake_meet_planned(struct intake *in, struct intake_file *f, int from)
{
	size_t date = (size_t)(strrchr(f->folder, '/') - f->folder);
	for (struct intake_file *g = in->file; g < f && f->status == INTAKE_PLANNED; g++) {
		bool place = g->status == INTAKE_PLANNED && strcmp(g->path, f->path) == 0;
		bool day = g->status == INTAKE_PLANNED && in->folder == NULL &&
			f->st.st_size != 0 && strncmp(g->path, f->path, date + 1) == 0 &&
			name_important(g->place.name) == name_important(f->place.name);
		if ((place || day) && is_same_source(in, f, from, g))
			settle_duplicate(in, f, render_format("%s", g->path));
		else if (place && f->status == INTAKE_PLANNED)
			intake_settle_as(in, f, INTAKE_REFUSED, reason_name(REASON_NAME_TAKEN),
				_(name_taken));
	}
}
