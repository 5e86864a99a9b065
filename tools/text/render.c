/* What people see. */
#include "tools/text/render.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "fs/store/base/i18n.h"
#include "tools/text/status.h"

#define GAP "  " /* between two columns */

static void *check_memory(void *p)
{
	if (p != NULL)
		return p;
	fputs("custody: out of memory\n", stderr);
	exit(STATUS_UNREACHABLE);
}

char *render_format_args(const char *fmt, va_list args)
{
	char *text = NULL;
	return check_memory(vasprintf(&text, fmt, args) < 0 ? NULL : text);
}

char *render_format(const char *fmt, ...)
{
	va_list args;
	char *text;
	va_start(args, fmt);
	text = render_format_args(fmt, args);
	va_end(args);
	return text;
}

/*
 * Whether this character must not reach a terminal: controls, invisible formatting, line
 * separators, lone surrogates.
 */
static bool is_unsafe(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
		category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_ZL ||
		category == UTF8PROC_CATEGORY_ZP;
}

char *render_safe(const char *text)
{
	const char *in = text != NULL ? text : "";
	size_t left = strlen(in);
	/* At most eight bytes from each: DEL → \u{7f} */
	char *out = check_memory(malloc(left * 8 + 1)), *to = out;
	while (left != 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(
			(const utf8proc_uint8_t *)in, (utf8proc_ssize_t)left, &c);
		if (n <= 0) {
			to += sprintf(to, "\\x%02x", (unsigned char)*in);
			n = 1;
		} else if (is_unsafe(c)) {
			to += sprintf(to, "\\u{%x}", (unsigned)c);
		} else {
			memcpy(to, in, (size_t)n);
			to += n;
		}
		in += n;
		left -= (size_t)n;
	}
	*to = '\0';
	return out;
}

size_t render_width(const char *text)
{
	size_t left = strlen(text), width = 0;
	while (left != 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(
			(const utf8proc_uint8_t *)text, (utf8proc_ssize_t)left, &c);
		width += n > 0 ? (size_t)utf8proc_charwidth(c) : 1;
		n = n > 0 ? n : 1;
		text += n;
		left -= (size_t)n;
	}
	return width;
}

static void print_safe(FILE *f, char *text)
{
	char *safe = render_safe(text);
	fprintf(f, "%s\n", safe);
	free(safe);
	free(text);
}

void render_line(FILE *f, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	print_safe(f, render_format_args(fmt, args));
	va_end(args);
}

struct render_table {
	size_t columns;
	unsigned right;
	size_t *width;
	char **cell; /* rows * columns, safe text */
	size_t rows, room;
};

/* The row that is being filled, with room for it. */
static char **current_row(struct render_table *t)
{
	if (t->rows == t->room) {
		size_t room = t->room != 0 ? t->room * 2 : 16;
		t->cell = check_memory(realloc(t->cell, room * t->columns * sizeof *t->cell));
		memset(t->cell + t->room * t->columns, 0,
			(room - t->room) * t->columns * sizeof *t->cell);
		t->room = room;
	}
	return t->cell + t->rows * t->columns;
}

struct render_table *render_table_new(size_t columns, const char *const *headers, unsigned right)
{
	struct render_table *t = check_memory(calloc(1, sizeof *t));
	t->columns = columns;
	t->right = right;
	t->width = check_memory(calloc(columns, sizeof *t->width));
	if (headers != NULL) {
		for (size_t i = 0; i < columns; i++)
			render_table_set(t, i, render_format("%s", headers[i]));
		render_table_row(t);
	}
	return t;
}

void render_table_set(struct render_table *t, size_t column, char *cell)
{
	char **row = current_row(t);
	free(row[column]);
	row[column] = cell != NULL ? render_safe(cell) : NULL;
	free(cell);
}

void render_table_row(struct render_table *t)
{
	char **row = current_row(t);
	for (size_t i = 0; i < t->columns; i++) {
		size_t width = row[i] != NULL ? render_width(row[i]) : 0;
		if (width > t->width[i])
			t->width[i] = width;
	}
	t->rows++;
}

static void print_row(const struct render_table *t, char **row, FILE *f)
{
	size_t owed = 0; /* blanks not yet printed, so that no line ends with one */
	for (size_t i = 0; i < t->columns; i++) {
		const char *cell = row[i] != NULL ? row[i] : "";
		size_t pad = t->width[i] - render_width(cell);
		bool right = (t->right >> i & 1) != 0;
		if (right)
			owed += pad;
		if (*cell != '\0') {
			fprintf(f, "%*s%s", (int)owed, "", cell);
			owed = 0;
		}
		owed += (right ? 0 : pad) + sizeof GAP - 1;
	}
	fputc('\n', f);
}

void render_table_flush(struct render_table *t, FILE *f)
{
	for (size_t r = 0; r < t->rows; r++) {
		char **row = t->cell + r * t->columns;
		if (f != NULL)
			print_row(t, row, f);
		for (size_t i = 0; i < t->columns; i++) {
			free(row[i]);
			row[i] = NULL;
		}
	}
	t->rows = 0;
}

void render_table_free(struct render_table *t, FILE *f)
{
	if (t == NULL)
		return;
	render_table_flush(t, f);
	for (size_t i = 0; t->room != 0 && i < t->columns; i++)
		free(t->cell[i]); /* a row that was begun and not ended */
	free(t->cell);
	free(t->width);
	free(t);
}

void render_field(struct render_table *t, const char *label, char *value)
{
	if (value == NULL)
		return;
	render_table_set(t, 0, render_format("%s", label));
	render_table_set(t, 1, value);
	render_table_row(t);
}

/* Whether text has the form "dddd-dd-ddTdd:dd:dd". */
static bool is_instant(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

char *render_time(const char *instant, bool zone)
{
	const char *z;
	if (instant == NULL)
		return NULL;
	if (!is_instant(instant))
		return render_format("%s", instant);
	z = instant + 19 + strcspn(instant + 19, "Z+-");
	return render_format("%.10s %.8s%s%s", instant, instant + 11, zone && *z != '\0' ? " " : "",
		zone ? z : "");
}

char *render_size(uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double scaled = (double)bytes / 1024;
	size_t unit = 0;
	if (bytes < 1024)
		return render_format(
			ngettext("%u byte", "%u bytes", (unsigned long)bytes), (unsigned)bytes);
	while (scaled >= 1023.95 && unit + 1 < sizeof units / sizeof units[0]) {
		scaled /= 1024;
		unit++;
	}
	return render_format("%.1f %s", scaled, units[unit]);
}

/*
 * Passes JSON text on, with DEL and U+0080 to U+009F (C2 80 to C2 9F) escaped.  The text comes in
 * pieces: a C2 at the end of one is held back until the next.
 */
struct json_out {
	FILE *f;
	bool held;
};

static int json_piece(const char *buffer, size_t size, void *arg)
{
	struct json_out *o = arg;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)buffer[i];
		if (o->held) {
			o->held = false;
			if (c < 0xa0) {
				fprintf(o->f, "\\u%04x", c);
				continue;
			}
			putc(0xc2, o->f);
		}
		if (c == 0xc2)
			o->held = true;
		else if (c == 0x7f)
			fputs("\\u007f", o->f);
		else
			putc(c, o->f);
	}
	return 0;
}

void render_json(FILE *f, const json_t *value)
{
	struct json_out out = { f, false };
	json_dump_callback(value, json_piece, &out, JSON_COMPACT | JSON_ENCODE_ANY);
	putc('\n', f);
}
