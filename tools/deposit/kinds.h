/*
 * What kind of content a file has, by libmagic.  The tool looks, with the rights of its user; the
 * daemon never looks into content.
 */
#ifndef TOOLS_DEPOSIT_KINDS_H
#define TOOLS_DEPOSIT_KINDS_H

#include <stdbool.h>

struct control;
struct kinds;

/* NULL, after a complaint, where libmagic's database cannot be loaded: then nothing is checked. */
struct kinds *kinds_new(const struct control *c);
void kinds_free(struct kinds *k); /* NULL is fine */

/*
 * The MIME type of an open file, from its beginning; the file offset stays.  NULL and errno where
 * it cannot be read.  Valid until the next call.
 */
const char *kinds_of(struct kinds *k, int fd);

/*
 * Reports a finding on the item at a path below the mount: "kind-mismatch" with the type as note,
 * or "name-conflict" with the digest of the other file.  False where the store did not take it; it
 * does not complain, because the deposit is valid all the same.
 */
bool kinds_report(struct control *c, const char *rule, const char *path, const char *note);

/*
 * The type of a file whose name says another kind, malloc'd; NULL where they agree, and where k is
 * NULL.
 */
char *kinds_mismatch(struct kinds *k, int fd, const char *name);

#endif
