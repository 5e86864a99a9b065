/* Linking items to cases, and unlinking them (Q9: a link only lengthens what keeps an item; ending
 * it shortens nothing). */
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
	size_t lying; /* out: how many were not unlinked because they lie in the case's own
		       * folders */
	char (*names)[NAME_BUFFER]; /* what those that were unlinked were called in by-case */
};

/* Decides on the page, durably, and takes back what the kernel knows.  What is so already, or is
 * not sealed (any more), is passed over. */
int linking_run(struct linking *l);

/* Fills the page with what lies at a place after `after`; *next: 0 after the last. */
int linking_page(struct linking *l, const struct query_place *place, int64_t after, int64_t *next);

#endif
