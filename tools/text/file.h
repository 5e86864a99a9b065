/* Whole small files. */
#ifndef TOOLS_TEXT_FILE_H
#define TOOLS_TEXT_FILE_H

#include <stddef.h>

/* The file's text, malloc'd; "-" is standard input.  EFBIG where it is longer than cap, EINVAL
 * where it holds a NUL. */
int file_read(const char *path, size_t cap, char **text);

/* Writes text to a file, replacing it whole; durable on return.  0 or an errno: then what was there
 * still is. */
int file_write(const char *path, const char *text);

#endif
