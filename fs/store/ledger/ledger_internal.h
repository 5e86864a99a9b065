/* What the ledger's own files share.  For them and their tests alone. */
#ifndef FS_STORE_LEDGER_LEDGER_INTERNAL_H
#define FS_STORE_LEDGER_LEDGER_INTERNAL_H

#include <stdatomic.h>

#include "fs/store/ledger/derived.h"
#include "fs/store/ledger/ledger.h"
#include "fs/store/ledger/segments.h"

#define LEDGER_CHECKPOINT "checkpoint"

struct ledger {
	enum ledger_mode mode;
	int fd; /* the folder */
	char vkey[VKEY_MAX];
	struct segments segments;
	struct derived derived;
	struct tile_edge edge;  /* of all entries; the committer's */
	_Atomic uint64_t size;  /* published last: what is below it is there to be read */
	uint64_t synced;        /* entries that are durable */
	bool failed;            /* what is on disk is unknown: nothing may be appended */
	struct checkpoint head; /* the newest stored checkpoint; size 0 where there is none */
};

void ledger_fault_set(struct ledger_fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct ledger_place {
	size_t segment; /* index */
	uint64_t offset;
};

/*
 * Takes up all records from *at on, which is where l->edge ends, to the ledger's end or a torn
 * tail, and derives from them; *at is then that end.  EUCLEAN: damage, fault says where.
 */
int ledger_scan(struct ledger *l, struct ledger_place *at, struct ledger_fault *fault);

/* Brings l from its stored files to what the segments hold, and checks that against the head
 * (ledger_recover.c). */
int ledger_recover(struct ledger *l, uint64_t *cut, struct ledger_fault *fault);

/* Reads DIR/checkpoint into l->head. */
int ledger_load_head(struct ledger *l, struct ledger_fault *fault);

/* For tests: begin a new segment once one is that long. */
void ledger_set_segment_bytes(struct ledger *l, uint64_t bytes);

#endif
