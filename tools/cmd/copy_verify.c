/*
 * custody copy verify: reads a medium again and compares every digest.  The tool reads, not the
 * daemon: the medium is with the user.
 */
#include "tools/cmd/copy_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/store/base/digest.h"
#include "fs/store/base/i18n.h"
#include "tools/control/locate.h"
#include "tools/text/get.h"
#include "tools/text/output.h"
#include "tools/text/progress.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

#define PIECE (1 << 20)
#define REPORTED_MOST 4000 /* items of each kind that one report names: a request has a limit */

enum fate { MISSING, FOUND, DAMAGED };

struct wanted {
	long long item;
	char *path, *name;
	long long size;
	bool disposed;
	char sha256[HASH_HEX], sm3[HASH_HEX];
	enum fate fate;
	char *file; /* where it was found, or the file that seems to be its damaged copy */
};

struct reading {
	struct control *control;
	struct progress progress;
	const char *medium;
	struct wanted *wanted;
	size_t count, room;
	char *buffer;
	uint64_t total, done, files;
	json_t *strange; /* files that match no digest: {file,size}; at the end, those that do not
			    belong here */
};

static int add_wanted(void *arg, const json_t *row)
{
	struct reading *r = arg;
	const char *sha = get_text(row, "sha256"), *sm3 = get_text(row, "sm3");
	struct wanted *w;
	if (r->count == r->room) {
		size_t room = r->room != 0 ? r->room * 2 : 256;
		struct wanted *more = realloc(r->wanted, room * sizeof *more);
		if (more == NULL)
			return STATUS_UNREACHABLE;
		r->wanted = more;
		r->room = room;
	}
	w = &r->wanted[r->count++];
	*w = (struct wanted){ .item = get_number(row, "item", 0),
		.path = get_copy(row, "path"),
		.name = get_copy(row, "name"),
		.size = get_number(row, "size", -1),
		.disposed = get_true(row, "disposed") };
	snprintf(w->sha256, sizeof w->sha256, "%s", sha != NULL ? sha : "");
	snprintf(w->sm3, sizeof w->sm3, "%s", sm3 != NULL ? sm3 : "");
	return 0;
}

static int by_digest(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->sha256, ((const struct wanted *)b)->sha256);
}

/* The digests of a file, read from the medium and not from the cache.  0 or an errno. */
static int digest_file(
	struct reading *r, const char *path, char sha256[HASH_HEX], char sm3[HASH_HEX])
{
	uint8_t a[HASH_LEN], b[HASH_LEN];
	struct digest_pair *pair = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	int err;
	if (fd < 0)
		return errno;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	err = digest_pair_new(&pair);
	while (err == 0) {
		ssize_t n = read(fd, r->buffer, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = errno;
		if (n <= 0)
			break;
		digest_pair_update(pair, r->buffer, (size_t)n);
		r->done += (uint64_t)n;
		progress_show(&r->progress, r->done, r->total);
	}
	if (err == 0) {
		digest_pair_final(pair, a, b);
		hash_hex(a, sha256);
		hash_hex(b, sm3);
	}
	digest_pair_free(pair);
	close(fd);
	return err;
}

/*
 * A file's name.  Old discs of Chinese systems have names that are not UTF-8: those are made safe.
 */
static json_t *file_name(const char *path)
{
	json_t *name = json_string(path);
	if (name == NULL) {
		char *safe = render_safe(path);
		name = json_string(safe);
		free(safe);
	}
	return name;
}

static void check_file(struct reading *r, const char *path, int64_t size)
{
	char sha256[HASH_HEX] = "", sm3[HASH_HEX] = "";
	struct wanted key = { .item = 0 }, *w = NULL;
	bool matched = false;
	int err = digest_file(r, path, sha256, sm3);
	r->files++;
	if (err != 0) {
		progress_end(&r->progress);
		output_complain(r->control->out, path, _("could not be read: %s"), i18n_error(err));
	} else {
		memcpy(key.sha256, sha256, sizeof key.sha256);
		w = bsearch(&key, r->wanted, r->count, sizeof *r->wanted, by_digest);
	}
	while (w != NULL && w > r->wanted && strcmp(w[-1].sha256, sha256) == 0)
		w--;
	for (; w != NULL && w < r->wanted + r->count && strcmp(w->sha256, sha256) == 0;
		w++) { /* one file may be the content of several items */
		if (strcmp(w->sm3, sm3) != 0)
			continue;
		matched = true;
		w->fate = FOUND;
		free(w->file);
		w->file = render_format("%s", path);
	}
	if (!matched)
		json_array_append_new(r->strange,
			json_pack("{s:o, s:I}", "file", file_name(path), "size", (json_int_t)size));
}

/* Walks over the files below a folder: adds up their sizes, or checks them.  0 or a status. */
static int walk_medium(struct reading *r, const char *folder, bool check)
{
	char *const roots[] = { (char *)folder, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	FTSENT *f;
	int status = 0;
	if (fts == NULL) {
		output_complain(r->control->out, folder, "%s", i18n_error(errno));
		return STATUS_UNREACHABLE;
	}
	while ((f = fts_read(fts)) != NULL) {
		if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS) {
			if (!check || f->fts_level == FTS_ROOTLEVEL)
				output_complain(r->control->out, f->fts_path,
					_("could not be read: %s"), i18n_error(f->fts_errno));
			status = f->fts_level == FTS_ROOTLEVEL ? STATUS_UNREACHABLE : status;
		}
		if (f->fts_info != FTS_F)
			continue;
		if (check)
			check_file(r, f->fts_path, f->fts_statp->st_size);
		else
			r->total += (uint64_t)f->fts_statp->st_size;
	}
	fts_close(fts);
	return status;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

/* An item that was not found and has that name or, where name is NULL, that size. */
static struct wanted *find_missing(struct reading *r, const char *name, long long size)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->wanted[i].fate == MISSING && !r->wanted[i].disposed &&
			(name != NULL ? r->wanted[i].name != NULL &&
						strcmp(r->wanted[i].name, name) == 0
				      : r->wanted[i].size == size))
			return &r->wanted[i];
	return NULL;
}

