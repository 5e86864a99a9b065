/* The store itself: made, mounted, unmounted, recovered after a crash. */
#ifndef FS_STORE_RECORDS_MOUNTS_H
#define FS_STORE_RECORDS_MOUNTS_H

#include "fs/store/records/record.h"

#define STORE_MAKE_FIELDS(F, K) \
	F(INT, format)          \
	F(TEXT, uuid) F(TEXT, created) F(TEXT, utc_offset) F(FLAG, test_clock) F(TEXT, vkey)
RECORD(STORE_MAKE, store_make, STORE_MAKE_FIELDS);

/* gap_ms: how long it was not mounted; week_start, week_used: the clock's account of gaps, for the
 * next mount (policy/clock.h). */
#define STORE_MOUNT_FIELDS(F, K) \
	F(TEXT, version) F(INT, gap_ms) F(INT, week_start) F(INT, week_used)
RECORD(STORE_MOUNT, store_mount, STORE_MOUNT_FIELDS);

#define STORE_UNMOUNT_FIELDS(F, K)
RECORD(STORE_UNMOUNT, store_unmount, STORE_UNMOUNT_FIELDS);

/* torn_bytes: cut off the ledger's end after a crash. */
#define STORE_RECOVERED_FIELDS(F, K) F(INT, torn_bytes)
RECORD(STORE_RECOVERED, store_recovered, STORE_RECOVERED_FIELDS);

#endif
