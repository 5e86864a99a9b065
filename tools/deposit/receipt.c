/* The receipt of a deposit. */
#include "tools/deposit/receipt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fs/store/base/i18n.h"
#include "tools/text/file.h"
#include "tools/text/get.h"
#include "tools/text/render.h"

static const char *const statuses[] = {
	[INTAKE_PLANNED] = "planned",
	[INTAKE_COPIED] = "failed",
	[INTAKE_DEPOSITED] = "deposited",
	[INTAKE_DUPLICATE] = "duplicate",
	[INTAKE_REFUSED] = "refused",
	[INTAKE_UNPLACED] = "unplaced",
	[INTAKE_FAILED] = "failed",
};
static const char *const froms[] = {
	[FROM_NAME] = "name", [FROM_FOLDER] = "folder", [FROM_MTIME] = "mtime"
};

static bool is_fine(const struct intake_file *f)
{
	return f->status == INTAKE_DEPOSITED || f->status == INTAKE_DUPLICATE ||
		f->status == INTAKE_PLANNED;
}

bool receipt_ok(const struct intake *in)
{
	for (size_t i = 0; i < in->files; i++)
		if (!is_fine(&in->file[i]) || (in->clear && !in->dry_run && !in->file[i].cleared))
			return false;
	return true;
}

/* Text as JSON; made safe where it is not UTF-8; null for NULL and "". */
static json_t *text_json(const char *text)
{
	json_t *j = text != NULL && *text != '\0' ? json_string(text) : NULL;
	char *safe;
	if (j != NULL || text == NULL || *text == '\0')
		return j != NULL ? j : json_null();
	safe = render_safe(text);
	j = json_string(safe);
	free(safe);
	return j;
}

static json_t *number_json(long long n, long long none)
{
	return n != none ? json_integer(n) : json_null();
}

static json_t *day_json(int32_t day)
{
	char text[DAY_TEXT];
	day_format(day, text);
	return day != DAY_NONE ? json_string(text) : json_null();
}

/* The outcome in one word, as the form with one folder has it. */
static const char *result_of(const struct intake_file *f)
{
	static const char *const own[] = { "unconfirmed", "mismatch" };
	for (size_t i = 0; f->reason != NULL && i < sizeof own / sizeof own[0]; i++)
		if (strcmp(f->reason, own[i]) == 0)
			return own[i];
	if (f->reason != NULL && strcmp(f->reason, "name-taken") == 0)
		return "conflict";
	return is_fine(f) ? statuses[f->status] : "failed";
}

static json_t *ledger_json(const struct intake_file *f)
{
	if (f->sealed < 0)
		return json_null();
	return json_pack("{s:I, s:o, s:o}", "seq", (json_int_t)f->sealed, "time",
		text_json(f->sealed_at), "close", number_json(f->closed, -1));
}

static json_t *file_json(const struct intake *in, const struct intake_file *f)
{
	const char *slash = f->folder != NULL ? strrchr(f->folder, '/') : NULL;
	json_t *j = json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "source",
		text_json(f->source), "status", statuses[f->status], "reason", text_json(f->reason),
		"text", text_json(f->text), "path", text_json(f->path), "item",
		number_json(f->item, 0), "size", (json_int_t)f->size, "sha256",
		text_json(f->sha256), "sm3", text_json(f->sm3));
	json_t *origin = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:b, s:o, s:o, s:b}",
		"unit", text_json(f->unit), "device", text_json(f->place.device), "officer",
		text_json(f->place.officer), "recorded_on", day_json(f->place.day), "case",
		text_json(f->unit != NULL && slash != NULL ? slash + 1 : NULL), "sequence",
		number_json(f->place.sequence, -1), "important", f->place.important, "date_from",
		text_json(froms[f->place.day_from]), "differs", f->place.differs, "content",
		text_json(f->mismatch), "ledger", ledger_json(f), "cleared", f->cleared);
	json_object_update(j, origin);
	json_decref(origin);
	if (in->folder != NULL)
		json_object_set_new(j, "result", json_string(result_of(f)));
	return j;
}

static uint64_t count_files(const struct intake *in, enum intake_status status, uint64_t *bytes)
{
	uint64_t n = 0;
	*bytes = 0;
	for (size_t i = 0; i < in->files; i++)
		if (in->file[i].status == status) {
			n++;
			*bytes += in->file[i].size;
		}
	return n;
}

