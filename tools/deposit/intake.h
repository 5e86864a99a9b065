/*
 * One run of `custody deposit`: what was found, where each file belongs, and what became of it.
 * Made by intake_begin(), filled by intake_find_…(), planned, copied and confirmed by the functions
 * below in that order, told by tools/deposit/receipt.h.
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
	INTAKE_COPIED,  /* and sealed, not yet confirmed */
	INTAKE_DEPOSITED,
	INTAKE_DUPLICATE, /* the store has it, at `path` */
	INTAKE_REFUSED,   /* by a rule of the store */
	INTAKE_UNPLACED,  /* where it belongs cannot be told */
	INTAKE_FAILED,    /* not read, written or confirmed */
	INTAKE_STATUSES
};

struct intake_file {
	char *source;   /* as given or found */
	struct stat st; /* of the source, when it was found and again when it was opened */
	struct placement place;
	char *unit;   /* its folder's name; NULL where it is not known */
	char *folder; /* the case folder in the store; NULL where it is not known */
	char *path;   /* folder and name; of a duplicate, where it is */
	enum intake_status status;
	const char *reason; /* a stable name; NULL where all is well */
	char *text;         /* the sentence with it, translated */
	uint64_t size;
	char sha256[HASH_HEX],
		sm3[HASH_HEX];    /* of the source as it was read; "" where it was not */
	uint8_t sample[HASH_LEN]; /* a digest of parts of it, once it was opened */
	long long item;           /* 0: none */
	long long closed, sealed; /* sequence numbers of its entries; -1: not known */
	char *sealed_at;          /* as the ledger has it; NULL */
	char *mismatch;           /* what its content is, where its name says another kind; NULL */
	bool cleared;
};

struct intake_gap {
	const struct intake_file *of;
	struct recording_gap gap;
}; /* of: one file of that device and day */

struct intake {
	struct control *control;
	bool dry_run, clear;
	const char *unit, *device, *officer; /* said by who deposits; NULL */
	const char *kase;                    /* the case folder's name */
	char *folder;   /* the one folder that all goes into; NULL: each by its own */
	json_t *status; /* the store's, at the beginning */
	int utc_offset;
	dev_t mount;
	json_t *devices, *people,
		*units; /* what the register says, by number; null where there is none */
	json_t *made;   /* case folders: reason and text of the refusal, or null */
	json_t *days;   /* what the store has: rows of name, case, size by date folder */
	struct intake_file *file;
	size_t files, room, passed_over;
	struct intake_gap *gap;
	size_t gaps;
	char *checkpoint; /* the signed head at the end; NULL */
	char *ended;      /* when all was confirmed, by the store's clock on the wall; NULL */
	char *buffer;
	struct kinds *kinds; /* NULL: kinds are not checked */
	struct progress progress;
	uint64_t done, total; /* bytes read, and to be read */
};

/* Asks the store how it stands.  0, or a status and said on stderr (with --json as a document,
 * too). */
int intake_begin(struct intake *in, struct control *c);
void intake_end(struct intake *in);

/* What there is to deposit: a file, or a folder with all below it.  What cannot be read is a file
 * that failed. */
void intake_find(struct intake *in, const char *source);

/* What becomes of a file.  text is taken over (NULL: none); said on stderr. */
void intake_settle(struct intake *in, struct intake_file *f, enum intake_status status,
	const char *reason, char *text);

/* What the register says of a device, person or unit; borrowed, NULL where it has none. */
const json_t *intake_known(struct intake *in, const char *kind, const char *key);

/* Decides for each file where it belongs; those that belong nowhere are settled. */
void intake_place(struct intake *in);

/* Makes the file's case folder where it is not there.  False where that is refused: the file is
 * settled. */
bool intake_make_folder(struct intake *in, struct intake_file *f);

/* What a refusal with that errno was for, in the words of the store's last refusal there; *reason
 * "" and *text NULL where it has none. */
void intake_why(struct intake *in, const char *path, const char *verb, int error,
	const char **reason, char **text);

/* Rows {name, case, size, sequence} of what the store has for a file's day; with `file`, its index,
 * what this run copied there; borrowed. */
const json_t *intake_day(struct intake *in, const struct intake_file *f);

/* The store has it now, too: what comes later in the run is compared with it. */
void intake_day_add(struct intake *in, const struct intake_file *f);
void intake_find_gaps(struct intake *in);

/* The item at a path, as the store has it. */
struct intake_held {
	long long item, size;                 /* 0: none is in sight */
	bool receiving;                       /* somebody is copying it just now */
	char sha256[HASH_HEX], sm3[HASH_HEX]; /* "" where they are not known */
};

/* Asks for it, and waits for its digests if it is of the size that is wanted. */
void intake_held(struct intake *in, const char *path, uint64_t wanted, struct intake_held *out);

/* Copies what is to be copied (or says what would be), waits for the store's digests, and clears
 * the source where that is asked for. */
void intake_copy(struct intake *in);
void intake_confirm(struct intake *in);
void intake_clear(struct intake *in);

#endif