/*
 * A file that has an item's name or size, but not its content, is taken for its damaged copy.  All
 * other files do not belong on the medium.
 */
static void sort_strange(struct reading *r)
{
	for (int pass = 0; pass < 2; pass++) {
		json_t *left = json_array(), *one;
		size_t i;
		json_array_foreach(r->strange, i, one) {
			const char *file = get_text(one, "file");
			struct wanted *w = find_missing(r,
				pass == 0 && file != NULL ? last_part(file) : NULL,
				get_number(one, "size", -1));
			if (w != NULL && (pass == 1 || file != NULL)) {
				w->fate = DAMAGED;
				w->file = file != NULL ? render_format("%s", file) : NULL;
			} else
				json_array_append(left, one);
		}
		json_decref(r->strange);
		r->strange = left;
	}
}

static size_t count_of(const struct reading *r, enum fate fate)
{
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++)
		n += r->wanted[i].fate == fate && !(fate == MISSING && r->wanted[i].disposed);
	return n;
}

static json_t *numbers_of(const struct reading *r, enum fate fate)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->count && json_array_size(list) < REPORTED_MOST; i++)
		if (r->wanted[i].fate == fate && !(fate == MISSING && r->wanted[i].disposed))
			json_array_append_new(list, json_integer(r->wanted[i].item));
	return list;
}

/* Puts the result on the ledger. */
static int report_result(struct reading *r)
{
	json_t *answer = NULL;
	json_t *request = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "do",
		"copy.verified", "medium", r->medium, "files", (json_int_t)r->files, "extra",
		(json_int_t)json_array_size(r->strange), "missing_count",
		(json_int_t)count_of(r, MISSING), "damaged_count", (json_int_t)count_of(r, DAMAGED),
		"missing", numbers_of(r, MISSING), "damaged", numbers_of(r, DAMAGED));
	int status = control_ask(r->control, request, r->medium, &answer);
	json_decref(answer);
	return status;
}

static json_t *rows_of(const struct reading *r, enum fate fate)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < r->count; i++)
		if (r->wanted[i].fate == fate && !(fate == MISSING && r->wanted[i].disposed))
			json_array_append_new(rows,
				json_pack("{s:I, s:s?, s:s?}", "item",
					(json_int_t)r->wanted[i].item, "path", r->wanted[i].path,
					"file", r->wanted[i].file));
	return rows;
}

