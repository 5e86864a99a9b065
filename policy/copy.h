/*
 * Offline copies (Art. 12: "by burning optical discs, using removable storage media or similar
 * means"): a medium has a number of the office's own, and is read again, whole, every so often.
 */
#ifndef POLICY_COPY_H
#define POLICY_COPY_H

#include <stdbool.h>
#include <stdint.h>

#define MEDIUM_NAME 128 /* bytes, NUL included */

enum copy_type { COPY_BD, COPY_USB, COPY_TAPE, COPY_TYPE_COUNT };

const char *copy_type_name(enum copy_type t);     /* "bd", "usb", "tape"; stable, for the ledger */
enum copy_type copy_type_parse(const char *name); /* COPY_TYPE_COUNT where unknown */

/* A medium's number or name: text of 1..127 bytes. */
bool medium_valid(const char *name);

/* Whether it should have been read again by now: `months` calendar months after it last was, or
 * after it was registered (ms). */
bool copy_overdue(int64_t last, int months, int64_t now, int utc_offset_min);

#endif
