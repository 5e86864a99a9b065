/*
 * What one run of `custody` says to its caller: the answer on standard output, complaints on
 * standard error.  With --json a failure is a document on standard output as well, wherever it was
 * found; for that the last complaint is remembered here.
 */
#ifndef TOOLS_TEXT_OUTPUT_H
#define TOOLS_TEXT_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

/* Begins as { 0 }. */
struct output {
	bool failure_printed;  /* standard output has a document with "ok":false */
	char *what, *sentence; /* the last complaint, safe to print; NULL: there was none */
};

/* "custody: <what>: <sentence>" on standard error; without a `what` where it is NULL. */
void output_complain(struct output *out, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for a sentence about how the command is used.  Gives STATUS_UNREACHABLE, for `return`.
 */
int output_usage(struct output *out, const char *what, const char *sentence);

/* Prints a document on standard output, as render_json() does. */
void output_json(struct output *out, const json_t *document);

/*
 * Prints the document of a failure, made of the last complaint, unless one was printed already:
 * {"ok":false,"errno":null,"reason":"error","text":sentence,"what":what it is about, or null}.
 */
void output_failure(struct output *out);

void output_free(struct output *out);

#endif
