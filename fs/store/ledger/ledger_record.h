/*
 * A ledger record: a header of 32 bytes, then the entry.  All numbers little-endian.
 *
 *   0  magic       4   begins with a newline, which no entry may contain: text is no record
 *   4  length      4   of the entry, 1 … LEDGER_ENTRY_MAX
 *   8  sequence    8   of the entry
 *  16  batch       8   the first entry that was not yet durable when this one was written: equal in
 *                      all records that one sync covers
 *  24  CRC-32      4   over bytes 0 … 23 and the entry
 *  28  zero        4
 */
#ifndef FS_STORE_LEDGER_LEDGER_RECORD_H
#define FS_STORE_LEDGER_LEDGER_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "fs/store/ledger/ledger.h"

#define RECORD_HEADER 32
#define RECORD_MAX (RECORD_HEADER + LEDGER_ENTRY_MAX)

struct record {
	uint64_t seq, batch;
	const char *text; /* not NUL-terminated */
	uint32_t len;
};

void record_header(const struct record *r, uint8_t out[RECORD_HEADER]);

/*
 * Reads the record at buf; r->text points into buf.  *need: its length, as far as known.  0;
 * EBADMSG: no record, or a damaged one; ENODATA: it would be *need bytes long, which is more than
 * len.
 */
int record_read(const uint8_t *buf, size_t len, struct record *r, size_t *need);

/* The next place in buf, from `from` on, where a record may begin; len where there is none. */
size_t record_seek(const uint8_t *buf, size_t len, size_t from);

#endif
