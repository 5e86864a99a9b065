/* Readings, what was damaged when it was read, and refusals. */
#ifndef FS_STORE_RECORDS_READINGS_H
#define FS_STORE_RECORDS_READINGS_H

#include "fs/store/records/record.h"

/* grant: the request that allows it; null: one's own, not yet sealed. */
#define READ_OPEN_FIELDS(F, K) F(ID, grant) F(FLAG, own)
RECORD(READ_OPEN, read_open, READ_OPEN_FIELDS);

/* ranges: [[from, to], …], bytes; since the record before. */
#define READ_RANGES_FIELDS(F, K) F(JSON, ranges) F(INT, bytes) F(ID, grant)
RECORD(READ_RANGES, read_ranges, READ_RANGES_FIELDS);
RECORD(READ_CLOSE, read_close, READ_RANGES_FIELDS);

struct byte_range {
	int64_t from, to; /* to: exclusive */
};

/* The details of read.ranges and read.close alike: a new reference; NULL when out of memory. bytes:
 * read in all; grant: 0: one's own. */
json_t *readings_details(const struct byte_range *ranges, size_t count, int64_t bytes,
	int64_t grant, int utc_offset);

#define READ_DAMAGED_FIELDS(F, K) F(INT, at) F(MAYBE, found_by)
RECORD(READ_DAMAGED, read_damaged, READ_DAMAGED_FIELDS);

/* errno: its name, "EPERM".  files, more, rule: of programs' habits alone (policy/reader.h). */
#define REFUSED_FIELDS(F, K)    \
	F(TEXT, verb)           \
	K(TEXT, error, "errno") \
	F(TEXT, reason) F(TEXT, path) F(INT, count) F(COUNT, files) F(MARK, more) F(MAYBE, rule)
RECORD(REFUSED, refused, REFUSED_FIELDS);

#endif
