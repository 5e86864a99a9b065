/* Whole small files. */
#ifndef TOOLS_TEXT_FILE_H
#define TOOLS_TEXT_FILE_H

#include <stddef.h>

/* The file's text, malloc'd; "-" is standard input.  EFBIG where it is longer than cap, EINVAL
 * where it holds a NUL. */
int file_read(const char *path, size_t cap, char **text);

/* The file's bytes, NULs among them, malloc'd, with a NUL behind them; "-" is a name as any other.
 * EFBIG where there are more than cap. */
int file_read_bytes(const char *path, size_t cap, char **bytes, size_t *len);

/*
 * Replaces the whole file with this text; it is on disk on return.  0, or an errno and the file is
 * unchanged.
 */
int file_write(const char *path, const char *text);

#endif
