#include "fs/store/base/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define BUCKETS 512 /* about as many as there are statements in the source */

struct sql_rows {
	SLIST_ENTRY(sql_rows) link;
	struct sql *db;
	sqlite3_stmt *stmt;
	int error; /* kept for the next sql_next() */
	bool active;
	const char *text; /* the key; lies behind the struct */
};

SLIST_HEAD(bucket, sql_rows);

struct sql {
	sqlite3 *handle;
	struct bucket bucket[BUCKETS];
	struct sql_rows broken; /* what a query that could not be prepared returns */
};

static int to_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_NOMEM:
		return ENOMEM;
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_CONSTRAINT:
		return EEXIST;
	case SQLITE_CANTOPEN:
		return ENOENT;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return EACCES;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return EUCLEAN;
	default:
		return EIO;
	}
}

/* An I/O error inside SQLite that is really a full disk (a short write to the shared index of the
 * log, say) must be reported as one. */
static int error_of(struct sql *db, int rc)
{
	int err = to_errno(rc), system = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;

	if (err == EIO && system == ENOSPC)
		return ENOSPC;
	return (err == EIO || err == ENOENT) && (system == EMFILE || system == ENFILE) ? system
										       : err;
}

/* A path as a URI (RFC 3986) that says that nobody changes the file. */
static char *still_name(const char *path)
{
	static const char tail[] = "?immutable=1";
	char *name = malloc(strlen(path) * 3 + sizeof "file:" + sizeof tail), *at;

	if (name == NULL)
		return NULL;
	at = name + sprintf(name, "file:");
	for (; *path != '\0'; path++)
		if (strchr("?#%", *path) != NULL)
			at += sprintf(at, "%%%02X", (unsigned char)*path);
		else
			*at++ = *path;
	strcpy(at, tail);
	return name;
}

