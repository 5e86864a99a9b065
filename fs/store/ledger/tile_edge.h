/* The right edge of the ledger's tree, in tiles of 256 nodes, from which its root is computed as it
 * grows. */
#ifndef FS_STORE_LEDGER_TILE_EDGE_H
#define FS_STORE_LEDGER_TILE_EDGE_H

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

#endif
