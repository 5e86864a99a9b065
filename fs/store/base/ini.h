/*
 * Reads text in the INI form, strictly:
 *
 *   [section]
 *   key = value        ; a comment, behind a blank
 *     value            an indented line is one more value of the key above it
 *   key: value
 *   # or ; at its beginning make a line a comment
 *
 * A line may be of any length.  Blanks around sections' names, keys and values do not count, except
 * inside the brackets; nor does a byte order mark at the beginning, or a CR at a line's end.  A
 * heading begins with its line, and nothing but a comment may follow it there.
 */
#ifndef FS_STORE_BASE_INI_H
#define FS_STORE_BASE_INI_H

#include <stdbool.h>
#include <stddef.h>

/* The strings are valid until the callback returns. */
struct ini_line {
	int number;          /* from 1 */
	const char *section; /* "" above the first heading; NULL: the line can't be read */
	const char *key;     /* NULL: the line is the section's heading; or with the section */
	const char *value;   /* NULL with the key */
};

/* Takes a heading, a value, or a line that can't be read.  False ends the reading. */
typedef bool (*ini_take)(void *arg, const struct ini_line *line);

/*
 * Calls `take` for each heading and value, in order, and for each line that can't be read: one with
 * NUL bytes, with a heading that is indented or not ended, or without '=' and ':'.  What follows
 * such a line is read as if the line were not there.  0; ECANCELED: take() ended it; ENOMEM.
 */
int ini_read(const char *text, size_t len, ini_take take, void *arg);

#endif
