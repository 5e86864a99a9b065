/* Checking a whole store, beside its mount or not; for fsck.custodyfs.  Changes nothing. */
#ifndef FS_STORE_CHECK_H
#define FS_STORE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/store.h"

enum check_stage { CHECK_LEDGER, CHECK_CATALOG, CHECK_BLOBS, CHECK_CONTENT };

struct check_report {
	void *arg;
	/* A problem, as a sentence for people; item 0: of no item. */
	void (*problem)(void *arg, enum check_stage stage, int64_t item, const char *text);
	void (*progress)(void *arg, enum check_stage stage, uint64_t done, uint64_t total);
};

/*
 * The ledger (every record, the tree, the stored head's signature), the catalog against one made
 * anew, a blob of the right size for every item, and with `content` every byte.  0 when all could
 * be checked, also where problems were found; else an errno, and m says why.
 */
int store_check(
	const char *path, bool content, const struct check_report *report, struct store_message *m);

#endif
