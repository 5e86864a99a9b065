/* The table of FUSE operations. */
#ifndef FS_OPS_H
#define FS_OPS_H

struct fuse_lowlevel_ops;

/* Its user data is a struct fs. */
extern const struct fuse_lowlevel_ops fs_ops;

#endif
