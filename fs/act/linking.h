/*
 * Linking items to cases, and unlinking them (Q9: a link only lengthens how long an item is kept;
 * ending it shortens nothing).  Each act decides in the committer, and is durable when it returns.
 * The attribute user.custody.case and the commands case.link and case.unlink are its faces.
 */
#ifndef FS_ACT_LINKING_H
#define FS_ACT_LINKING_H

#include "fs/store/query/query.h"
#include "fs/tree/tree.h"

#define LINKING_PAGE 500 /* items in one decision */

struct linking {
	struct call *c;
	struct casefile kase;
	bool unlink;
	int64_t items[LINKING_PAGE];
	size_t count;
	int64_t changed, unchanged; /* out, of this page */
	size_t lying;    /* out: how many were not unlinked because they lie in the case's own
			    folders */
	enum reason why; /* out, of linking_link_all() and linking_unlink_all(): the refusal */
	char (*names)[NAME_BUFFER]; /* inner: the names that the unlinked ones had in by-case */
};

/* Decides on the page, and makes the kernel forget old names.  Items that are linked (or unlinked)
 * already, or not sealed (any more), are passed over.  The caller has judged whether the subject
 * may (ACT_REGISTER_CASE): once for all pages, so that a refusal is recorded once. */
int linking_run(struct linking *l);

/* The place of the items that a node means.  ENOENT. */
int linking_place(struct call *c, const struct node *n, struct query_place *out);

/* Fills the page with what lies at a place after `after`; *next: 0 after the last. */
int linking_page(struct linking *l, const struct query_place *place, int64_t after, int64_t *next);

/*
 * Links an item, or all that lies in a folder now, to the case of that number or alias; or ends all
 * its links.  Judges; a refused attempt is recorded.  NOT_SUPPORTED: of the whole store; UNSEALED,
 * CASE_UNKNOWN, VALUE_BAD.
 */
int linking_link_all(struct linking *l, const struct node *n, const char *number);
int linking_unlink_all(struct linking *l, const struct node *n);

#endif
