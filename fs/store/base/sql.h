/*
 * The only access to SQLite; sql.c alone includes it.  Each connection prepares a statement once
 * and keeps it until it is closed, so texts should be constant, with values as arguments.  Running
 * a text anew ends the rows that are still open of the same text.  A connection belongs to one
 * thread at a time.
 *
 * Arguments follow a format, a letter each: i int64_t, s const char * (NULL: NULL), b const void *
 * and size_t (NULL: NULL), n (nothing: NULL).
 */
#ifndef FS_STORE_BASE_SQL_H
#define FS_STORE_BASE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/store/base/annotate.h"

struct sql;
struct sql_rows;

/* SQL_STILL: for a database that nobody has open; makes no files beside it. */
enum sql_mode { SQL_READ, SQL_STILL, SQL_WRITE, SQL_CREATE };

/* Opens a database in WAL mode, synchronous=NORMAL, automatic checkpoints off (sql_checkpoint does
 * them).  0, ENOENT, ENOSPC, EIO, EUCLEAN (not a database), ENOMEM. */
MUST_CHECK int sql_open(const char *path, enum sql_mode mode, struct sql **out);
void sql_close(struct sql *db); /* NULL is fine */

/* Runs statements of a script (schema).  Errors as above. */
MUST_CHECK int sql_script(struct sql *db, const char *script);

/* Runs one statement to its end.  0, EEXIST (a uniqueness constraint), ENOSPC, EIO, … */
MUST_CHECK int sql_run(struct sql *db, const char *text, const char *format, ...);

/* Begins a query; never NULL: an error shows at sql_next(). */
struct sql_rows *sql_query(struct sql *db, const char *text, const char *format, ...);

/* 1: a row; 0: the end (the rows are done with); negative: -errno. */
MUST_CHECK int sql_next(struct sql_rows *rows);
void sql_done(struct sql_rows
		*rows); /* needed only when left before the end; may be called after it too */

/* For a query of one row at most.  0: it can be read, and is to be ended by sql_done(); ENOENT:
 * there is none; or an errno. */
MUST_CHECK int sql_only_row(struct sql_rows *rows);

int64_t sql_int(struct sql_rows *rows, int column);
bool sql_null(struct sql_rows *rows, int column);
int sql_columns(struct sql_rows *rows); /* how many a row has */
const char *sql_string(
	struct sql_rows *rows, int column); /* NULL where NULL; valid until the next step */
const void *sql_blob(struct sql_rows *rows, int column, size_t *len);

/* Copies a text column, cut at cap-1 bytes; "" where NULL. */
void sql_copy(struct sql_rows *rows, int column, char *out, size_t cap);

/* The first column of the only row as a number; ENOENT where there is no row. */
MUST_CHECK int sql_value(struct sql *db, int64_t *out, const char *text, const char *format, ...);

/* Whether two rows have the same value there, of the same type. */
bool sql_same(struct sql_rows *a, struct sql_rows *b, int column);

/*
 * Compares a table in two databases, in the order of its first two columns (rows that have both in
 * common: in their order in the file).  0 with *same and, where they differ, the number of the row
 * (from 1); else an errno.
 */
MUST_CHECK int sql_compare(
	struct sql *a, struct sql *b, const char *table, bool *same, int64_t *row);

/* Ends a transaction without it; SQLite may have done so itself after an error. */
void sql_rollback(struct sql *db);

/* Copies what the write-ahead log holds into the database file, as far as readers let it. */
MUST_CHECK int sql_checkpoint(struct sql *db);

#endif
