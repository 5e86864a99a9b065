/*
 * What people see: lines, tables, times, sizes, and JSON.  Text from a store may hold anything that
 * is valid UTF-8, or worse: everything printed here has its control and formatting characters
 * written out as \u{…} and its stray bytes as \x.., so that none reaches a terminal raw. Running
 * out of memory ends the program (status 2).
 */
#ifndef TOOLS_TEXT_RENDER_H
#define TOOLS_TEXT_RENDER_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* asprintf that always gives a string; the caller frees. */
char *render_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *render_vformat(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));

/* The text made safe to print; the caller frees.  NULL counts as "". */
char *render_safe(const char *text);

/* The columns that safe text takes on a terminal; a Chinese character takes two. */
size_t render_width(const char *text);

/* One line, made safe, with its newline. */
void render_line(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A table.  Cells are set by column (taken over, malloc'd; an unset one is empty), a row is ended
 * with _row.  _flush prints the rows gathered so far: a long list is printed a page at a time, and
 * columns only ever grow wider.  headers: translated, or NULL for none.  right: bits of
 * right-aligned columns.
 */
struct render_table;
struct render_table *render_table_new(size_t columns, const char *const *headers, unsigned right);
void render_table_set(struct render_table *t, size_t column, char *cell);
void render_table_row(struct render_table *t);
void render_table_flush(struct render_table *t, FILE *f);
void render_table_free(
	struct render_table *t, FILE *f); /* prints what is left first; f NULL: prints nothing */

/* A row of label and value for a table of two columns; a NULL value adds no row. */
void render_field(struct render_table *t, const char *label, char *value);

/*
 * "2023-03-14T09:30:12.000+08:00" → "2023-03-14 09:30:12", with " +08:00" behind it if zone.  Other
 * text as it is; NULL gives NULL.  Malloc'd.
 */
char *render_time(const char *instant, bool zone);

/* "812 bytes", "1.4 MiB".  Malloc'd. */
char *render_size(uint64_t bytes);

/* One JSON document on one line, with its newline; DEL and C1 controls are escaped as well. */
void render_json(FILE *f, const json_t *value);

#endif
