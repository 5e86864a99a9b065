/* What the handlers of ops*.c share: the descriptors' objects, and how a request becomes a call. */
#ifndef FS_OPS_HANDLE_H
#define FS_OPS_HANDLE_H

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>
#include <pthread.h>

#include "fs/call/fs.h"
#include "policy/name.h"

enum handle_kind { HANDLE_DEPOSIT, HANDLE_READING, HANDLE_CTL, HANDLE_MARKER, HANDLE_DIR };

/* Behind an open descriptor (fuse_file_info.fh). */
struct handle {
	struct handle *next, **at; /* among the mount's */
	enum handle_kind kind;
	uint32_t uid; /* who opened it */
	bool counted; /* among the uid's open items */
	union {
		struct deposit *deposit;
		struct reading *reading;
		struct ctl *ctl;
	};
	bool markers;           /* a listing with the markers: an indexer's */
	pthread_mutex_t lock;   /* of a listing's place */
	off_t place;            /* the offset after `name` */
	char name[NAME_BUFFER]; /* the last name told */
	struct {
		char *names;
		size_t used, room;
		off_t before;
	} told; /* of the last answer: names, each with its NUL; the offset before the first */
};

struct fs *fs_of(fuse_req_t req);
struct handle *handle_of(const struct fuse_file_info *fi); /* NULL where there is none */
int new_handle(struct fs *fs, enum handle_kind kind, uint32_t uid,
	struct handle **out); /* 0 or ENOMEM; EMFILE: of an item, and the uid has too many */
void free_handle(struct fs *fs, struct handle *h);

/* Begins the call of a request; and of one on an existing node.  After an error there is nothing to
 * end. */
int begin(fuse_req_t req, struct call *c);
int begin_at(fuse_req_t req, fuse_ino_t ino, struct call *c, struct node *n);

/* Attributes and access (ops_attr.c), verbs on names (ops_name.c), listings (ops_dir.c), the
 * control file's ioctl (ops_ioctl.c), extended attributes (ops_xattr.c). */
void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_setattr(
	fuse_req_t req, fuse_ino_t ino, struct stat *attr, int set, struct fuse_file_info *fi);
void op_statfs(fuse_req_t req, fuse_ino_t ino);
void op_access(fuse_req_t req, fuse_ino_t ino, int mask);
void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev);
void op_symlink(fuse_req_t req, const char *link, fuse_ino_t parent, const char *name);
void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name);
void op_readlink(fuse_req_t req, fuse_ino_t ino);
void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t newparent,
	const char *newname, unsigned flags);
void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void op_readdirplus(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
void op_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned cmd, void *arg, struct fuse_file_info *fi,
	unsigned flags, const void *in, size_t in_size, size_t out_size);
void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size,
	int flags);
void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);

#endif
