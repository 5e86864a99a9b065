/*
 * What people see: lines, tables, times, sizes, and JSON.
 *
 * Text from a store may hold anything.  Everything that is printed here has its control and
 * formatting characters written as \u{…} and bytes that are not UTF-8 as \x.., so that a store
 * cannot send commands to a terminal.  When memory runs out, the program ends (status 2).
 */
#ifndef TOOLS_TEXT_RENDER_H
#define TOOLS_TEXT_RENDER_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* asprintf() that never fails; the caller frees. */
char *render_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *render_format_args(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));

/* The text made safe to print; the caller frees.  NULL counts as "". */
char *render_safe(const char *text);

/* The columns that safe text takes on a terminal; a Chinese character takes two. */
size_t render_width(const char *text);

/* Prints one line, made safe to print, and a newline. */
void render_line(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A table.  A cell is set by its column and taken over (malloc'd; a cell that is not set is empty);
 * _row ends the row.  _flush prints the rows so far: a long list is printed page by page, and its
 * columns only grow wider.  headers: translated, or NULL for none.  right: bits of the columns that
 * are right-aligned.
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
 * "2023-03-14T09:30:12.000+08:00" → "2023-03-14 09:30:12", and with zone " +08:00" after it.  Other
 * text is given back unchanged, NULL for NULL.  Malloc'd.
 */
char *render_time(const char *instant, bool zone);

/* "812 bytes", "1.4 MiB".  Malloc'd. */
char *render_size(uint64_t bytes);

/* Prints a JSON document on one line; DEL and C1 controls are escaped as well. */
void render_json(FILE *f, const json_t *value);

#endif
