/* The control file's descriptors (control.h has the protocol). */
#ifndef FS_CTL_CTL_H
#define FS_CTL_CTL_H

#include "fs/call/fs.h"

struct ctl;

int ctls_new(struct ctls **out);
void ctls_free(struct ctls *all); /* NULL is fine */

/* EMFILE where the uid has too many open. */
int ctl_open(struct call *c, struct ctl **out);
/* One request; its answer is there when this returns.  EACCES: not the one who opened; EMSGSIZE:
 * too long; ENOMEM. */
int ctl_write(struct call *c, struct ctl *ctl, const char *data, size_t len);
/* Copies a part of the answer. */
int ctl_read(struct ctl *ctl, void *buffer, size_t len, int64_t offset, size_t *got);
void ctl_release(struct ctl *ctl);

#endif