int sql_open(const char *path, enum sql_mode mode, struct sql **out)
{
	static const int flags[] = {
		[SQL_READ] = SQLITE_OPEN_READONLY,
		[SQL_STILL] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
		[SQL_WRITE] = SQLITE_OPEN_READWRITE,
		[SQL_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	struct sql *db = calloc(1, sizeof *db);
	char *name;
	int err;

	if (db == NULL)
		return ENOMEM;
	name = mode == SQL_STILL ? still_name(path) : strdup(path);
	err = name == NULL ? ENOMEM
			   : error_of(db,
				     sqlite3_open_v2(name, &db->handle,
					     flags[mode] | SQLITE_OPEN_NOMUTEX, NULL));
	free(name);
	if (err == 0)
		err = to_errno(sqlite3_busy_timeout(db->handle, 5000));
	if (err == 0 && mode >= SQL_WRITE)
		err = sql_script(db,
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA "
			"wal_autocheckpoint=0;");
	if (err == 0)
		err = sql_script(db,
			"PRAGMA foreign_keys=OFF; PRAGMA cache_size=-4096; PRAGMA "
			"trusted_schema=OFF; SELECT 1 FROM sqlite_schema LIMIT 1;");
	if (err != 0) {
		sql_close(db);
		return err;
	}
	*out = db;
	return 0;
}

void sql_close(struct sql *db)
{
	struct sql_rows *r;

	if (db == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((r = SLIST_FIRST(&db->bucket[i])) != NULL) {
			SLIST_REMOVE_HEAD(&db->bucket[i], link);
			sqlite3_finalize(r->stmt);
			free(r);
		}
	sqlite3_close_v2(db->handle);
	free(db);
}

int sql_script(struct sql *db, const char *script)
{
	return error_of(db, sqlite3_exec(db->handle, script, NULL, NULL, NULL));
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static struct bucket *bucket_of(struct sql *db, const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return &db->bucket[(hash >> 32) % BUCKETS];
}

static struct sql_rows *find_statement(struct bucket *bucket, const char *text)
{
	struct sql_rows *r;

	SLIST_FOREACH(r, bucket, link)
		if (strcmp(r->text, text) == 0)
			return r;
	return NULL;
}

/* A new statement in its bucket.  NULL, and db->broken has the error, where it cannot be made. */
static struct sql_rows *make_statement(struct sql *db, struct bucket *bucket, const char *text)
{
	size_t len = strlen(text) + 1;
	struct sql_rows *r = calloc(1, sizeof *r + len);
	int rc;

	if (r == NULL) {
		db->broken.error = ENOMEM;
		return NULL;
	}
	rc = sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &r->stmt, NULL);
	if (rc != SQLITE_OK) {
		fprintf(stderr, "custodyfs: SQLite: %s in: %s\n", sqlite3_errmsg(db->handle), text);
		db->broken.error = error_of(db, rc);
		free(r);
		return NULL;
	}
	r->db = db;
	r->text = memcpy(r + 1, text, len);
	SLIST_INSERT_HEAD(bucket, r, link);
	return r;
}

/* The kept statement of that text, reset; db->broken where it cannot be prepared. */
static struct sql_rows *prepare(struct sql *db, const char *text)
{
	struct bucket *bucket = bucket_of(db, text);
	struct sql_rows *r = find_statement(bucket, text);

	if (r == NULL)
		r = make_statement(db, bucket, text);
	else
		sqlite3_reset(r->stmt);
	if (r == NULL)
		return &db->broken;
	r->error = 0;
	r->active = true;
	return r;
}

/* A value that could not be bound (out of memory) must not pass for NULL: sql_next() gives the
 * error. */
static void bind(struct sql_rows *r, const char *format, va_list ap)
{
	const void *p;
	size_t len;
	int rc = SQLITE_OK;

	if (r->stmt == NULL)
		return;
	for (int i = 1; format[i - 1] != '\0' && rc == SQLITE_OK; i++) {
		switch (format[i - 1]) {
		case 'i':
			rc = sqlite3_bind_int64(r->stmt, i, va_arg(ap, int64_t));
			break;
		case 's':
			rc = sqlite3_bind_text(
				r->stmt, i, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			len = va_arg(ap, size_t);
			rc = sqlite3_bind_blob64(r->stmt, i, p, len, SQLITE_TRANSIENT);
			break;
		default:
			rc = sqlite3_bind_null(r->stmt, i);
		}
	}
	if (rc != SQLITE_OK)
		r->error = error_of(r->db, rc);
}

int sql_run(struct sql *db, const char *text, const char *format, ...)
{
	struct sql_rows *r = prepare(db, text);
	va_list ap;
	int rc;

	va_start(ap, format);
	bind(r, format, ap);
	va_end(ap);
	do
		rc = sql_next(r);
	while (rc == 1);
	return -rc;
}

struct sql_rows *sql_query(struct sql *db, const char *text, const char *format, ...)
{
	struct sql_rows *r = prepare(db, text);
	va_list ap;

	va_start(ap, format);
	bind(r, format, ap);
	va_end(ap);
	return r;
}

int sql_next(struct sql_rows *r)
{
	int rc;

	if (r->error != 0 || r->stmt == NULL)
		return r->error != 0 ? -r->error : -EIO;
	rc = sqlite3_step(r->stmt);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		r->error = error_of(r->db, rc);
	sqlite3_reset(r->stmt);
	r->active = false;
	return -r->error;
}

void sql_done(struct sql_rows *r)
{
	if (r->stmt != NULL && r->active) {
		sqlite3_reset(r->stmt);
		r->active = false;
	}
}

int sql_only_row(struct sql_rows *rows)
{
	int rc = sql_next(rows);

	return rc == 1 ? 0 : rc == 0 ? ENOENT : -rc;
}

int64_t sql_int(struct sql_rows *r, int column)
{
	return sqlite3_column_int64(r->stmt, column);
}

bool sql_null(struct sql_rows *r, int column)
{
	return sqlite3_column_type(r->stmt, column) == SQLITE_NULL;
}

int sql_columns(struct sql_rows *r)
{
	return sqlite3_column_count(r->stmt);
}

const char *sql_string(struct sql_rows *r, int column)
{
	return (const char *)sqlite3_column_text(r->stmt, column);
}

const void *sql_blob(struct sql_rows *r, int column, size_t *len)
{
	const void *p = sqlite3_column_blob(r->stmt, column);

	*len = (size_t)sqlite3_column_bytes(r->stmt, column);
	return p;
}

void sql_copy(struct sql_rows *r, int column, char *out, size_t cap)
{
	const char *text = sql_string(r, column);

	snprintf(out, cap, "%s", text != NULL ? text : "");
}

int sql_value(struct sql *db, int64_t *out, const char *text, const char *format, ...)
{
	struct sql_rows *r = prepare(db, text);
	va_list ap;
	int rc;

	va_start(ap, format);
	bind(r, format, ap);
	va_end(ap);
	rc = sql_next(r);
	if (rc <= 0)
		return rc == 0 ? ENOENT : -rc;
	*out = sql_int(r, 0);
	sql_done(r);
	return 0;
}

bool sql_same(struct sql_rows *a, struct sql_rows *b, int column)
{
	int type = sqlite3_column_type(a->stmt, column), len;

	if (type != sqlite3_column_type(b->stmt, column))
		return false;
	if (type == SQLITE_NULL)
		return true;
	if (type == SQLITE_INTEGER)
		return sql_int(a, column) == sql_int(b, column);
	len = sqlite3_column_bytes(a->stmt, column);
	return len == sqlite3_column_bytes(b->stmt, column) &&
		(len == 0 ||
			memcmp(sqlite3_column_blob(a->stmt, column),
				sqlite3_column_blob(b->stmt, column), (size_t)len) == 0);
}

void sql_rollback(struct sql *db)
{
	ignore_error(sql_run(db, "ROLLBACK", "")); /* fails where SQLite did it itself */
}

int sql_checkpoint(struct sql *db)
{
	return error_of(db,
		sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL));
}
