/* What the files of a run share: reading a source, and settling it. */
#ifndef TOOLS_DEPOSIT_INTAKE_PRIVATE_H
#define TOOLS_DEPOSIT_INTAKE_PRIVATE_H

#include "tools/deposit/intake.h"

#define INTAKE_PIECE (1 << 20) /* bytes read and written at once: the size of ->buffer */

/* intake_settle() with a sentence that is copied (NULL: none). */
void intake_settle_as(struct intake *in, struct intake_file *f, enum intake_status status,
	const char *reason, const char *sentence);

/* It could not be read, or (writing) the store could not take it. */
void intake_settle_failed(struct intake *in, struct intake_file *f, bool writing, int error);

/* It changed while it was read; what was read of it is forgotten. */
void intake_settle_changed(struct intake *in, struct intake_file *f);

/* A descriptor, or -1 and errno. */
int intake_open_source(const struct intake_file *f);

/*
 * Whether two stat() results are of the same, unchanged file; whether an open file has changed
 * since it was found.
 */
bool intake_is_unchanged(const struct stat *a, const struct stat *b);
bool intake_has_changed(const struct intake_file *f, int from);

/*
 * Reads a file from its beginning to its end and computes its digests; writes it to `to` unless
 * that is -1.  Stops soon after the length that the file had: one that grows has changed.  0, or
 * an errno and which side it came from.
 */
int intake_stream(struct intake *in, struct intake_file *f, int from, int to, bool *writing);

/* Computes the source's digests, once.  False where it could not be read or changed meanwhile: the
 * file is settled then. */
bool intake_hash(struct intake *in, struct intake_file *f, int from);

/*
 * A digest of the file's beginning and middle.  Cameras cut recordings into files of one size;
 * with samples they need not be read twice to be told apart.
 */
void intake_take_sample(struct intake *in, struct intake_file *f, int from);

/* Whether an earlier file of the run may have the same content, by size and sample. */
bool intake_is_alike(const struct intake_file *f, const struct intake_file *earlier);

/* The file's name is taken in its folder: settles it as a duplicate or a conflict. */
void intake_compare(struct intake *in, struct intake_file *f, int from);

/*
 * Whether the store has the same content on that day under another name that says as much.  The
 * file is settled then.
 */
bool intake_is_there_otherwise(struct intake *in, struct intake_file *f, int from);

/*
 * For a dry run, which has copied nothing: whether the file would meet one that was planned
 * before, in the same place or (unless all goes into one folder) on the same day.
 */
void intake_meet_planned(struct intake *in, struct intake_file *f, int from);

#endif
