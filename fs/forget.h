/* What the kernel was told of the register and may keep for a while: taken back when the register changes. */
#ifndef FS_FORGET_H
#define FS_FORGET_H

#include "fs/fs.h"

/* A device no longer of that unit; a person no longer an officer of it.  Best effort: the kernel's own time runs out within a minute. */
void forget_device(struct call *c, int64_t unit, const char *serial);
void forget_officer(struct call *c, int64_t unit, const char *number);
/* An item that is not in the tree any more, and the pages of its content. */
void forget_item(struct call *c, const struct item *item);

#endif