static void print_items(const struct reading *r, enum fate fate, const char *format)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct wanted *w = &r->wanted[i];
		if (w->fate == fate && !(fate == MISSING && w->disposed))
			render_line(stdout, format, w->item, w->path != NULL ? w->path : w->name,
				w->file != NULL ? w->file : "");
	}
}

static void print_result(const struct reading *r, bool passed)
{
	size_t found = count_of(r, FOUND), missing = count_of(r, MISSING),
	       damaged = count_of(r, DAMAGED);
	const json_t *one;
	size_t i;
	print_items(r, DAMAGED, _("item %lld, %s: DAMAGED on the medium (%s)"));
	print_items(r, MISSING, _("item %lld, %s: MISSING on the medium%s"));
	json_array_foreach(r->strange, i, one)
		render_line(stdout, _("%s: not registered as being on this medium"),
			get_text(one, "file") != NULL ? get_text(one, "file") : "?");
	for (i = 0; i < r->count; i++)
		if (r->wanted[i].disposed && r->wanted[i].fate == FOUND)
			render_line(stdout,
				_("item %lld was disposed of, and its copy is still on the medium "
				  "(%s)"),
				r->wanted[i].item, r->wanted[i].file);
	render_line(stdout, _("%s: %zu found, %zu missing, %zu damaged, %zu other files"),
		r->medium, found, missing, damaged, json_array_size(r->strange));
	render_line(stdout, "%s",
		passed ? _("Every copy is intact.")
		       : _("The medium does NOT have everything that was registered: make a new "
			   "copy."));
}

static void print_document(const struct reading *r, bool passed)
{
	json_t *document = json_pack("{s:b, s:s, s:I, s:I, s:I, s:o, s:o, s:O}", "ok", passed,
		"medium", r->medium, "files", (json_int_t)r->files, "bytes", (json_int_t)r->done,
		"found", (json_int_t)count_of(r, FOUND), "missing", rows_of(r, MISSING), "damaged",
		rows_of(r, DAMAGED), "extra", r->strange);
	output_json(r->control->out, document);
	json_decref(document);
}

/* A store compared with itself proves nothing. */
static bool is_outside(const struct reading *r, const char *folder)
{
	char *path = locate_canonical(folder);
	size_t len = strlen(r->control->mount);
	bool inside = path != NULL && strncmp(path, r->control->mount, len) == 0 &&
		(path[len] == '\0' || path[len] == '/');
	if (path == NULL)
		output_complain(r->control->out, folder, "%s", i18n_error(errno));
	else if (inside)
		output_complain(r->control->out, folder, "%s",
			_("this is the store itself; name the folder where the medium is mounted"));
	free(path);
	return path != NULL && !inside;
}

static int verify_medium(struct reading *r, const char *folder)
{
	struct control_pager pager = { add_wanted, NULL, r };
	int status = is_outside(r, folder) ? 0 : STATUS_UNREACHABLE;
	bool passed;
	if (status == 0)
		status = control_each(r->control,
			json_pack("{s:s, s:s, s:i}", "do", "copy.items", "medium", r->medium,
				"limit", 1000),
			r->medium, &pager);
	if (status == 0)
		status = walk_medium(r, folder, false);
	if (status != 0)
		return status;
	qsort(r->wanted, r->count, sizeof *r->wanted, by_digest);
	progress_begin(&r->progress, _("reading the medium"), true);
	status = walk_medium(r, folder, true);
	progress_end(&r->progress);
	if (status != 0)
		return status;
	sort_strange(r);
	passed = count_of(r, MISSING) == 0 && count_of(r, DAMAGED) == 0;
	status = report_result(r);
	if (status != 0)
		return status;
	if (r->control->json)
		print_document(r, passed);
	else
		print_result(r, passed);
	return passed ? STATUS_DONE : STATUS_REFUSED;
}

int copy_verify(struct control *c, const struct options *o)
{
	struct reading r = {
		.control = c, .medium = o->argv[0], .buffer = malloc(PIECE), .strange = json_array()
	};
	int status = STATUS_UNREACHABLE;
	if (r.buffer != NULL)
		status = verify_medium(&r, o->argv[1]);
	for (size_t i = 0; i < r.count; i++) {
		free(r.wanted[i].path);
		free(r.wanted[i].name);
		free(r.wanted[i].file);
	}
	free(r.wanted);
	free(r.buffer);
	json_decref(r.strange);
	return status;
}
