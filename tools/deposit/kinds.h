/* What content is, told by libmagic in the tool, with the rights of who runs it; the daemon never
 * looks into content. */
#ifndef TOOLS_DEPOSIT_KINDS_H
#define TOOLS_DEPOSIT_KINDS_H

#include <stdbool.h>

struct control;
struct kinds;

/* NULL where libmagic's database cannot be loaded: said on stderr, and nothing is checked. */
struct kinds *kinds_new(const struct control *c);
void kinds_free(struct kinds *k); /* NULL is fine */

/* The MIME type of an open file, by its beginning; it stays where it is.  NULL where it cannot be
 * read.  Lives until the next. */
const char *kinds_of(struct kinds *k, int fd);

/*
 * Reports a finding on the item at a path below the mount (rule: "kind-mismatch" with the type,
 * "name-conflict" with the other's digest).  Quiet: a finding that cannot be reported does not undo
 * a deposit.  False where it was not taken.
 */
bool kinds_report(struct control *c, const char *rule, const char *path, const char *note);

/* The type of a file whose name says another kind, malloc'd; NULL where they agree.  k NULL:
 * nothing is looked at. */
char *kinds_mismatch(struct kinds *k, int fd, const char *name);

#endif
