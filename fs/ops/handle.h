/* The objects behind open descriptors. */
#ifndef FS_OPS_HANDLE_H
#define FS_OPS_HANDLE_H

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

int handle_new(struct fs *fs, enum handle_kind kind, uint32_t uid,
	struct handle **out); /* 0 or ENOMEM; EMFILE: of an item, and the uid has too many */
void handle_free(struct fs *fs, struct handle *h);

#endif