static json_t *totals_json(const struct intake *in)
{
	json_t *totals = json_pack("{s:I}", "files", (json_int_t)in->files);
	uint64_t bytes = 0, cleared = 0, some;
	for (size_t i = 0; i < in->files; i++) {
		bytes += in->file[i].size;
		cleared += in->file[i].cleared;
	}
	json_object_set_new(totals, "bytes", json_integer((json_int_t)bytes));
	json_object_set_new(totals, "cleared", json_integer((json_int_t)cleared));
	for (int s = 0; s < INTAKE_STATUSES; s++)
		if (s != INTAKE_COPIED)
			json_object_set_new(totals, statuses[s],
				json_integer(
					(json_int_t)count_files(in, (enum intake_status)s, &some)));
	return totals;
}

static json_t *gaps_json(const struct intake *in)
{
	json_t *gaps = json_array();
	for (size_t i = 0; i < in->gaps; i++)
		json_array_append_new(gaps,
			json_pack("{s:o, s:o, s:I, s:I}", "device",
				text_json(in->gap[i].of->place.device), "day",
				day_json(in->gap[i].of->place.day), "from",
				(json_int_t)in->gap[i].gap.from, "to",
				(json_int_t)in->gap[i].gap.to));
	return gaps;
}

json_t *receipt_json(const struct intake *in)
{
	const json_t *you = json_object_get(in->status, "you");
	json_t *files = json_array();
	for (size_t i = 0; i < in->files; i++)
		json_array_append_new(files, file_json(in, &in->file[i]));
	return json_pack("{s:b, s:b, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:I, s:o, s:o}", "ok",
		receipt_ok(in), "dry_run", in->dry_run, "store",
		text_json(get_text(json_object_get(in->status, "store"), "uuid")), "time",
		text_json(in->ended), "depositor", "number", text_json(get_text(you, "number")),
		"name", text_json(get_text(you, "name")), "files", files, "gaps", gaps_json(in),
		"passed_over", (json_int_t)in->passed_over, "totals", totals_json(in), "checkpoint",
		text_json(in->checkpoint));
}

static void head_text(FILE *f, const struct intake *in)
{
	const json_t *you = json_object_get(in->status, "you");
	const char *name = get_text(you, "name"), *number = get_text(you, "number");
	struct render_table *t = render_table_new(2, NULL, 0);
	render_line(f, "%s",
		in->dry_run ? _("WHAT A DEPOSIT WOULD DO (nothing was changed)")
			    : _("RECEIPT OF A DEPOSIT"));
	render_line(f, "%s", "");
	render_field(t, _("Store"), get_copy(json_object_get(in->status, "store"), "uuid"));
	render_field(t, _("Time"), render_time(in->ended, true));
	render_field(t, _("Deposited by"),
		render_format("%s (%s)", name != NULL ? name : "?", number != NULL ? number : "?"));
	render_table_free(t, f);
	render_line(f, "%s", "");
}

/* What became of a file, in words. */
static char *outcome_text(const struct intake_file *f)
{
	char *size = render_size(f->size), *text = NULL;

	switch (f->status) {
	case INTAKE_DEPOSITED:
		text = render_format(_("deposited as item %lld, %s"), f->item, size);
		break;
	case INTAKE_DUPLICATE:
		text = f->item != 0
			? render_format(_("a duplicate of item %lld, which is there already, %s"),
				  f->item, size)
			: render_format(_("a duplicate of another file of this run, %s"), size);
		break;
	case INTAKE_PLANNED:
		text = render_format(_("would be deposited, %s"), size);
		break;
	case INTAKE_COPIED:
	case INTAKE_REFUSED:
	case INTAKE_UNPLACED:
	case INTAKE_FAILED:
	case INTAKE_STATUSES:
		text = render_format(
			_("NOT deposited (%s): %s"), size, f->text != NULL ? f->text : "?");
	}
	free(size);
	return text;
}

static const char *day_source(const struct intake_file *f)
{
	if (f->place.day_from == FROM_FOLDER)
		return _("the date is the folder's");
	if (f->place.day_from == FROM_MTIME)
		return _("the date is that of the file's modification time");
	return NULL;
}

static void remarks_text(FILE *out, const struct intake *in, const struct intake_file *f)
{
	if (in->folder == NULL && f->path != NULL && day_source(f) != NULL)
		render_line(out, "      %s", day_source(f));
	if (f->place.differs)
		render_line(out, "      %s",
			_("note: its name and its folders have different devices, officers or "
			  "dates"));
	if (f->mismatch != NULL)
		render_line(out,
			_("      note: the content is %s, which is not what the name says"),
			f->mismatch);
	if (f->place.important)
		render_line(out, "      %s", _("marked as important"));
	if (f->cleared)
		render_line(out, "      %s", _("removed from the source"));
}

