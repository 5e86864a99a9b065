/* What the daemon may do to the machine: as little as it can work with (capabilities(7)). */
#ifndef FS_DAEMON_PRIVILEGE_H
#define FS_DAEMON_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Becomes that user, without other groups, and keeps two capabilities of those there are:
 * CAP_LINUX_IMMUTABLE (sealed content gets the immutable flag) and CAP_SYS_PTRACE (which program
 * another user runs, and whether it died of a signal).  No others in any set, none in the bounding
 * set where that can be emptied, and no new ones by exec. Only while there are no other threads. 0,
 * or an errno; after an error nothing may be served.
 */
int privilege_drop(uid_t uid, gid_t gid);

/* The same for the process that mounts and unmounts as root: it keeps CAP_SYS_ADMIN, and
 * CAP_DAC_READ_SEARCH for the way to the mount point. */
int privilege_keep_mounting(void);

/* Says on standard error what cannot be done for want of a capability, and how it is given. */
void privilege_report(void);

#endif
