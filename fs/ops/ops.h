/* The table of FUSE operations. */
#ifndef FS_OPS_OPS_H
#define FS_OPS_OPS_H

struct fuse_lowlevel_ops;

/* Its user data is a struct fs. */
extern const struct fuse_lowlevel_ops fs_ops;

/*
 * The mount is gone, and some descriptors were still open: what was read through them is recorded;
 * a deposit that was closed and not written since is sealed, any other is incomplete.
 */
struct fs;
void ops_end(struct fs *fs);

#endif
