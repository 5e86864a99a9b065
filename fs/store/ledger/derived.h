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
#include "fs/store/base/merkle.h"

#define TILE_HEIGHT 8
#define TILE_WIDTH 256 /* nodes in a tile */
#define TILE_LEVELS 8  /* stored levels: 64 / TILE_HEIGHT */

/* The right edge of the tree, tile by tile: each level's unfinished tile. */
struct tile_edge {
	uint64_t count; /* leaves */
	struct merkle_edge level[TILE_LEVELS];
};

/* Called for each stored node above the leaves when it is complete: its hash is at `index` in
 * stored level `tile` (tree level 8 * tile). */
typedef int (*tile_node)(void *arg, unsigned tile, uint64_t index, const uint8_t hash[HASH_LEN]);

void tile_edge_init(struct tile_edge *e);
int tile_edge_push(struct tile_edge *e, const uint8_t leaf[HASH_LEN], tile_node completed,
	void *arg); /* 0 or completed's errno */
void tile_edge_root(const struct tile_edge *e, uint8_t out[HASH_LEN]);

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
