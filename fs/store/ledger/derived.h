/*
 * What is derived from the ledger's entries and stored beside them: each entry's position in its
 * segment, and the tree's node hashes at levels 0, 8, 16, …  All of it can be made again from the
 * segments.  It is written with the entries and made durable before a checkpoint is signed over
 * them.
 *
 * A ledger opened with mode READ keeps what it derives in memory: "disk" are then the files in its
 * folder, up to `trusted` entries, and "own" what was derived here.  With mode WRITE, "own" are the
 * folder's files, and there is no "disk".
 */
#ifndef FS_STORE_LEDGER_DERIVED_H
#define FS_STORE_LEDGER_DERIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/store/base/digest.h"
#include "fs/store/ledger/tile_edge.h"

struct derived_files {
	int position;
	int hash[TILE_LEVELS]; /* -1 where there is none */
};

struct derived {
	bool writable, renewed,
		created; /* renewed: own has temporary names; created: names not yet durable */
	int ledger_fd, hash_fd;
	struct derived_files disk, own;
	uint64_t trusted;
};

int derived_create(int ledger_fd); /* empty, not yet durable in ledger_fd */

/* Opens what is there, be it missing, short or wrong; mode READ trusts it up to `size` entries. */
int derived_open(int ledger_fd, bool writable, uint64_t size, struct derived *d);
void derived_close(struct derived *d);

/* Whether the files are long enough for that many entries.  0 or EUCLEAN. */
int derived_covers(const struct derived *d, uint64_t size);

/* Drops what is there: all will be derived again, in files beside it until derived_promote() puts
 * them in their place, durably. */
int derived_renew(struct derived *d);
int derived_promote(struct derived *d);

/* n entries more: leaf hashes and positions.  Moves the edge on; on an error the edge is of no more
 * use. */
int derived_append(struct derived *d, struct tile_edge *edge, const uint8_t (*leaves)[HASH_LEN],
	const uint64_t *positions, size_t n);

int derived_sync(struct derived *d);

/* EUCLEAN where the file falls short. */
int derived_position(const struct derived *d, uint64_t seq, uint64_t *position);
int derived_hash(const struct derived *d, unsigned level, uint64_t index,
	uint8_t out[HASH_LEN]); /* a complete subtree of any level */
int derived_edge(const struct derived *d, uint64_t size, struct tile_edge *out);

#endif