static void file_text(FILE *out, const struct intake *in, size_t i)
{
	const struct intake_file *f = &in->file[i];
	char *what = outcome_text(f);
	render_line(out, "%4zu  %s", i + 1, f->source);
	render_line(out, "      %s", what);
	free(what);
	if (f->path != NULL && (is_fine(f) || f->item != 0))
		render_line(out, "      %s", f->path);
	if (f->sealed >= 0) {
		char *time = render_time(f->sealed_at, true);
		render_line(out, _("      ledger entry %lld, %s"), f->sealed,
			time != NULL ? time : "?");
		free(time);
	}
	if (*f->sha256 != '\0')
		render_line(out, "      SHA-256  %s", f->sha256);
	if (*f->sm3 != '\0')
		render_line(out, "      SM3      %s", f->sm3);
	remarks_text(out, in, f);
}

static void count_text(FILE *out, const char *what, uint64_t n, uint64_t bytes)
{
	char *size = render_size(bytes);
	if (n != 0)
		render_line(out,
			ngettext("%s: %llu file, %s", "%s: %llu files, %s", (unsigned long)n), what,
			(unsigned long long)n, size);
	free(size);
}

static void totals_text(FILE *out, const struct intake *in)
{
	uint64_t deposited, duplicate, planned, refused, unplaced, failed, bytes[6];
	deposited = count_files(in, INTAKE_DEPOSITED, &bytes[0]);
	duplicate = count_files(in, INTAKE_DUPLICATE, &bytes[1]);
	planned = count_files(in, INTAKE_PLANNED, &bytes[2]);
	refused = count_files(in, INTAKE_REFUSED, &bytes[3]);
	unplaced = count_files(in, INTAKE_UNPLACED, &bytes[4]);
	failed = count_files(in, INTAKE_FAILED, &bytes[5]);
	render_line(out, "%s", "");
	count_text(out, _("Newly deposited"), deposited, bytes[0]);
	count_text(out, _("There already"), duplicate, bytes[1]);
	count_text(out, _("To be deposited"), planned, bytes[2]);
	count_text(out, _("NOT deposited"), refused + unplaced + failed,
		bytes[3] + bytes[4] + bytes[5]);
	if (in->files == 0)
		render_line(out, "%s", _("There was nothing to deposit."));
	if (in->passed_over != 0)
		render_line(out,
			ngettext("Passed over: %zu hidden or unfinished file, link or the like",
				"Passed over: %zu hidden or unfinished files, links and the like",
				in->passed_over),
			in->passed_over);
}

static void gaps_text(FILE *out, const struct intake *in)
{
	for (size_t i = 0; i < in->gaps; i++) {
		const struct intake_gap *g = &in->gap[i];
		char day[DAY_TEXT];
		int digits;
		day_format(g->of->place.day, day);
		digits = g->of->place.digits;
		if (g->gap.from == g->gap.to)
			render_line(out, _("GAP: device %s, %s: number %0*lld is missing"),
				g->of->place.device, day, digits, (long long)g->gap.from);
		else
			render_line(out,
				_("GAP: device %s, %s: numbers %0*lld to %0*lld are missing"),
				g->of->place.device, day, digits, (long long)g->gap.from, digits,
				(long long)g->gap.to);
	}
}

/* The signed head, line by line, and room for two signatures. */
static void foot_text(FILE *out, const struct intake *in)
{
	char *copy = in->checkpoint != NULL ? render_format("%s", in->checkpoint) : NULL,
	     *rest = copy;
	if (in->dry_run)
		return;
	if (copy != NULL) {
		render_line(out, "%s", "");
		render_line(out, "%s",
			_("The ledger's signed head after this deposit.  Keep it: custody ledger "
			  "checkpoint --against shows later whether everything is still there:"));
	}
	for (char *line; rest != NULL && (line = strsep(&rest, "\n")) != NULL;)
		if (rest != NULL || *line != '\0')
			render_line(out, "%s%s", *line != '\0' ? "    " : "", line);
	free(copy);
	render_line(out, "%s", "");
	render_line(out, "%s",
		_("Depositor: ____________________    Received by: ____________________"));
}

void receipt_text(FILE *out, const struct intake *in)
{
	head_text(out, in);
	for (size_t i = 0; i < in->files; i++)
		file_text(out, in, i);
	totals_text(out, in);
	gaps_text(out, in);
	foot_text(out, in);
}

int receipt_write(const char *path, const struct intake *in)
{
	size_t len = strlen(path), size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	int err;
	if (f == NULL)
		return errno;
	if (len > 5 && strcasecmp(path + len - 5, ".json") == 0) {
		json_t *document = receipt_json(in);
		render_json(f, document);
		json_decref(document);
	} else {
		receipt_text(f, in);
	}
	err = fclose(f) != 0 ? errno : file_write(path, text);
	free(text);
	return err;
}
