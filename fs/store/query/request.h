/*
 * The fields of a request to the control file.  Each command says which it takes; a field that is
 * null counts as not given, and fields that a command does not know are ignored.
 */
#ifndef FS_STORE_QUERY_REQUEST_H
#define FS_STORE_QUERY_REQUEST_H

#include <jansson.h>

enum request_type {
	REQUEST_TEXT,    /* a string */
	REQUEST_NUMBER,  /* an integer */
	REQUEST_FLAG,    /* true or false */
	REQUEST_TEXTS,   /* a list of strings */
	REQUEST_NUMBERS, /* a list of integers */
	REQUEST_LIST     /* a list of anything: the command looks for itself */
};

struct request_field {
	const char *name; /* NULL ends a list */
	enum request_type type;
};

/* A command's fields in a constant table: FIELDS(TEXT("path"), NUMBER("item")). */
#define FIELDS(...) ((const struct request_field[]){ __VA_ARGS__, { NULL, REQUEST_TEXT } })
#define NO_FIELDS ((const struct request_field[]){ { NULL, REQUEST_TEXT } })
#define TEXT(name)                   \
	{                            \
		(name), REQUEST_TEXT \
	}
#define NUMBER(name)                   \
	{                              \
		(name), REQUEST_NUMBER \
	}
#define FLAG(name)                   \
	{                            \
		(name), REQUEST_FLAG \
	}
#define TEXTS(name)                   \
	{                             \
		(name), REQUEST_TEXTS \
	}
#define NUMBERS(name)                   \
	{                               \
		(name), REQUEST_NUMBERS \
	}
#define LIST(name)                   \
	{                            \
		(name), REQUEST_LIST \
	}
/* What a paged list takes: after which row, and how many. */
#define PAGE NUMBER("after"), NUMBER("limit")

/* The word that the manual has for a type: "text", "number", "flag", "texts", "numbers", "list". */
const char *request_type_name(enum request_type type);

/* The first field whose value is not of its type; NULL where all are. */
const char *request_fault(const struct request_field *fields, const json_t *request);

#endif
