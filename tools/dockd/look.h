/* What the disk shows of a file. */
#ifndef TOOLS_DOCKD_LOOK_H
#define TOOLS_DOCKD_LOOK_H

#include "tools/dockd/files.h"

/* Whether a regular file is there, and how it stands now. */
bool look_stamp(const char *path, struct stamp *out);

/*
 * The same, and whether someone has it open for writing (or mapped so): the kernel gives a read
 * lease (fcntl(2), F_SETLEASE) where nobody has, to the file's owner and to CAP_LEASE.  Unknown
 * where it does not tell.  SIGIO must be ignored.
 */
void look_at(const char *path, struct look *out);

#endif
