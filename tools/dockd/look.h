/* What the disk shows of a file. */
#ifndef TOOLS_DOCKD_LOOK_H
#define TOOLS_DOCKD_LOOK_H

#include "tools/dockd/files.h"

/* Whether a regular file exists, and its present state. */
bool look_stamp(const char *path, struct stamp *out);

/*
 * The same, and whether somebody has it open (or mapped) for writing.  The kernel gives a read
 * lease (fcntl(2), F_SETLEASE) only where nobody has, and only to the file's owner and to
 * CAP_LEASE.  Unknown where it gives no answer.  SIGIO must be ignored.
 */
void look_at(const char *path, struct look *out);

#endif
