/* The control file's descriptors (custody-control(5) has the protocol). */
#ifndef FS_CTL_CTL_H
#define FS_CTL_CTL_H

#include "fs/call/handle_ops.h"

struct ctl;

int ctls_new(struct ctls **out);
void ctls_free(struct ctls *all); /* NULL is fine */

/* EMFILE where the uid has too many open. */
int ctl_open(struct call *c, struct ctl **out);

/* What is done with its descriptors: a struct ctl is their `self`.  A write is one request, whose
 * answer is there to be read when it returns.  EACCES: not the user who opened; EMSGSIZE: too long;
 * EINVAL: no JSON object; ENOMEM. */
extern const struct handle_ops ctl_handle;

#endif
