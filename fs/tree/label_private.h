/* What label.c and label_name.c share. */
#ifndef FS_TREE_LABEL_PRIVATE_H
#define FS_TREE_LABEL_PRIVATE_H

#include "fs/tree/label.h"

/* The settle window's new end after a label was corrected, by the compliance clock: a quiet time
 * on, but never past its hard end, so that it cannot be renewed for ever. */
static inline int64_t label_settled_at(
	const struct fs *fs, const struct item *item, const struct event_time *now)
{
	int64_t until = now->clock + fs->options.settle_ms,
		hard = item->sealed + fs->options.settle_max_ms;

	return until < hard ? until : hard;
}

#endif
