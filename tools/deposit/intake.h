/*
 * One run of `custody deposit`: what was found, where each file belongs, and what became of it.
 * The functions below are called in their order, from intake_begin() on; receipt.h prints the
 * result.
 */
#ifndef TOOLS_DEPOSIT_INTAKE_H
#define TOOLS_DEPOSIT_INTAKE_H

#include <sys/stat.h>

#include "fs/store/base/digest.h"
#include "policy/placement.h"
#include "tools/control/control.h"
#include "tools/text/progress.h"

enum intake_status {
	INTAKE_PLANNED, /* to be copied */
	INTAKE_COPIED,  /* copied and sealed, but not yet confirmed */
	INTAKE_DEPOSITED,
	INTAKE_DUPLICATE, /* the store has it, at `path` */
	INTAKE_REFUSED,   /* by a rule of the store */
	INTAKE_UNPLACED,  /* nothing says where it belongs */
	INTAKE_FAILED,    /* it could not be read, written or confirmed */
	INTAKE_STATUSES
};

struct intake_file {
	char *source;   /* as given or found */
	struct stat st; /* of the source, as found; again when it is opened */
	struct placement place;
	char *unit;   /* its folder's name; NULL where it is not known */
	char *folder; /* the case folder in the store; NULL where it is not known */
	char *path;   /* folder and name; of a duplicate, its place in the store */
	enum intake_status status;
	const char *reason; /* a name for programs; NULL where nothing is wrong */
	char *text;         /* the same as a sentence, translated */
	uint64_t size;
	char sha256[HASH_HEX], sm3[HASH_HEX]; /* of the source; "" where it was not read */
	uint8_t sample[HASH_LEN];             /* a digest of parts of it, set when it is opened */
	long long item;                       /* 0: none */
	long long closed, sealed;             /* sequence numbers of its entries; -1: not known */
	char *sealed_at;                      /* the time on the ledger; NULL */
	char *mismatch; /* the kind of its content where its name says another; NULL */
	bool cleared;
};

struct intake_gap {
	const struct intake_file *of;
	struct recording_gap gap;
}; /* of: one file of that device and day */

struct intake {
	struct control *control;
	bool dry_run, clear;
	const char *unit, *device, *officer; /* from the options; NULL */
	const char *kase;                    /* the case folder's name */
	char *folder;   /* the one folder that takes everything; NULL: each file has its own */
	json_t *status; /* the store's status at the beginning */
	int utc_offset;
	dev_t mount;
	json_t *devices, *people,
		*units; /* entries of the register, by number; null where there is none */
	json_t *made;   /* case folders that were made: null, or reason and text of a refusal */
	json_t *days;   /* contents of date folders: rows of name, case, size */
	struct intake_file *file;
	size_t files, room, passed_over;
	struct intake_gap *gap;
	size_t gaps;
	char *checkpoint; /* the ledger's signed head at the end; NULL */
	char *ended;      /* when everything was confirmed, by the store's wall clock; NULL */
	char *buffer;
	struct kinds *kinds; /* NULL: kinds are not checked */
	struct progress progress;
	uint64_t done, total; /* bytes read, and to be read */
};

/*
 * Asks for the store's status.  0, or a status after a complaint (with --json also as a document).
 */
int intake_begin(struct intake *in, struct control *c);
void intake_end(struct intake *in);

/* Adds a file, or all files below a folder.  What cannot be read is added as failed. */
void intake_find(struct intake *in, const char *source);

/* Sets what became of a file.  text: a complaint, which is taken over and printed; NULL: none. */
void intake_settle(struct intake *in, struct intake_file *f, enum intake_status status,
	const char *reason, char *text);

/* The register's entry of a device, person or unit; borrowed; NULL where there is none. */
const json_t *intake_known(struct intake *in, const char *kind, const char *key);

/* Decides for each file where it belongs; files that belong nowhere are settled. */
void intake_place(struct intake *in);

/*
 * Makes the file's case folder where it is missing.  False where the store refuses: the file is
 * settled then.
 */
bool intake_make_folder(struct intake *in, struct intake_file *f);

/*
 * Why the store refused something there with that errno: asks for its last refusal.  *reason is ""
 * and *text NULL where the store does not know.
 */
void intake_why(struct intake *in, const char *path, const char *verb, int error,
	const char **reason, char **text);

/*
 * The files that the store has for this file's day, as rows {name, case, size, sequence}; what this
 * run copied there has `file`, its index, too.  Borrowed.
 */
const json_t *intake_day(struct intake *in, const struct intake_file *f);

/* Adds a file that was just copied, so that later files of the run are compared with it. */
void intake_day_add(struct intake *in, const struct intake_file *f);
void intake_find_gaps(struct intake *in);

/* The item at a path in the store. */
struct intake_held {
	long long item, size;                 /* item 0: none can be seen */
	bool receiving;                       /* somebody is copying it at this moment */
	char sha256[HASH_HEX], sm3[HASH_HEX]; /* "" where they are not known */
};

/* Asks for the item, and waits for its digests where its size is the one wanted. */
void intake_held(struct intake *in, const char *path, uint64_t wanted, struct intake_held *out);

/*
 * Copies the files (or in a dry run, says what would happen), waits for the store's digests, and
 * clears the source where --clear-source was given.
 */
void intake_copy(struct intake *in);
void intake_confirm(struct intake *in);
void intake_clear(struct intake *in);

#endif
