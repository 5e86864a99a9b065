/*
 * Names of files and folders.  NFC UTF-8, at most 255 bytes; refused: "/", NUL, control characters
 * (C0, DEL, C1), \ : * ? " < > |, a trailing dot or space, "." and "..", invalid UTF-8, and the
 * empty name.
 */
#ifndef POLICY_NAME_H
#define POLICY_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/reason.h"

#define NAME_BYTES 255
#define NAME_BUFFER (NAME_BYTES + 1)
#define CASE_NONE "未立案" /* the folder of evidence that has no case yet */

/*
 * Writes the NFC form (never NFKC) of `in` to out.  REASON_NONE, REASON_NAME_BAD or
 * REASON_NAME_LONG (after normalising; length is judged before characters, but invalid UTF-8 before
 * length).  Where it is refused, out is "".  `in` and `out` may be the same.
 */
enum reason name_normalise(const char *in, char out[NAME_BUFFER]);

/*
 * A file name for a text (a party, a cause), always the same and never refused: what a name cannot
 * hold is written full-width ("/" as "／"), and so is a dot that it begins with (it would be
 * hidden); spaces at its end are left out, and it is cut between characters where it would be too
 * long.  Different texts may come to the same name.
 */
void name_from_text(const char *text, char out[NAME_BUFFER]);

/* The length of the longest beginning of at most `max` bytes that ends between characters. */
size_t name_cut(const char *text, size_t max);

/* Whether the camera marked the file as important: "IMP" just before the extension, after a digit
 * or '_' (…_0002IMP.mp4). */
bool name_important(const char *name);

/*
 * Whether a string may be a number, name or purpose in the register: valid UTF-8, 1..max bytes, not
 * only blanks, no control characters.
 */
bool text_valid(const char *text, size_t max);

#endif
