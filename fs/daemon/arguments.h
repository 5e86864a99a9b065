/* The arguments of custodyfs, what must hold before a mount, and the options for libfuse. */
#ifndef FS_DAEMON_ARGUMENTS_H
#define FS_DAEMON_ARGUMENTS_H

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include <stdio.h>
#include <sys/types.h>

struct options {
	const char *store, *mountpoint, *key, *log, *user, *handover, *mount_for, *readers;
	const char *settle_text, *settle_max_text,
		*max_open_text;      /* as they were written; NULL: not given */
	unsigned settle, settle_max; /* seconds */
	unsigned max_open;           /* items that one uid may have open at once; 0: any number */
	int foreground, debug, help, version, nonempty, allow_other, clear;
	uid_t uid; /* whom it runs as */
	gid_t gid;
	int key_fd, log_fd; /* opened with the privileges of who started it; -1: not */
	char *at;           /* the mount point's absolute path */
};

/* Parses them into *o, which arguments_free() frees also after an error, and raises the limit of
 * open files.  0; -1 after a message. */
int arguments_parse(struct fuse_args *args, struct options *o);
void arguments_free(struct options *o);

/* Checks store, mount point, user and numbers, and says what is wrong.  0, or the exit status. */
int arguments_check(struct options *o);

/* Adds the options that libfuse mounts with.  0, or the exit status. */
int arguments_for_fuse(struct fuse_args *args, const struct options *o);

/* The descriptor of a mount that was made before, and left open for us (mount.fuse3's
 * drop_privileges); -1: there is none. */
int arguments_descriptor(const struct options *o);

void arguments_usage(FILE *to);

#endif
